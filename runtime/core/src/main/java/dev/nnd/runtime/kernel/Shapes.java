package dev.nnd.runtime.kernel;

import dev.nnd.runtime.memory.Tensor;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks the operands of ops and names their sizes. What is wrong here is a bug of the caller, not of a user. */
public final class Shapes {

    private Shapes() {}

    /** Sizes of an inner product: n rows, o outputs, f features in each row. */
    public record InnerProduct(long n, long o, long f) {

        /** Checks x [n, f...] against w [o, f...]; the feature dims may be flattened in either. */
        public static InnerProduct of(String name, long[] x, long[] w) {
            require(x.length >= 2 && w.length >= 2, name, "needs x [n, f...] and w [o, f...]", x, w);
            var sizes = new InnerProduct(x[0], w[0], product(x, 1, x.length));
            require(sizes.f == product(w, 1, w.length), name, "has other features in x than in w", x, w);
            return sizes;
        }

        /** Dims of y. */
        public long[] output() {
            return new long[] {n, o};
        }
    }

    /** Sizes of a convolution: x [n, c, in...], w [o, c / groups, kernel...], y [n, o, out...]. */
    public record Convolution(long n, long c, long o, long[] in, long[] out, int groups, Window window) {

        /** Checks x against w. */
        public static Convolution of(String name, long[] x, long[] w, Window window, int groups) {
            int rank = window.axes() + 2;
            require(x.length == rank && w.length == rank, name, "needs x [n, c, ...] and w [o, c / groups, ...]", x, w);
            require(
                    groups >= 1 && x[1] == w[1] * groups && w[0] % groups == 0,
                    name,
                    "has channels that don't fit its " + groups + " groups",
                    x,
                    w);
            for (int axis = 0; axis < window.axes(); axis++) {
                boolean fits = w[2 + axis] == window.kernel().get(axis);
                require(fits, name, "has weights of another size than " + window, x, w);
            }
            return new Convolution(
                    x[0], x[1], w[0], Arrays.copyOfRange(x, 2, rank), slide(name, x, w, window), groups, window);
        }

        /** Dims of x. */
        public long[] input() {
            return dims(n, c, in);
        }

        /** Dims of y. */
        public long[] output() {
            return dims(n, o, out);
        }
    }

    /** Sizes of a pooling: x [n, c, in...], y [n, c, out...]. */
    public record Pool(long n, long c, long[] in, long[] out, Window window) {

        /** Checks x; every window must hold at least one element of x. */
        public static Pool of(String name, long[] x, Window window) {
            require(x.length == window.axes() + 2, name, "needs x [n, c, ...] for " + window, x, x);
            for (int axis = 0; axis < window.axes(); axis++) {
                int pad =
                        Math.max(window.padBefore().get(axis), window.padAfter().get(axis));
                require(pad < window.extent(axis), name, "has a padding as large as its window", x, x);
            }
            return new Pool(x[0], x[1], Arrays.copyOfRange(x, 2, x.length), slide(name, x, x, window), window);
        }

        /** Dims of y. */
        public long[] output() {
            return dims(n, c, out);
        }

        /** Whether the last window of an axis ends behind the padding, which only one that is rounded up can. */
        public boolean overhangs() {
            for (int axis = 0; axis < in.length; axis++) {
                if (window.overhang(axis, in[axis]) > window.padAfter().get(axis)) {
                    return true;
                }
            }
            return false;
        }
    }

    private static long[] slide(String name, long[] x, long[] w, Window window) {
        var out = new long[window.axes()];
        for (int axis = 0; axis < out.length; axis++) {
            out[axis] = window.output(axis, x[2 + axis]);
            require(out[axis] >= 1, name, "has a window that is larger than its input", x, w);
        }
        return out;
    }

    private static long[] dims(long first, long second, long[] others) {
        var dims = new long[others.length + 2];
        dims[0] = first;
        dims[1] = second;
        System.arraycopy(others, 0, dims, 2, others.length);
        return dims;
    }

    /** Sizes of a batch normalization: x [n, c, ...], of which {@code inner} is the product of the last dims. */
    public record Channels(long n, long c, long inner) {

        /** Checks x. */
        public static Channels of(String name, long[] x) {
            require(x.length >= 2, name, "needs x [n, c, ...]", x, x);
            return new Channels(x[0], x[1], product(x, 2, x.length));
        }

        /** How many elements each channel has. */
        public long count() {
            return n * inner;
        }
    }

    /**
     * Sizes of a matmul: batch dims of the product, and m, n, k of each; where the operands and the result are.
     *
     * @param output dims of the result as it is in memory
     */
    public record Matmul(long[] batch, long m, long n, long k, Matrices a, Matrices b, Matrices y, long[] output) {

        /** Checks a [..., m, k] against b [..., k, n] as the axes read them. */
        public static Matmul of(String name, long[] a, long[] b, MatmulAxes axes) {
            require(a.length >= 2 && b.length >= 2, name, "needs at least two dims on both sides", a, b);
            int rank = Math.max(a.length, b.length);
            boolean fits = !axes.permutes()
                    || a.length == b.length
                            && fits(axes.a(), rank)
                            && fits(axes.b(), rank)
                            && fits(axes.result(), rank);
            require(fits, name, "permutes axes by " + axes + ", which does not fit", a, b);
            var left = Matrices.operand(a, axes.a(), axes.transposeA(), rank);
            var right = Matrices.operand(b, axes.b(), axes.transposeB(), rank);
            var dims = new long[rank];
            for (int i = 0; i < rank - 2; i++) {
                long l = left.dims()[i];
                long r = right.dims()[i];
                require(l == r || l == 1 || r == 1, name, "has leading dims that don't broadcast", a, b);
                dims[i] = l == 1 ? r : l;
            }
            long k = left.dims()[rank - 1];
            require(k == right.dims()[rank - 2], name, "has inner dims that differ", a, b);
            dims[rank - 2] = left.dims()[rank - 2];
            dims[rank - 1] = right.dims()[rank - 1];
            return new Matmul(
                    Arrays.copyOf(dims, rank - 2),
                    dims[rank - 2],
                    dims[rank - 1],
                    k,
                    left,
                    right,
                    Matrices.result(dims, axes.result()),
                    Matrices.stored(dims, axes.result()));
        }

        private static boolean fits(List<Integer> order, int rank) {
            return order.isEmpty() || order.size() == rank;
        }
    }

    /** Checks that a bias, if there is one, is [o]. */
    public static void requireBias(String name, @Nullable Tensor bias, long o) {
        if (bias != null) {
            requireDims(name, "bias", bias, o);
        }
    }

    /** Checks the dims of an operand. */
    public static void requireDims(String name, String operand, Tensor tensor, long... dims) {
        if (!Arrays.equals(tensor.dims(), dims)) {
            throw new IllegalArgumentException(
                    name + " needs " + operand + " " + Arrays.toString(dims) + ", got " + tensor);
        }
    }

    private static long product(long[] dims, int from, int to) {
        long product = 1;
        for (int i = from; i < to; i++) {
            product *= dims[i];
        }
        return product;
    }

    private static void require(boolean holds, String name, String problem, long[] a, long[] b) {
        if (!holds) {
            throw new IllegalArgumentException(
                    name + " " + problem + ": " + Arrays.toString(a) + " and " + Arrays.toString(b));
        }
    }
}
