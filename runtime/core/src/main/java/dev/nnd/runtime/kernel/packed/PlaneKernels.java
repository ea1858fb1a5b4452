package dev.nnd.runtime.kernel.packed;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.nnd.runtime.kernel.KernelLoader;
import dev.nnd.runtime.kernel.NativeMemory;
import java.lang.foreign.MemorySegment;

/** The inner loops of normalizations over f32 elements that are {@code step} bytes apart. */
class PlaneKernels {

    /** These loops, or their twins on the Vector API where the JVM has it. */
    static final PlaneKernels INSTANCE = KernelLoader.load(PlaneKernels.class, PlaneKernels::new);

    static final MemorySegment MEMORY = NativeMemory.ALL;

    /**
     * The sum of x.
     *
     * @param spare room for a vector, in this method and the next ones
     */
    double sum(long x, long step, long count, long spare) {
        double sum = 0;
        for (long i = 0; i < count; i++) {
            sum += MEMORY.get(JAVA_FLOAT, x + i * step);
        }
        return sum;
    }

    /** The sum of (x - mean)^2. */
    double squares(long x, long step, long count, float mean, long spare) {
        double sum = 0;
        for (long i = 0; i < count; i++) {
            float distance = MEMORY.get(JAVA_FLOAT, x + i * step) - mean;
            sum += distance * distance;
        }
        return sum;
    }

    /** The sum of dy (x - mean). */
    double products(long dy, long x, long step, long count, float mean, long spare) {
        double sum = 0;
        for (long i = 0; i < count; i++) {
            sum += MEMORY.get(JAVA_FLOAT, dy + i * step) * (MEMORY.get(JAVA_FLOAT, x + i * step) - mean);
        }
        return sum;
    }

    /** y = (x - mean) scale + shift. */
    void normalize(long x, long y, long step, long count, float mean, float scale, float shift) {
        for (long i = 0; i < count; i++) {
            MEMORY.set(JAVA_FLOAT, y + i * step, (MEMORY.get(JAVA_FLOAT, x + i * step) - mean) * scale + shift);
        }
    }

    /** dx = dy scale + (x - mean) slope + shift. */
    void combine(long dy, long x, long dx, long step, long count, float mean, float scale, float slope, float shift) {
        for (long i = 0; i < count; i++) {
            float distance = MEMORY.get(JAVA_FLOAT, x + i * step) - mean;
            MEMORY.set(
                    JAVA_FLOAT,
                    dx + i * step,
                    MEMORY.get(JAVA_FLOAT, dy + i * step) * scale + distance * slope + shift);
        }
    }
}
