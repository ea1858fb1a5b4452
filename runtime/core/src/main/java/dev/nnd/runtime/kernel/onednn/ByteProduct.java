package dev.nnd.runtime.kernel.onednn;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.nnd.runtime.kernel.NativeMemory;
import dev.nnd.runtime.kernel.Workers;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Layout;
import dev.nnd.runtime.memory.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Builds a product of rows with the weights of a model in eight bits: each row x gets the scale max|x| / 127, its numbers
 * become the nearest multiples of it, and so do those of each row of the weights; the sums of products are exact. A row with
 * a number that is not finite gives NaN.
 *
 * @param m rows
 * @param k terms of a sum, with the padding of {@code order}
 * @param n sums of a row
 * @param order of the features in a row
 * @param transposed whether the weights are [k, n] and not [n, k]
 */
record ByteProduct(OpBuilder op, long m, long k, long n, FeatureOrder order, boolean transposed) {

    /** A sum of so many products of bytes may not fit into an integer any more. */
    private static final long MOST_TERMS = Integer.MAX_VALUE / (255 * 127);

    /** Whether a product with these weights is made in eight bits, if the machine has a fast kernel for it. */
    static boolean wanted(OpBuilder op, Tensor weights, long terms, long sums) {
        return op.quantizes(Math.min(terms, sums)) && terms <= MOST_TERMS && op.predicts(weights);
    }

    /** The order that weights have in eight bits; empty if they have another home. */
    static @Nullable ByteLayout home(Tensor weights) {
        if (!weights.decided()) {
            return null;
        }
        Layout layout = weights.layout() instanceof RowsLayout rows ? rows.packed() : weights.layout();
        return layout instanceof ByteLayout bytes ? bytes : null;
    }

    /** A kernel that reads the weights from their home, or else from wherever it likes; 0 if there is no fast one. */
    long description(@Nullable ByteLayout home) {
        var descriptors = op.descriptors();
        long source = descriptors.plain(ElementType.U8, m, k);
        long target = descriptors.plain(ElementType.I32, m, n);
        long attributes = op.attributes(false);
        if (home != null) {
            long known = op.fast(DnnlFunction.MATMUL.tryCreate(
                    op.engine(), source, op.descriptor(home.form()), 0L, target, attributes));
            if (known != 0) {
                return known;
            }
        }
        long any = descriptors.anySignedBytes(k, n);
        return op.fast(DnnlFunction.MATMUL.tryCreate(op.engine(), source, any, 0L, target, attributes));
    }

    /** y = relu?(rows w^T + bias); rows are m k floats in row-major order. */
    void multiply(long description, Tensor rows, Tensor weights, @Nullable Tensor bias, boolean relu, Tensor y) {
        long packed = OpBuilder.argument(description, OpBuilder.WEIGHTS);
        var bytes = ByteLayout.of(packed, transposed);
        var w = placed(weights, RowsLayout.of(order, n, bytes), bytes);
        var site = op.site();
        var quantized = site.scratch("bytes", ElementType.U8, Layout.rowMajor(m * k), m, k);
        var scales = site.scratch("scales", ElementType.F32, Layout.rowMajor(m), m);
        var none = bias == null ? site.scratch("none", ElementType.F32, Layout.rowMajor(n), n) : bias;
        var workers = op.session().workers();
        op.loop(() -> new Before(this, workers, rows, quantized, scales, bias == null ? none : null));
        op.step(
                description,
                new DnnlOp.Argument(OpBuilder.SOURCE, OpBuilder.argument(description, OpBuilder.SOURCE), quantized),
                new DnnlOp.Argument(OpBuilder.WEIGHTS, packed, w),
                new DnnlOp.Argument(OpBuilder.DESTINATION, OpBuilder.argument(description, OpBuilder.DESTINATION), y));
        op.loop(() -> new After(this, workers, bytes, w, scales, none, relu, y));
    }

