package dev.nnd.runtime.profile;

import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Memory;
import dev.nnd.runtime.program.Binding;
import dev.nnd.runtime.program.ParameterSet;

/**
 * What the machine can do at best, as measured now.
 *
 * @param gigaflops of a product of two f32 matrices of 1,024 by 1,024, by the provider and its threads
 * @param gigabytes read and written in a second, by one thread that copies more than caches hold
 */
public record Ceiling(double gigaflops, double gigabytes) {

    private static final int SIDE = 1024;
    private static final long COPIED = 128L << 20;
    private static final int TRIES = 6;

    /** Takes a fraction of a second and about 256 MB for that time. */
    public static Ceiling measure(Provider provider) {
        return new Ceiling(2.0 * SIDE * SIDE * SIDE / product(provider), 2.0 * COPIED / copy());
    }

    /** The best of several times, in nanoseconds: the others were disturbed. */
    private static long best(Runnable work) {
        long best = Long.MAX_VALUE;
        for (int i = 0; i < TRIES; i++) {
            long start = System.nanoTime();
            work.run();
            best = Math.min(best, System.nanoTime() - start);
        }
        return best;
    }

    private static long product(Provider provider) {
        var at = new Binding("Ceiling", provider, new ParameterSet("Ceiling"));
        var left = at.port("left", ElementType.F32, SIDE, SIDE);
        var right = at.port("right", ElementType.F32, SIDE, SIDE);
        var op = at.matmul("product", left, right, false, false);
        try (var _ = at.commit()) {
            return best(op::run);
        }
    }

    private static long copy() {
        try (var memory = Memory.open("Ceiling")) {
            var from = memory.allocate(COPIED);
            var to = memory.allocate(COPIED);
            return best(() -> to.copyFrom(from));
        }
    }
}
