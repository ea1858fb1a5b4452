package dev.nnd.compiler.emit.program;

import dev.nnd.runtime.kernel.Kernels;
import dev.nnd.runtime.kernel.OpSite;
import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.kernel.SharedCall;
import dev.nnd.runtime.kernel.Workers;

/**
 * A provider whose generated kernels are cut into as many parts as may be, however small they are.
 *
 * @param of computes everything else, in one thread
 * @param threads that share a kernel
 */
record CutProvider(Provider of, int threads) implements Provider {

    static Provider named(String name, int threads) {
        return new CutProvider(Provider.named(name, 1), threads);
    }

    @Override
    public String name() {
        return of.name();
    }

    @Override
    public Workers workers() {
        return Workers.of(threads);
    }

    @Override
    public SharedCall sharedCall() {
        return new SharedCall(workers(), 1);
    }

    @Override
    public Kernels kernels(OpSite site) {
        return of.kernels(site);
    }
}
