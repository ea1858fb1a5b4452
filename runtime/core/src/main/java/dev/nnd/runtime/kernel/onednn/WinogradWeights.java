package dev.nnd.runtime.kernel.onednn;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.nnd.runtime.kernel.NativeMemory;
import dev.nnd.runtime.memory.Layout;
import java.lang.foreign.MemorySegment;

/**
 * A convolution's weights [o, c, 3, 3] as {@link WinogradConvolution} multiplies by them: G g G^T for each kernel g, 16 numbers that make 16 matrices
 * [c, o]. A little is rounded.
 */
record WinogradWeights(long o, long c) implements Layout {

    private static final MemorySegment MEMORY = NativeMemory.ALL;
    private static final int KERNEL = 9;
    private static final int PLACES = 16;
    private static final double HALF = 0.5;

    @Override
    public boolean plain() {
        return false;
    }

    @Override
    public boolean exact() {
        return false;
    }

    @Override
    public long storedElements() {
        return PLACES * matrix();
    }

    /** Numbers from one matrix to the next. */
    long matrix() {
        return c * row();
    }

    /** Numbers from one row of a matrix to the next. */
    long row() {
        return ColumnProduct.stride(o);
    }

    @Override
    public void fromRowMajor(MemorySegment from, MemorySegment to) {
        long g = NativeMemory.address(from, o * c * KERNEL * Float.BYTES);
        long u = NativeMemory.address(to, storedElements() * Float.BYTES);
        to.asSlice(0, storedElements() * Float.BYTES).fill((byte) 0);
        for (long channel = 0; channel < c; channel++) {
            for (long output = 0; output < o; output++) {
                transform(
                        g + (output * c + channel) * KERNEL * Float.BYTES,
                        u + (channel * row() + output) * Float.BYTES,
                        matrix() * Float.BYTES);
            }
        }
    }

    /** One kernel: G is [[1, 0, 0], [1/2, 1/2, 1/2], [1/2, -1/2, 1/2], [0, 0, 1]]. */
    private static void transform(long g, long u, long place) {
        for (int row = 0; row < 4; row++) {
            double left = down(g, row, 0);
            double middle = down(g, row, 1);
            double right = down(g, row, 2);
            long at = u + 4 * row * place;
            set(at, left);
            set(at + place, (left + middle + right) * HALF);
            set(at + 2 * place, (left - middle + right) * HALF);
            set(at + 3 * place, right);
        }
    }

    /** Row of G by a column of a kernel. */
    private static double down(long g, int row, int column) {
        double above = get(g + column * (long) Float.BYTES);
        double middle = get(g + (3L + column) * Float.BYTES);
        double below = get(g + (6L + column) * Float.BYTES);
        return switch (row) {
            case 0 -> above;
            case 1 -> (above + middle + below) * HALF;
            case 2 -> (above - middle + below) * HALF;
            default -> below;
        };
    }

    /** The kernels, but for what was rounded: the middle of each row and column is the difference of two numbers. */
    @Override
    public void toRowMajor(MemorySegment from, MemorySegment to) {
        long u = NativeMemory.address(from, storedElements() * Float.BYTES);
        long place = matrix() * Float.BYTES;
        for (long output = 0; output < o; output++) {
            for (long channel = 0; channel < c; channel++) {
                long at = u + (channel * row() + output) * Float.BYTES;
                for (int i = 0; i < KERNEL; i++) {
                    long line = at + (i / 3 == 2 ? 12 : 4 * (i / 3)) * place;
                    double number = i / 3 == 1
                            ? across(line, i % 3, place) - across(line + 4 * place, i % 3, place)
                            : across(line, i % 3, place);
                    to.setAtIndex(JAVA_FLOAT, (output * c + channel) * KERNEL + i, (float) number);
                }
            }
        }
    }

    private static double across(long line, int column, long place) {
        return switch (column) {
            case 0 -> get(line);
            case 1 -> get(line + place) - get(line + 2 * place);
            default -> get(line + 3 * place);
        };
    }

    private static double get(long at) {
        return MEMORY.get(JAVA_FLOAT, at);
    }

    private static void set(long at, double number) {
        MEMORY.set(JAVA_FLOAT, at, (float) number);
    }
}