    /** Weights in the order of the kernel: at home, if they have none yet, or as a copy that all programs share. */
    private Tensor placed(Tensor weights, Layout layout, ByteLayout bytes) {
        if (!weights.decided()) {
            weights.decide(layout);
        }
        return bytes.equals(home(weights)) ? weights : op.site().copy(weights, layout);
    }

    /** Rows that threads share. */
    private abstract static class Rows implements Runnable {

        /** So many numbers are some microseconds. */
        private static final long LEAST = 32_768;

        private static final int PARTS_OF_A_THREAD = 4;

        private final Workers workers;
        private final Workers.Work work = this::part;
        private final long rows;
        private final int parts;

        Rows(Workers workers, long rows, long width) {
            this.workers = workers;
            this.rows = rows;
            boolean shared = workers.threads() > 1 && rows * width >= LEAST;
            this.parts = shared ? (int) Math.min(rows, (long) workers.threads() * PARTS_OF_A_THREAD) : 1;
        }

        @Override
        public void run() {
            workers.run(work, parts);
        }

        private void part(int part, int slot) {
            long end = rows * (part + 1) / parts;
            for (long row = rows * part / parts; row < end; row++) {
                row(row);
            }
        }

        abstract void row(long row);
    }

    /** Floats to bytes. */
    private static final class Before extends Rows {

        private static final ByteKernels KERNELS = ByteKernels.INSTANCE;

        private final long k;
        private final long x;
        private final long bytes;
        private final long scales;
        private final @Nullable Tensor zeros;

        Before(ByteProduct shape, Workers workers, Tensor x, Tensor bytes, Tensor scales, @Nullable Tensor zeros) {
            super(workers, shape.m, shape.k);
            k = shape.k;
            this.x = NativeMemory.address(x.segment(), shape.m * k * Float.BYTES);
            this.bytes = NativeMemory.address(bytes.segment(), shape.m * k);
            this.scales = NativeMemory.address(scales.segment(), shape.m * Float.BYTES);
            this.zeros = zeros;
        }

        @Override
        public void run() {
            if (zeros != null) {
                zeros.segment().fill((byte) 0);
            }
            super.run();
        }

        @Override
        void row(long row) {
            long from = x + row * k * Float.BYTES;
            int largest = KERNELS.largest(from, k);
            KERNELS.quantize(from, bytes + row * k, k, ByteKernels.inverse(largest), ByteKernels.OFFSET);
            ByteKernels.MEMORY.set(JAVA_FLOAT, scales + row * Float.BYTES, ByteKernels.scale(largest));
        }
    }

    /** Sums to floats, in place. */
    private static final class After extends Rows {

        private static final ByteKernels KERNELS = ByteKernels.INSTANCE;

        private final long n;
        private final long y;
        private final long corrections;
        private final long weightScales;
        private final long scales;
        private final long bias;
        private final boolean relu;

        After(
                ByteProduct shape,
                Workers workers,
                ByteLayout layout,
                Tensor weights,
                Tensor scales,
                Tensor bias,
                boolean relu,
                Tensor y) {
            super(workers, shape.m, shape.n);
            n = shape.n;
            long w = NativeMemory.address(weights.segment(), weights.storedBytes());
            corrections = w + layout.correctionsAt();
            weightScales = w + layout.scalesAt();
            this.scales = NativeMemory.address(scales.segment(), shape.m * Float.BYTES);
            this.bias = NativeMemory.address(bias.segment(), n * Float.BYTES);
            this.y = NativeMemory.address(y.segment(), shape.m * n * Float.BYTES);
            this.relu = relu;
        }

        @Override
        void row(long row) {
            float scale = ByteKernels.MEMORY.get(JAVA_FLOAT, scales + row * Float.BYTES);
            long at = y + row * n * Float.BYTES;
            if (relu) {
                KERNELS.dequantizeRelu(at, corrections, weightScales, bias, n, scale);
            } else {
                KERNELS.dequantize(at, corrections, weightScales, bias, n, scale);
            }
        }
    }
}
