package dev.nnd.runtime.kernel.packed;

import dev.nnd.runtime.kernel.Workers;
import org.jspecify.annotations.Nullable;

/**
 * The gradient of a convolution by its weights and its bias: for blocks of images, the products of each row of dy with x as
 * each element of the window sees it. Both lie in {@link Planes}, dy with zeros where a copy of x has no window. What a
 * number of the result is made of, and in which order, does not depend on the number of threads.
 */
final class WindowGradient {

    /** The length of rows of products that stay in the nearest caches. */
    private static final long DEPTH = 1024;

    /** Bytes of the planes of a block of small images. */
    private static final long BLOCK = 1 << 22;

    /** How many channels of x are read in turn. */
    private static final int CHANNELS = 64;

    /** Strides that are a multiple of this many bytes put rows in the same lines of the cache. */
    private static final long ALIAS = 2048;

    private static final long LINE = 64;
    private static final long EACH = 3;
    private static final int ROW_UNIT = 4;

    /** Sizes: {@code inputs} and {@code outputs} are channels of each group. */
    record Form(long images, int groups, int inputs, int outputs) {}

    /** Where the operands are; {@code db} is 0 if there is none. */
    record Operands(long dy, long x, long dw, long db, long planes) {}

    private final MatrixKernels kernels;
    private final Form form;
    private final Axes axes;
    private final Planes input;
    private final Planes output;
    private final int bytes;
    private final int threads;
    private final long block;
    private final long copyBytes;
    private final long inputBytes;
    private final long outputBytes;
    private final long outputsAt;
    private final long sparesAt;
    private final @Nullable GradientTiles tiles;

    WindowGradient(MatrixKernels kernels, Form form, Axes axes, int threads) {
        this.kernels = kernels;
        this.form = form;
        this.axes = axes;
        this.threads = threads;
        bytes = kernels.bytes();
        input = Planes.ofInput(axes);
        output = Planes.ofWindows(axes);
        long image = form.groups * (form.inputs * input.elements() + form.outputs * output.elements()) * bytes;
        long fit = Math.min(Math.ceilDiv(DEPTH, output.elements()), BLOCK / image);
        block = Math.clamp(fit, 1, form.images);
        copyBytes = block * input.copyElements() * bytes;
        inputBytes = apart(block * input.elements() * bytes);
        outputBytes = block * output.elements() * bytes;
        outputsAt = form.groups * form.inputs * inputBytes;
        sparesAt = outputsAt + form.groups * form.outputs * outputBytes;
        tiles = GradientTiles.Form.serves(form.inputs, form.outputs)
                ? new GradientTiles(
                        kernels,
                        new GradientTiles.Form(
                                form.groups, form.inputs, form.outputs, offsets(), inputBytes, outputBytes),
                        threads)
                : null;
    }

    /** A stride of rows that are read side by side: some would put all of them in the same lines of the cache. */
    private static long apart(long bytes) {
        return bytes % ALIAS == 0 ? bytes + LINE : bytes;
    }

