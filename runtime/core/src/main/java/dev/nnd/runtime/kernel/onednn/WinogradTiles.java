package dev.nnd.runtime.kernel.onednn;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.nnd.runtime.foreign.NativeCalls;
import dev.nnd.runtime.kernel.NativeMemory;
import dev.nnd.runtime.kernel.Shapes;
import dev.nnd.runtime.kernel.Workers;
import dev.nnd.runtime.memory.Tensor;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Runs what {@link WinogradConvolution} builds. Of each block of tiles: 16 matrices [tiles, c] from the image, by those of the weights, 16 matrices [tiles, o],
 * and of these the result.
 */
final class WinogradTiles implements Runnable {

    private static final MemorySegment MEMORY = NativeMemory.ALL;
    private static final WinogradKernels VECTORS = WinogradKernels.INSTANCE;
    /** The same bits without vectors. */
    private static final WinogradKernels PLAIN = new WinogradKernels(VECTORS.lanes());

    private static final int LANES = VECTORS.lanes();
    private static final long WIDTH = (long) LANES * Float.BYTES;
    private static final int PLACES = 16;
    private static final long CACHE_LINE = 64;
    private static final int PARTS_OF_A_THREAD = 2;
    private static final float[] FACTORS = {1f, 0f};

    /** The function's arguments that differ from call to call. */
    private static final int ROWS_ARGUMENT = 2;

    private static final int X_ARGUMENT = 5;
    private static final int W_ARGUMENT = 7;
    private static final int Y_ARGUMENT = 9;

    /**
     * What it computes with.
     *
     * @param w in {@code weights}' order
     * @param added in y's order
     */
    record Operands(
            Tensor x,
            WinogradConvolution.ImageOrder from,
            Tensor w,
            WinogradWeights weights,
            ConvolutionOps.Tail tail,
            @Nullable Tensor added,
            Tensor y,
            WinogradConvolution.ImageOrder to) {}

    private final MemorySegment function = DnnlLibrary.address("dnnl_sgemm");
    private final Workers.Work wholeBlock = this::block;
    private final Workers.Work inputs = this::inputPart;
    private final Workers.Work products = this::product;
    private final Workers.Work outputs = this::outputPart;
    private final KernelWarmUp warmUp;
    private final Shapes.Convolution shape;
    private final WinogradBlocks blocks;
    private final Operands operands;
    private final Workers team;
    private final Room room;
    private final long x;
    private final long w;
    private final long y;
    /** Bytes from a number of the result to the one that is added to it. */
    private final long added;

    /** Where the numbers of the tail are; 0 for what it has not. */
    private final long bias;

    private final long scale;
    private final long shift;
    private final float least;
    private final long factors;
    private final long terms;
    private final long scratch;
    /** The function's arguments, for each thread. */
    private final long[][] calls;

    /** Where four lines of an image begin, for each thread. */
    private final long[][] lines;

    /** How far it is from one pixel of these lines to the next. */
    private final long[][] steps;

    private boolean hasRun;
    /** The block whose parts are being done. */
    private int current;

    /** Of operands that have their memory. */
    WinogradTiles(
            Shapes.Convolution shape,
            WinogradBlocks blocks,
            Operands operands,
            Tensor scratch,
            OpenMpTeam team,
            KernelWarmUp warmUp) {
        this.shape = shape;
        this.blocks = blocks;
        this.operands = operands;
        this.team = team;
        this.warmUp = warmUp;
        room = Room.of(blocks, shape);
        x = NativeMemory.address(operands.x.segment(), operands.x.storedBytes());
        w = NativeMemory.address(operands.w.segment(), operands.w.storedBytes());
        y = NativeMemory.address(operands.y.segment(), operands.y.storedBytes());
        var other = operands.added;
        added = other == null ? 0 : NativeMemory.address(other.segment(), other.storedBytes()) - y;
        var tail = operands.tail;
        bias = address(tail.bias());
        scale = address(tail.scale());
        shift = address(tail.shift());
        least = tail.relu() ? 0f : Float.NEGATIVE_INFINITY;
        factors = NativeMemory.address(scratch.segment(), scratch.storedBytes());
        terms = factors + shape.o() * Float.BYTES;
        this.scratch = factors + room.channels();
        int threads = team.threads();
        calls = new long[threads][];
        lines = new long[threads][4];
        steps = new long[threads][4];
        for (int slot = 0; slot < threads; slot++) {
            // [tiles, c] by [c, o], each in row-major order.
            long row = operands.weights.row();
            calls[slot] = new long[] {'N', 'N', 0, shape.o(), shape.c(), 0, shape.c(), 0, row, 0, shape.o(), 0, 0};
        }
    }

