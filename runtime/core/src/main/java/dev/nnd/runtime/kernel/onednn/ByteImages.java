package dev.nnd.runtime.kernel.onednn;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.nnd.runtime.kernel.NativeMemory;
import dev.nnd.runtime.kernel.Workers;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Layout;
import dev.nnd.runtime.memory.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Images as bytes, each with a scale and a byte for zero of its own: from its smallest number to its largest one, zero
 * included, in 255 steps, or in 254 if there are numbers below zero. An image with a number that is not finite has the scale
 * NaN.
 *
 * @param bytes with channels last
 * @param scales one for each image
 * @param zeros one for each image
 */
record ByteImages(Tensor bytes, Tensor scales, Tensor zeros) {

    private static final String FORM = "image bytes";
    private static final ByteKernels KERNELS = ByteKernels.INSTANCE;

    /** What images are made into; ops that read the same x share it. */
    static ByteImages of(OpBuilder op, Tensor x) {
        var site = op.site();
        var dims = Arrays.stream(x.dims()).boxed().toList();
        var forms = new Object[] {List.of(FORM, dims), List.of(FORM, "scales"), List.of(FORM, "zeros")};
        var bytes = site.earlierCopy(x, forms[0]);
        var scales = site.earlierCopy(x, forms[1]);
        var zeros = site.earlierCopy(x, forms[2]);
        if (bytes != null && scales != null && zeros != null) {
            return new ByteImages(bytes, scales, zeros);
        }
        long n = x.dim(0);
        var made = new ByteImages(
                site.scratch("bytes", ElementType.U8, Layout.rowMajor(x.elements()), x.dims()),
                site.scratch("scales", ElementType.F32, Layout.rowMajor(n), n),
                site.scratch("zeros", ElementType.I32, Layout.rowMajor(n), n));
        made.make(op, x);
        op.shares(x, forms[0], made.bytes);
        op.shares(x, forms[1], made.scales);
        op.shares(x, forms[2], made.zeros);
        return made;
    }

    private void make(OpBuilder op, Tensor x) {
        op.clearPadding(x);
        long wanted = op.descriptors().channelsLast(x.dims());
        long given = op.descriptors().of(x);
        var images = x;
        if (!Descriptors.same(wanted, given)) {
            images = op.site().scratch("images", ElementType.F32, DnnlLayout.of(wanted), x.dims());
            op.reorder(given, x, wanted, images);
        }
        var from = images;
        var team = op.team();
        var loop = Shares.among(team.threads(), x.dim(0), x.elements());
        var ranges = op.site().scratch("ranges", ElementType.I64, Layout.rowMajor(loop.all()), loop.all());
        op.loop(() -> new Quantize(this, team, loop, from, ranges));
    }

    /** How threads share images: each whole, or all in as many parts. */
    private record Shares(int parts, long n, long width) {

        /** So many numbers are some microseconds. */
        private static final long LEAST = 32_768;

        private static final long VECTOR = 64;

        static Shares among(int threads, long n, long elements) {
            return new Shares(n >= threads || elements < LEAST ? 1 : threads, n, elements / n);
        }

        int all() {
            return Math.toIntExact(n * parts);
        }

        long from(int part) {
            return part == parts ? width : width / VECTOR * part / parts * VECTOR;
        }
    }

    private static final class Quantize implements Runnable {

        private final Workers workers;
        private final Workers.Work ranging = this::range;
        private final Workers.Work rounding = this::round;
        private final Workers.Work image = this::image;
        private final Shares shares;
        private final boolean alone;
        private final long x;
        private final long bytes;
        private final long scales;
        private final long zeros;
        private final long ranges;

        Quantize(ByteImages to, Workers workers, Shares shares, Tensor x, Tensor ranges) {
            this.workers = workers;
            this.shares = shares;
            this.alone = shares.n * shares.width < Shares.LEAST;
            this.x = NativeMemory.address(x.segment(), shares.n * shares.width * Float.BYTES);
            this.bytes = NativeMemory.address(to.bytes.segment(), shares.n * shares.width);
            this.scales = NativeMemory.address(to.scales.segment(), shares.n * Float.BYTES);
            this.zeros = NativeMemory.address(to.zeros.segment(), shares.n * Integer.BYTES);
            this.ranges = NativeMemory.address(ranges.segment(), (long) shares.all() * Long.BYTES);
        }

        @Override
        public void run() {
            if (alone) {
                for (int i = 0; i < shares.n; i++) {
                    image(i, 0);
                }
            } else if (shares.parts == 1) {
                workers.run(image, shares.all());
            } else {
                workers.run(ranging, shares.all());
                for (int i = 0; i < shares.n; i++) {
                    settle(i);
                }
                workers.run(rounding, shares.all());
            }
        }

        private void image(int image, int slot) {
            range(image, slot);
            settle(image);
            round(image, slot);
        }

        private void range(int share, int slot) {
            int part = share % shares.parts;
            long first = (long) (share / shares.parts) * shares.width + shares.from(part);
            long range = KERNELS.range(x + first * Float.BYTES, shares.from(part + 1) - shares.from(part));
            ByteKernels.MEMORY.set(JAVA_LONG, ranges + (long) share * Long.BYTES, range);
        }

        /** From the ranges of an image's parts to its scale and its zero. */
        private void settle(int image) {
            int below = 0;
            int above = 0;
            for (int part = 0; part < shares.parts; part++) {
                long range = rangeAt(image * shares.parts + part);
                below = Math.max(below, ByteKernels.below(range));
                above = Math.max(above, ByteKernels.above(range));
            }
            long range = ByteKernels.range(below, above);
            ByteKernels.MEMORY.set(JAVA_LONG, ranges + (long) image * shares.parts * Long.BYTES, range);
            ByteKernels.MEMORY.set(JAVA_FLOAT, scales + (long) image * Float.BYTES, ByteKernels.rangeScale(range));
            ByteKernels.MEMORY.set(JAVA_INT, zeros + (long) image * Integer.BYTES, ByteKernels.zero(range));
        }

        private void round(int share, int slot) {
            int part = share % shares.parts;
            int image = share / shares.parts;
            long first = image * shares.width + shares.from(part);
            long range = rangeAt(image * shares.parts);
            long count = shares.from(part + 1) - shares.from(part);
            KERNELS.quantize(
                    x + first * Float.BYTES,
                    bytes + first,
                    count,
                    ByteKernels.rangeInverse(range),
                    ByteKernels.zero(range));
        }

        private long rangeAt(int share) {
            return ByteKernels.MEMORY.get(JAVA_LONG, ranges + (long) share * Long.BYTES);
        }
    }
}
