package dev.nnd.runtime.kernel.onednn;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.nnd.runtime.kernel.KernelLoader;
import dev.nnd.runtime.kernel.NativeMemory;
import java.lang.foreign.MemorySegment;

/**
 * What {@link WinogradConvolution} does beside its products, for as many channels at a time as a vector has lanes. Places are addresses, distances bytes. All of it
 * is sums of two numbers in one order, so these loops give the bits of their twin on the Vector API, for as long as that is not compiled.
 */
class WinogradKernels {

    /** The twin where the JVM has the Vector API; else these. */
    static final WinogradKernels INSTANCE = KernelLoader.load(WinogradKernels.class, () -> new WinogradKernels(1));

    static final MemorySegment MEMORY = NativeMemory.ALL;

    private final int lanes;
    /** Bytes of a vector. */
    private final long width;

    /** For vectors of so many numbers; one means that there are none. */
    WinogradKernels(int lanes) {
        this.lanes = lanes;
        this.width = (long) lanes * Float.BYTES;
    }

    /** Numbers of a vector. */
    final int lanes() {
        return lanes;
    }

    /**
     * Of four lines of an image, d0 to d3, the lines d0 - d2, d1 + d2, d2 - d1 and d1 - d3 (B^T d), as vectors side by side.
     *
     * @param d where each of the lines begins, and how far it is to its next pixel; 0 repeats the first one
     * @param pixels of each line
     * @param line from one line of the results to the next
     */
    void inputDown(long[] d, long[] steps, int pixels, long to, long line) {
        for (long i = 0; i < pixels; i++) {
            for (long lane = 0; lane < width; lane += Float.BYTES) {
                float d0 = get(d[0] + i * steps[0] + lane);
                float d1 = get(d[1] + i * steps[1] + lane);
                float d2 = get(d[2] + i * steps[2] + lane);
                float d3 = get(d[3] + i * steps[3] + lane);
                long at = to + i * width + lane;
                set(at, d0 - d2);
                set(at + line, d1 + d2);
                set(at + 2 * line, d2 - d1);
                set(at + 3 * line, d1 - d3);
            }
        }
    }

    /**
     * The same across: of four lines of vectors, of which each tile has four that begin two behind those of the tile before, the 16 numbers of each tile.
     *
     * @param line from one line to the next
     * @param place from one of a tile's 16 results to the next
     * @param tile from one tile's results to the next one's
     */
    void inputAcross(long lines, long line, int tiles, long to, long place, long tile) {
        for (long row = 0; row < 4; row++) {
            for (long t = 0; t < tiles; t++) {
                for (long lane = 0; lane < width; lane += Float.BYTES) {
                    long from = lines + row * line + 2 * t * width + lane;
                    float d0 = get(from);
                    float d1 = get(from + width);
                    float d2 = get(from + 2 * width);
                    float d3 = get(from + 3 * width);
                    long at = to + row * 4 * place + t * tile + lane;
                    set(at, d0 - d2);
                    set(at + place, d1 + d2);
                    set(at + 2 * place, d2 - d1);
                    set(at + 3 * place, d1 - d3);
                }
            }
        }
    }

    /**
     * Of the 16 sums m of each tile the 2 by 2 numbers of the result (A^T m A): two lines of vectors, two for each tile.
     *
     * @param place from one of a tile's sums to the next
     * @param tile from one tile's sums to the next one's
     * @param line from the first line of the results to the second
     */
    void output(long from, long place, long tile, int tiles, long to, long line) {
        for (long t = 0; t < tiles; t++) {
            for (long lane = 0; lane < width; lane += Float.BYTES) {
                long m = from + t * tile + lane;
                float left0 = left(m, place);
                float left1 = left(m + 4 * place, place);
                float left2 = left(m + 8 * place, place);
                float left3 = left(m + 12 * place, place);
                float right0 = right(m, place);
                float right1 = right(m + 4 * place, place);
                float right2 = right(m + 8 * place, place);
                float right3 = right(m + 12 * place, place);
                long at = to + 2 * t * width + lane;
                set(at, left0 + left1 + left2);
                set(at + width, right0 + right1 + right2);
                set(at + line, left1 - left2 - left3);
                set(at + line + width, right1 - right2 - right3);
            }
        }
    }

    private static float left(long m, long place) {
        return get(m) + get(m + place) + get(m + 2 * place);
    }

    private static float right(long m, long place) {
        return get(m + place) - get(m + 2 * place) - get(m + 3 * place);
    }

    /**
     * max(numbers * factors + terms, least) of a line of vectors, with one factor and one term for each channel.
     *
     * @param step from one pixel of the result to the next
     */
    void finish(long line, int pixels, long factors, long terms, float least, long to, long step) {
        for (long i = 0; i < pixels; i++) {
            for (long lane = 0; lane < width; lane += Float.BYTES) {
                float number = Math.fma(get(line + i * width + lane), get(factors + lane), get(terms + lane));
                set(to + i * step + lane, Math.max(number, least));
            }
        }
    }

    /** The same with another image's numbers added before the maximum, which lie as the result does. */
    void finish(long line, int pixels, long factors, long terms, float least, long to, long step, long added) {
        for (long i = 0; i < pixels; i++) {
            for (long lane = 0; lane < width; lane += Float.BYTES) {
                float number = Math.fma(get(line + i * width + lane), get(factors + lane), get(terms + lane));
                set(to + i * step + lane, Math.max(number + get(added + i * step + lane), least));
            }
        }
    }

    private static float get(long at) {
        return MEMORY.get(JAVA_FLOAT, at);
    }

    private static void set(long at, float number) {
        MEMORY.set(JAVA_FLOAT, at, number);
    }
}
