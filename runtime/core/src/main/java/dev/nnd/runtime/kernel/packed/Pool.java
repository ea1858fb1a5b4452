package dev.nnd.runtime.kernel.packed;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.nnd.runtime.kernel.NativeMemory;
import dev.nnd.runtime.kernel.Pooling;
import dev.nnd.runtime.kernel.Shapes;
import dev.nnd.runtime.kernel.Window;
import java.lang.foreign.MemorySegment;

/** Pooling of one plane of f32 elements. What of each window lies in the plane is found once, axis by axis. */
final class Pool {

    private static final MemorySegment MEMORY = NativeMemory.ALL;
    private static final int BYTES = Float.BYTES;

    private final int[] in;
    private final int[] out;
    private final int[] dilation;

    /** For each axis and window: the place of its first element in the plane, */
    private final int[][] first = new int[Axes.COUNT][];

    /** how many lie in the plane, */
    private final int[][] counts = new int[Axes.COUNT][];

    /** and by how many a mean divides. */
    private final int[][] divisors = new int[Axes.COUNT][];

    Pool(Shapes.Pool shape, Pooling pooling) {
        var window = shape.window();
        var axes = Axes.of(window, shape.in(), shape.out());
        in = axes.in();
        out = axes.out();
        dilation = axes.dilation();
        for (int axis = 0; axis < Axes.COUNT; axis++) {
            axis(axes, window, pooling, axis);
        }
    }

    private void axis(Axes axes, Window window, Pooling pooling, int axis) {
        int own = axis - Axes.COUNT + window.axes();
        int end = in[axis] + (own < 0 ? 0 : window.padAfter().get(own));
        first[axis] = new int[out[axis]];
        counts[axis] = new int[out[axis]];
        divisors[axis] = new int[out[axis]];
        for (int o = 0; o < out[axis]; o++) {
            int start = o * axes.stride()[axis] - axes.pad()[axis];
            int inside = 0;
            int padded = 0;
            for (int k = 0; k < axes.kernel()[axis]; k++) {
                int place = start + k * dilation[axis];
                if (place >= 0 && place < in[axis]) {
                    first[axis][o] = inside == 0 ? place : first[axis][o];
                    inside++;
                }
                padded += place < end ? 1 : 0;
            }
            counts[axis][o] = inside;
            divisors[axis][o] = pooling == Pooling.AVERAGE_WITH_PADDING ? padded : inside;
        }
    }

    /** Elements of a plane of x. */
    long inputs() {
        return Axes.volume(in);
    }

    /** Elements of a plane of y. */
    long outputs() {
        return Axes.volume(out);
    }

    private long place(int d, int h, int w) {
        return ((long) first[0][d] * in[1] + first[1][h]) * in[2] + first[2][w];
    }

    /** y = the largest of each window; {@code indices}, if not 0, gets its place. The first one wins, but a NaN over all. */
    void maximum(long x, long y, long indices) {
        long at = 0;
        for (int d = 0; d < out[0]; d++) {
            for (int h = 0; h < out[1]; h++) {
                for (int w = 0; w < out[2]; w++) {
                    int winner = winner(x, place(d, h, w), counts[0][d], counts[1][h], counts[2][w]);
                    MEMORY.set(JAVA_FLOAT, y + at * BYTES, MEMORY.get(JAVA_FLOAT, x + (long) winner * BYTES));
                    if (indices != 0) {
                        MEMORY.set(JAVA_INT, indices + at * BYTES, winner);
                    }
                    at++;
                }
            }
        }
    }

    private int winner(long x, long from, int depth, int height, int width) {
        int winner = (int) from;
        float best = MEMORY.get(JAVA_FLOAT, x + from * BYTES);
        for (int d = 0; d < depth; d++) {
            for (int h = 0; h < height; h++) {
                int place = (int) (from + ((long) d * dilation[0] * in[1] + (long) h * dilation[1]) * in[2]);
                for (int w = 0; w < width; w++) {
                    float value = MEMORY.get(JAVA_FLOAT, x + (long) place * BYTES);
                    winner = value > best ? place : winner;
                    best = Math.max(value, best);
                    place += dilation[2];
                }
            }
        }
        return Float.isNaN(best) ? nan(x, from, depth, height, width) : winner;
    }

