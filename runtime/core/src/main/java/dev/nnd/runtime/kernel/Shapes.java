package dev.nnd.runtime.kernel;

import dev.nnd.runtime.memory.Tensor;
import java.util.Arrays;
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

    /** Sizes of a convolution: x [n, c, h, w], w [o, c / groups, kh, kw], y [n, o, oh, ow]. */
    public record Convolution(long n, long c, long h, long w, long o, long oh, long ow, int groups, Window2d window) {

        /** Checks x against w. */
        public static Convolution of(String name, long[] x, long[] w, Window2d window, int groups) {
            require(x.length == 4 && w.length == 4, name, "needs x [n, c, h, w] and w [o, c / groups, kh, kw]", x, w);
            require(
                    groups >= 1 && x[1] == w[1] * groups && w[0] % groups == 0,
                    name,
                    "has channels that don't fit its " + groups + " groups",
                    x,
                    w);
            require(
                    w[2] == window.kernelHeight() && w[3] == window.kernelWidth(),
                    name,
                    "has weights of another size than " + window,
                    x,
                    w);
            var sizes = new Convolution(
                    x[0], x[1], x[2], x[3], w[0], window.outputHeight(x[2]), window.outputWidth(x[3]), groups, window);
            require(sizes.oh >= 1 && sizes.ow >= 1, name, "has a window that is larger than its input", x, w);
            return sizes;
        }

        /** Dims of y. */
        public long[] output() {
            return new long[] {n, o, oh, ow};
        }
    }

    /** Sizes of a pooling: x [n, c, h, w], y [n, c, oh, ow]. */
    public record Pool(long n, long c, long h, long w, long oh, long ow, Window2d window) {

        /** Checks x; every window must hold at least one element of x. */
        public static Pool of(String name, long[] x, Window2d window) {
            require(x.length == 4, name, "needs x [n, c, h, w]", x, x);
            var sizes = new Pool(x[0], x[1], x[2], x[3], window.outputHeight(x[2]), window.outputWidth(x[3]), window);
            require(sizes.oh >= 1 && sizes.ow >= 1, name, "has a window that is larger than its input", x, x);
            long reachHeight = (long) window.dilationHeight() * (window.kernelHeight() - 1) + 1;
            long reachWidth = (long) window.dilationWidth() * (window.kernelWidth() - 1) + 1;
            require(
                    Math.max(window.padTop(), window.padBottom()) < reachHeight
                            && Math.max(window.padLeft(), window.padRight()) < reachWidth,
                    name,
                    "has a padding as large as its window",
                    x,
                    x);
            return sizes;
        }

        /** Dims of y. */
        public long[] output() {
            return new long[] {n, c, oh, ow};
        }
    }

    /** Sizes of a matmul: batch dims of the result, and m, n, k of each product. */
    public record Matmul(long[] batch, long m, long n, long k) {

        /** Checks a [..., m, k] against b [..., k, n] after the swaps. */
        public static Matmul of(String name, long[] a, long[] b, boolean transposeA, boolean transposeB) {
            require(a.length >= 2 && b.length >= 2, name, "needs at least two dims on both sides", a, b);
            int rank = Math.max(a.length, b.length);
            var batch = new long[rank - 2];
            for (int i = 0; i < batch.length; i++) {
                long left = batchDim(a, i, rank);
                long right = batchDim(b, i, rank);
                require(left == right || left == 1 || right == 1, name, "has leading dims that don't broadcast", a, b);
                batch[i] = left == 1 ? right : left;
            }
            long k = a[a.length - (transposeA ? 2 : 1)];
            require(k == b[b.length - (transposeB ? 1 : 2)], name, "has inner dims that differ", a, b);
            return new Matmul(batch, a[a.length - (transposeA ? 1 : 2)], b[b.length - (transposeB ? 2 : 1)], k);
        }

        /** The batch dim i of an operand in a product of that rank: 1 where the operand has fewer dims. */
        public static long batchDim(long[] dims, int i, int rank) {
            int at = i - (rank - dims.length);
            return at < 0 ? 1 : dims[at];
        }

        /** Dims of the result. */
        public long[] output() {
            var dims = Arrays.copyOf(batch, batch.length + 2);
            dims[batch.length] = m;
            dims[batch.length + 1] = n;
            return dims;
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
