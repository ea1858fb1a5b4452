package dev.nnd.runtime.kernel.reference;

import dev.nnd.runtime.kernel.Kernels;
import dev.nnd.runtime.kernel.OpSite;
import dev.nnd.runtime.kernel.Provider;

/** The reference kernels on row-major memory, in one thread: slow, and right on every machine. */
public final class ReferenceProvider implements Provider {

    @Override
    public String name() {
        return "reference";
    }

    @Override
    public int threads() {
        return 1;
    }

    @Override
    public Kernels kernels(OpSite site) {
        return new ReferenceOps(site);
    }
}
