package dev.nnd.runtime.kernel.packed;

import dev.nnd.runtime.kernel.Matrices;
import dev.nnd.runtime.kernel.Shapes;

/** Where the operands and the result of each product of a batch are, in bytes behind those of the first. */
record Starts(long[] a, long[] b, long[] c) {

    /** Of a single product. */
    static final Starts ONE = new Starts(new long[1], new long[1], new long[1]);

    static Starts of(Shapes.Matmul s, int bytes) {
        return new Starts(starts(s.a(), s, bytes), starts(s.b(), s, bytes), starts(s.y(), s, bytes));
    }

    private static long[] starts(Matrices matrices, Shapes.Matmul s, int bytes) {
        var starts = matrices.starts(s.batch());
        for (int i = 0; i < starts.length; i++) {
            starts[i] *= bytes;
        }
        return starts;
    }

    int count() {
        return c.length;
    }
}