    private long address(@Nullable Tensor numbers) {
        return numbers == null ? 0 : NativeMemory.address(numbers.segment(), shape.o() * Float.BYTES);
    }

    /**
     * Memory for what is between the image and the result, in bytes.
     *
     * @param channels of two numbers for each channel of the result
     * @param input from one of a tile's places to the next, in the matrices [tiles, c]; a line more, since multiples of 4 KB push one another out of a cache
     * @param output the same in [tiles, o]
     * @param line of a line of vectors
     * @param lines all lines of a unit, and one vector of zeros
     */
    private record Room(long channels, long input, long output, long line, long lines) {

        static Room of(WinogradBlocks blocks, Shapes.Convolution shape) {
            long tiles = blocks.mostTiles();
            long line = (2 * blocks.piece() + 2) * WIDTH;
            return new Room(
                    whole(2 * shape.o() * Float.BYTES),
                    whole(tiles * shape.c() * Float.BYTES) + CACHE_LINE,
                    whole(tiles * shape.o() * Float.BYTES) + CACHE_LINE,
                    line,
                    whole(4 * line + WIDTH));
        }

        private static long whole(long bytes) {
            return Math.ceilDiv(bytes, CACHE_LINE) * CACHE_LINE;
        }

        /** Of a thread, or of all that share a block. */
        long matrices() {
            return PLACES * (input + output);
        }
    }

    /** Bytes that it needs beside its operands. */
    static long scratchBytes(WinogradBlocks blocks, Shapes.Convolution shape, int threads) {
        var room = Room.of(blocks, shape);
        return room.channels + (blocks.shared() ? 1 : threads) * room.matrices() + threads * room.lines;
    }

    @Override
    public void run() {
        if (!hasRun) {
            hasRun = true;
            // A network's first prediction would take a second longer with plain loops that are not compiled either.
            warmUp.await();
        }
        channels();
        if (blocks.shared()) {
            for (int block = 0; block < blocks.blocks(); block++) {
                current = block;
                team.runLong(inputs, parts(shape.c()));
                team.runLong(products, PLACES);
                team.runLong(outputs, parts(shape.o()));
            }
        } else {
            team.runLong(wholeBlock, blocks.blocks());
        }
    }

    /** What each channel's sums are multiplied by, and what is added: (sum + bias) * scale + shift. */
    private void channels() {
        for (long o = 0; o < shape.o(); o++) {
            float factor = number(scale, o, 1);
            float term = number(bias, o, 0) * factor + number(shift, o, 0);
            MEMORY.set(JAVA_FLOAT, factors + o * Float.BYTES, factor);
            MEMORY.set(JAVA_FLOAT, terms + o * Float.BYTES, term);
        }
    }

    private static float number(long numbers, long i, float otherwise) {
        return numbers == 0 ? otherwise : MEMORY.get(JAVA_FLOAT, numbers + i * Float.BYTES);
    }

    private WinogradKernels kernels() {
        return warmUp.compiled() ? VECTORS : PLAIN;
    }

    private void block(int block, int slot) {
        long from = blocks.firstUnit(block);
        long end = blocks.firstUnit(block + 1);
        long first = blocks.firstTile(from);
        long matrices = scratch + slot * room.matrices();
        for (long unit = from; unit < end; unit++) {
            input(unit, first, 0, shape.c(), matrices, slot);
        }
        for (int place = 0; place < PLACES; place++) {
            multiply(tiles(block), place, matrices, slot);
        }
        for (long unit = from; unit < end; unit++) {
            output(unit, first, 0, shape.o(), matrices, slot);
        }
    }

    /** Of the block that all share, some channels of the image. */
    private void inputPart(int part, int slot) {
        long from = blocks.firstUnit(current);
        long first = blocks.firstTile(from);
        long c = firstChannel(shape.c(), part);
        long endChannel = firstChannel(shape.c(), part + 1);
        for (long unit = from; unit < blocks.firstUnit(current + 1); unit++) {
            input(unit, first, c, endChannel, scratch, slot);
        }
    }

    private void product(int place, int slot) {
        multiply(tiles(current), place, scratch, slot);
    }

    /** Of the block that all share, some channels of the result. */
    private void outputPart(int part, int slot) {
        long from = blocks.firstUnit(current);
        long first = blocks.firstTile(from);
        long o = firstChannel(shape.o(), part);
        long endChannel = firstChannel(shape.o(), part + 1);
        for (long unit = from; unit < blocks.firstUnit(current + 1); unit++) {
            output(unit, first, o, endChannel, scratch, slot);
        }
    }

    private long tiles(int block) {
        return blocks.firstTile(blocks.firstUnit(block + 1)) - blocks.firstTile(blocks.firstUnit(block));
    }

