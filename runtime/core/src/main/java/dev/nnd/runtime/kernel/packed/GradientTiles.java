package dev.nnd.runtime.kernel.packed;

import dev.nnd.runtime.kernel.Workers;

/**
 * The products of {@link WindowGradient} as tiles, for layers with enough channels to fill them: panels of dy, transposed, are multiplied by rows of x
 * as each element of the window sees them, which are read one number at a time and so may begin anywhere. The sums lie in an order of their own,
 * [groups, panels, elements, inputs, panel], until all images have been added.
 */
final class GradientTiles implements Workers.Work {

    /** The depth of a panel: with 32 columns of f32 it fills the nearest cache. */
    private static final int DEPTH = 256;

    /** Channels of x whose rows stay in the nearest cache while all elements of the window pass. */
    private static final int CHANNELS = 8;

    private static final int LEAST_INPUTS = 4;
    private static final int LEAST_OUTPUTS = 12;

    /** Parts for each thread. */
    private static final long EACH = 3;

    /**
     * What is multiplied, and the strides of its copies.
     *
     * @param offsets where the first window finds each element, in bytes
     * @param inputBytes from a channel of x to the next, {@code outputBytes} from one of dy to the next
     */
    record Form(int groups, int inputs, int outputs, long[] offsets, long inputBytes, long outputBytes) {

        /** Whether tiles are filled well enough; else rows are multiplied with rows. */
        static boolean serves(int inputs, int outputs) {
            return inputs >= LEAST_INPUTS && outputs >= LEAST_OUTPUTS;
        }
    }

    private final MatrixKernels kernels;
    private final Form form;
    private final int bytes;
    private final long rowBytes;
    private final int panels;
    private final int cuts;
    private final int cut;
    private final long[] places;
    private long x;
    private long dy;
    private long sums;
    private long length;

    GradientTiles(MatrixKernels kernels, Form form, int threads) {
        this.kernels = kernels;
        this.form = form;
        bytes = kernels.bytes();
        rowBytes = (long) kernels.panel() * bytes;
        panels = Math.ceilDiv(form.outputs, kernels.panel());
        long wanted = threads == 1 ? 1 : Math.ceilDiv(threads * EACH, (long) form.groups * panels);
        cut = Math.ceilDiv(Math.ceilDiv(form.inputs, (int) Math.min(wanted, form.inputs)), CHANNELS) * CHANNELS;
        cuts = Math.ceilDiv(form.inputs, cut);
        places = Places.pairs(bytes, rowBytes, DEPTH);
    }

    /** Bytes of scratch memory for the sums, and behind them for a panel of each thread. */
    long scratchBytes(int threads) {
        return sumsBytes() + threads * panelBytes();
    }

    private long sumsBytes() {
        return (long) form.groups * panels * form.offsets.length * form.inputs * rowBytes;
    }

    private long panelBytes() {
        return DEPTH * rowBytes;
    }

    /** Where the operands are. */
    void place(long newX, long newDy, long scratch) {
        x = newX;
        dy = newDy;
        sums = scratch;
    }

    /** Begins with sums of 0. */
    void clear() {
        kernels.fill(sums, sumsBytes() / bytes, 0);
    }

    /** Says how many places of windows are to be added next. */
    int parts(long places) {
        length = places;
        return form.groups * panels * cuts;
    }

    @Override
    public void run(int part, int slot) {
        int group = part / (panels * cuts);
        int panel = part / cuts % panels;
        int channel = part % cuts * cut;
        int end = Math.min(channel + cut, form.inputs);
        long packed = sums + sumsBytes() + slot * panelBytes();
        int row = panel * kernels.panel();
        int count = Math.min(kernels.panel(), form.outputs - row);
        long from = dy + ((long) group * form.outputs + row) * form.outputBytes;
        for (long k = 0; k < length; k += DEPTH) {
            int depth = (int) Math.min(DEPTH, length - k);
            kernels.packTransposed(from + k * bytes, form.outputBytes, count, depth, packed);
            for (int c = channel; c < end; c += CHANNELS) {
                add(group, panel, c, Math.min(CHANNELS, end - c), depth, k * bytes, packed);
            }
        }
    }

    private void add(int group, int panel, int channel, int rows, int depth, long skip, long packed) {
        long from = x + ((long) group * form.inputs + channel) * form.inputBytes + skip;
        for (int i = 0; i < form.offsets.length; i++) {
            long to = sums(group, panel, i) + channel * rowBytes;
            kernels.multiply(rows, 0, depth, places, from + form.offsets[i], form.inputBytes, packed, to, rowBytes);
        }
    }

    private long sums(int group, int panel, int element) {
        return sums + (((long) group * panels + panel) * form.offsets.length + element) * form.inputs * rowBytes;
    }

    /** Writes the gradient of one channel of the result, [inputs, elements]. */
    void write(int output, long dw) {
        int elements = form.offsets.length;
        int group = output / form.outputs;
        int row = output % form.outputs;
        long column = (long) (row % kernels.panel()) * bytes;
        long to = dw + (long) output * form.inputs * elements * bytes;
        for (int i = 0; i < elements; i++) {
            long from = sums(group, row / kernels.panel(), i) + column;
            kernels.copy(from, rowBytes, to + (long) i * bytes, (long) elements * bytes, form.inputs);
        }
    }
}