    /** The first NaN of a window that has one. */
    private int nan(long x, long from, int depth, int height, int width) {
        for (int i = 0; i < depth * height * width; i++) {
            long d = (long) (i / (height * width)) * dilation[0];
            long h = (long) (i / width % height) * dilation[1];
            long place = from + (d * in[1] + h) * in[2] + (long) (i % width) * dilation[2];
            if (Float.isNaN(MEMORY.get(JAVA_FLOAT, x + place * BYTES))) {
                return (int) place;
            }
        }
        throw new IllegalStateException("there is no NaN");
    }

    /** Adds every dy to the dx of its winner. */
    void maximumBackward(long dy, long indices, long dx) {
        clear(dx);
        long count = outputs();
        for (long i = 0; i < count; i++) {
            long at = dx + (long) MEMORY.get(JAVA_INT, indices + i * BYTES) * BYTES;
            MEMORY.set(JAVA_FLOAT, at, MEMORY.get(JAVA_FLOAT, at) + MEMORY.get(JAVA_FLOAT, dy + i * BYTES));
        }
    }

    private void clear(long dx) {
        MEMORY.set(JAVA_FLOAT, dx, 0); // a slice to fill would be an object, unless a compiler sees through it
        NativeMemory.repeat(dx, BYTES, inputs() * BYTES);
    }

    /** y = the mean of each window. */
    void average(long x, long y) {
        long at = 0;
        for (int d = 0; d < out[0]; d++) {
            for (int h = 0; h < out[1]; h++) {
                for (int w = 0; w < out[2]; w++) {
                    double sum = sum(x, place(d, h, w), counts[0][d], counts[1][h], counts[2][w]);
                    MEMORY.set(JAVA_FLOAT, y + at * BYTES, (float) (sum / divisor(d, h, w)));
                    at++;
                }
            }
        }
    }

    private double divisor(int d, int h, int w) {
        return (double) divisors[0][d] * divisors[1][h] * divisors[2][w];
    }

    private double sum(long x, long from, int depth, int height, int width) {
        double sum = 0;
        for (int d = 0; d < depth; d++) {
            for (int h = 0; h < height; h++) {
                long place = from + ((long) d * dilation[0] * in[1] + (long) h * dilation[1]) * in[2];
                for (int w = 0; w < width; w++) {
                    sum += MEMORY.get(JAVA_FLOAT, x + (place + (long) w * dilation[2]) * BYTES);
                }
            }
        }
        return sum;
    }

    /** Adds every dy's share to the dx of its window. */
    void averageBackward(long dy, long dx) {
        clear(dx);
        long at = 0;
        for (int d = 0; d < out[0]; d++) {
            for (int h = 0; h < out[1]; h++) {
                for (int w = 0; w < out[2]; w++) {
                    float share = (float) (MEMORY.get(JAVA_FLOAT, dy + at * BYTES) / divisor(d, h, w));
                    add(share, dx, place(d, h, w), counts[0][d], counts[1][h], counts[2][w]);
                    at++;
                }
            }
        }
    }

    private void add(float share, long dx, long from, int depth, int height, int width) {
        for (int d = 0; d < depth; d++) {
            for (int h = 0; h < height; h++) {
                long place = from + ((long) d * dilation[0] * in[1] + (long) h * dilation[1]) * in[2];
                for (int w = 0; w < width; w++) {
                    long at = dx + (place + (long) w * dilation[2]) * BYTES;
                    MEMORY.set(JAVA_FLOAT, at, MEMORY.get(JAVA_FLOAT, at) + share);
                }
            }
        }
    }
}