    /** Into how many parts threads cut channels. */
    private int parts(long channels) {
        return (int) Math.min(channels / LANES, (long) PARTS_OF_A_THREAD * team.threads());
    }

    private long firstChannel(long channels, int part) {
        return channels / LANES * part / parts(channels) * LANES;
    }

    /** Lines of the thread's own. */
    private long lines(int slot) {
        long rooms = blocks.shared() ? 1 : calls.length;
        return scratch + rooms * room.matrices() + slot * room.lines;
    }

    /** Writes a unit's rows of the matrices [tiles, c], of which {@code first} is the first tile. */
    private void input(long unit, long first, long fromChannel, long endChannel, long matrices, int slot) {
        var order = operands.from;
        var kernels = kernels();
        int tiles = blocks.tiles(unit);
        long tile = blocks.firstTile(unit);
        long row = tile / blocks.across();
        long image = x + row / blocks.down() * order.image();
        int columns = 2 * tiles + 2;
        long left = tile % blocks.across() * 2 - shape.window().padBefore().get(1);
        long top = row % blocks.down() * 2 - shape.window().padBefore().get(0);
        int from = Math.clamp(-left, 0, columns);
        int end = Math.clamp(shape.in()[1] - left, from, columns);
        long work = lines(slot);
        long zero = work + 4 * room.line;
        beside(work, from, end, columns);
        long[] at = lines[slot];
        long[] step = steps[slot];
        for (long c = fromChannel; c < endChannel; c += LANES) {
            for (int i = 0; i < 4; i++) {
                boolean inside = top + i >= 0 && top + i < shape.in()[0];
                long line = image + order.channel(c) + (top + i) * order.line() + (left + from) * order.pixel();
                at[i] = inside ? line : zero;
                step[i] = inside ? order.pixel() : 0;
            }
            kernels.inputDown(at, step, end - from, work + from * WIDTH, room.line);
            long to = matrices + ((tile - first) * shape.c() + c) * Float.BYTES;
            kernels.inputAcross(work, room.line, tiles, to, room.input, shape.c() * Float.BYTES);
        }
    }

    /** Zeros in the columns that are beside the image, and behind all lines. */
    private void beside(long work, int from, int end, int columns) {
        for (int line = 0; line < 4; line++) {
            zero(work + line * room.line, from * WIDTH);
            zero(work + line * room.line + end * WIDTH, (columns - end) * WIDTH);
        }
        zero(work + 4 * room.line, WIDTH);
    }

    private static void zero(long at, long bytes) {
        for (long i = 0; i < bytes; i += Float.BYTES) {
            MEMORY.set(JAVA_FLOAT, at + i, 0f);
        }
    }

    /** One of the 16 products of matrices. */
    private void multiply(long tiles, int place, long matrices, int slot) {
        DnnlCalls.threads(1);
        long[] call = calls[slot];
        call[ROWS_ARGUMENT] = tiles;
        call[X_ARGUMENT] = matrices + place * room.input;
        call[W_ARGUMENT] = w + place * operands.weights.matrix() * Float.BYTES;
        call[Y_ARGUMENT] = matrices + PLACES * room.input + place * room.output;
        int status = (int) NativeCalls.call(function, call, FACTORS);
        if (status != 0) {
            throw DnnlFunction.failure("a product of matrices", status);
        }
    }

    /** Writes some channels of a unit's part of the result. */
    private void output(long unit, long first, long from, long endChannel, long matrices, int slot) {
        var order = operands.to;
        var kernels = kernels();
        int tiles = blocks.tiles(unit);
        long tile = blocks.firstTile(unit);
        long row = tile / blocks.across();
        long top = row % blocks.down() * 2;
        long left = tile % blocks.across() * 2;
        int pixels = (int) Math.min(2L * tiles, shape.out()[1] - left);
        int rows = (int) Math.min(2, shape.out()[0] - top);
        long sums = matrices + PLACES * room.input + (tile - first) * shape.o() * Float.BYTES;
        long image = y + row / blocks.down() * order.image() + top * order.line() + left * order.pixel();
        long work = lines(slot);
        for (long o = from; o < endChannel; o += LANES) {
            long channel = o * Float.BYTES;
            kernels.output(sums + channel, room.output, shape.o() * Float.BYTES, tiles, work, room.line);
            for (int i = 0; i < rows; i++) {
                long line = work + i * room.line;
                long to = image + order.channel(o) + i * order.line();
                if (operands.added == null) {
                    kernels.finish(line, pixels, factors + channel, terms + channel, least, to, order.pixel());
                } else {
                    kernels.finish(
                            line, pixels, factors + channel, terms + channel, least, to, order.pixel(), to + added);
                }
            }
        }
    }
}
