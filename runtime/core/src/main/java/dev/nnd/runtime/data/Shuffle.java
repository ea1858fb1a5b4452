package dev.nnd.runtime.data;

import dev.nnd.runtime.random.Philox;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Permutations that depend on nothing but (seed, pass): the shuffle of Fisher and Yates with draws by index. */
final class Shuffle {
    private Shuffle() {}

    /** Fills {@code order} with 0 to {@code n} - 1 and permutes them by (seed, pass). */
    static void fill(MemorySegment order, int n, long seed, long pass) {
        identity(order, n);
        var random = new Philox(seed, "pass " + pass);
        for (int i = n - 1; i > 0; i--) {
            int j = (int) random.below(i, i + 1L);
            int taken = order.getAtIndex(ValueLayout.JAVA_INT, j);
            order.setAtIndex(ValueLayout.JAVA_INT, j, order.getAtIndex(ValueLayout.JAVA_INT, i));
            order.setAtIndex(ValueLayout.JAVA_INT, i, taken);
        }
    }

    /** Fills {@code order} with 0 to {@code n} - 1. */
    static void identity(MemorySegment order, int n) {
        for (int i = 0; i < n; i++) {
            order.setAtIndex(ValueLayout.JAVA_INT, i, i);
        }
    }
}
