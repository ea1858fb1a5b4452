package dev.nnd.runtime.kernel.packed;

import dev.nnd.runtime.kernel.Kernels;
import dev.nnd.runtime.kernel.OpSite;
import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.kernel.Workers;

/**
 * Kernels in Java only, for machines without a native library: on vectors where the JVM was started with
 * {@code --add-modules jdk.incubator.vector}, several times slower else. The results do not depend on the number of threads.
 */
public final class JavaProvider implements Provider {

    private final Workers workers;
    private final boolean vectors;

    public JavaProvider(int threads) {
        this(threads, true);
    }

    private JavaProvider(int threads, boolean vectors) {
        workers = Workers.of(threads);
        this.vectors = vectors;
    }

    /** What runs where there is no Vector API. */
    public static JavaProvider withoutVectors(int threads) {
        return new JavaProvider(threads, false);
    }

    @Override
    public String name() {
        return "java";
    }

    @Override
    public int threads() {
        return workers.threads();
    }

    @Override
    public Provider oneThread() {
        return threads() == 1 ? this : new JavaProvider(1, vectors);
    }

    @Override
    public Workers workers() {
        return workers;
    }

    @Override
    public Kernels kernels(OpSite site) {
        return new JavaOps(site, workers, vectors);
    }
}