    /** Where the first window finds each of its elements, in bytes. */
    private long[] offsets() {
        var offsets = new long[axes.elements()];
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = input.offset(axes, i, copyBytes / bytes) * bytes;
        }
        return offsets;
    }

    /** Bytes of scratch memory. */
    long scratchBytes() {
        return sparesAt + threads * spareBytes() + (tiles == null ? 0 : LINE + tiles.scratchBytes(threads));
    }

    private long spareBytes() {
        return MatrixKernels.SPARE * kernels.width();
    }

    Runnable bind(Workers workers, Operands at) {
        var writing = new Writing(this, at);
        return tiles == null ? rows(workers, at, writing) : tiles(workers, at, writing, tiles);
    }

    private Runnable rows(Workers workers, Operands at, Writing writing) {
        var adding = new Adding(this, at);
        long weights = (long) form.groups * form.outputs * form.inputs * axes.elements();
        return () -> {
            kernels.fill(at.dw, weights, 0);
            for (long image = 0; image < form.images; image += block) {
                adding.count = write(workers, writing, image);
                workers.run(adding, adding.parts());
            }
        };
    }

    private Runnable tiles(Workers workers, Operands at, Writing writing, GradientTiles some) {
        long scratch = at.planes + sparesAt + threads * spareBytes();
        some.place(at.planes, at.planes + outputsAt, Math.ceilDiv(scratch, LINE) * LINE);
        Workers.Work results = (output, _) -> some.write(output, at.dw);
        return () -> {
            some.clear();
            for (long image = 0; image < form.images; image += block) {
                long count = write(workers, writing, image);
                workers.run(some, some.parts(length(count)));
            }
            workers.run(results, form.groups * form.outputs);
        };
    }

    /** Copies a block of images from this one on; returns how many they are. */
    private long write(Workers workers, Writing writing, long image) {
        writing.first = image;
        writing.count = Math.min(block, form.images - image);
        workers.run(writing, form.groups * (form.inputs + form.outputs));
        return writing.count;
    }

    /** How many places of windows so many images have, with those between their rows. */
    private long length(long images) {
        int[] out = axes.out();
        return (images - 1) * output.elements() + output.place(out[0] - 1, out[1] - 1, out[2]);
    }

    /** Copies a channel of all images of a block; of dy it adds up the bias too. */
    private static final class Writing implements Workers.Work {

        private final WindowGradient op;
        private final Operands at;
        private long first;
        private long count;

        private Writing(WindowGradient op, Operands at) {
            this.op = op;
            this.at = at;
        }

        @Override
        public void run(int part, int slot) {
            int inputs = op.form.groups * op.form.inputs;
            if (part < inputs) {
                write(op.input, at.x, part, inputs, at.planes + part * op.inputBytes);
                return;
            }
            int channel = part - inputs;
            int outputs = op.form.groups * op.form.outputs;
            write(op.output, at.dy, channel, outputs, at.planes + op.outputsAt + channel * op.outputBytes);
            if (at.db != 0) {
                addBias(channel, outputs, at.planes + op.sparesAt + slot * op.spareBytes());
            }
        }

        private void write(Planes planes, long from, int channel, int channels, long to) {
            for (long image = 0; image < count; image++) {
                long plane = (first + image) * channels + channel;
                planes.write(
                        op.kernels,
                        from + plane * planes.sourceElements() * op.bytes,
                        to + image * planes.copyElements() * op.bytes,
                        op.copyBytes);
            }
        }

        private void addBias(int channel, int channels, long spare) {
            long plane = op.output.sourceElements();
            double sum = first == 0 ? 0 : op.kernels.get(at.db + (long) channel * op.bytes);
            for (long image = first; image < first + count; image++) {
                sum += op.kernels.sum(at.dy + (image * channels + channel) * plane * op.bytes, plane, spare);
            }
            op.kernels.set(at.db + (long) channel * op.bytes, sum);
        }
    }

    /** Adds the products of some rows of dy and some channels of x in a group. */
    private static final class Adding implements Workers.Work {

        private final WindowGradient op;
        private final Operands at;
        private final long[] places;
        private final int columns;
        private final int rowStep;
        private final int rowCuts;
        private final int columnStep;
        private final int columnCuts;
        private long count;

        private Adding(WindowGradient op, Operands at) {
            this.op = op;
            this.at = at;
            places = places(op);
            columns = places.length;
            int elements = op.axes.elements();
            columnStep = Math.min(columns, CHANNELS * elements);
            columnCuts = Math.ceilDiv(columns, columnStep);
            long units = (long) op.form.groups * columnCuts;
            long cuts = op.threads == 1 ? 1 : Math.ceilDiv(op.threads * EACH, units);
            rowStep = (int) Math.ceilDiv(Math.ceilDiv(op.form.outputs, cuts), ROW_UNIT) * ROW_UNIT;
            rowCuts = Math.ceilDiv(op.form.outputs, rowStep);
        }

        private static long[] places(WindowGradient op) {
            int elements = op.axes.elements();
            long[] offsets = op.offsets();
            var places = new long[op.form.inputs * elements];
            for (int j = 0; j < places.length; j++) {
                places[j] = j / elements * op.inputBytes + offsets[j % elements];
            }
            return places;
        }

        private int parts() {
            return op.form.groups * rowCuts * columnCuts;
        }

        @Override
        public void run(int part, int slot) {
            int group = part / (rowCuts * columnCuts);
            int row = part / columnCuts % rowCuts * rowStep;
            int column = part % columnCuts * columnStep;
            int end = Math.min(column + columnStep, columns);
            long rows = Math.min(rowStep, op.form.outputs - row);
            long channel = (long) group * op.form.outputs + row;
            long a = at.planes + op.outputsAt + channel * op.outputBytes;
            long b = at.planes + (long) group * op.form.inputs * op.inputBytes;
            long c = at.dw + channel * columns * op.bytes;
            long spare = at.planes + op.sparesAt + slot * op.spareBytes();
            long length = op.length(count);
            for (long k = 0; k < length; k += DEPTH) {
                long depth = Math.min(DEPTH, length - k);
                long skip = k * op.bytes;
                op.kernels.dots(
                        rows,
                        column,
                        end,
                        depth,
                        a + skip,
                        op.outputBytes,
                        b + skip,
                        places,
                        c,
                        columns * (long) op.bytes,
                        spare);
            }
        }
    }
}
