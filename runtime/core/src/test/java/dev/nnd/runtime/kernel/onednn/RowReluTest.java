package dev.nnd.runtime.kernel.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nnd.runtime.Seed;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RowReluTest {

    /** Interpreted and compiled, in one block and in several; what is no number stays so with either sign, and what lies behind is left alone. */
    @Test
    void clipsTheSameInEveryRun() {
        var random = new Random(Seed.fresh());
        float[] edges = {
            Float.NaN,
            Float.intBitsToFloat(0xffc00000),
            Float.intBitsToFloat(0x7f800001),
            Float.intBitsToFloat(0xff800001),
            -0f,
            0f,
            Float.NEGATIVE_INFINITY,
            Float.POSITIVE_INFINITY,
            Float.MIN_VALUE,
            -Float.MIN_VALUE,
            -Float.MAX_VALUE,
            -1e-30f
        };
        try (var arena = Arena.ofConfined()) {
            for (int count : new int[] {1, 7, 16, 33, 512, 515, 1300}) {
                var place = arena.allocate(4L * (count + 1), 64);
                var relu = new RowRelu();
                for (int run = 0; run < 300; run++) {
                    float[] x = new float[count + 1];
                    for (int i = 0; i <= count; i++) {
                        x[i] = random.nextInt(4) == 0
                                ? edges[random.nextInt(edges.length)]
                                : (float) random.nextGaussian();
                        place.setAtIndex(ValueLayout.JAVA_FLOAT, i, x[i]);
                    }
                    relu.row(place.address(), 4L * count);
                    for (int i = 0; i <= count; i++) {
                        float wanted = i < count ? Math.max(x[i], 0f) : x[i];
                        assertEquals(wanted, place.getAtIndex(ValueLayout.JAVA_FLOAT, i), "run " + run + ", " + i);
                    }
                }
            }
        }
    }

    /** Of three rows of 50 numbers the part from the 16th to before the 36th. */
    @Test
    void clipsAPartOfEachRow() {
        try (var arena = Arena.ofConfined()) {
            var place = arena.allocate(4L * 150, 64);
            place.asSlice(0, 600).copyFrom(MemorySegment.ofArray(negative(150)));
            var relu = new RowRelu();
            relu.rows(place.address() + 64, 80, 200, place.address() + 600);
            for (int i = 0; i < 150; i++) {
                boolean inside = i % 50 >= 16 && i % 50 < 36;
                assertEquals(inside ? 0f : -1f - i, place.getAtIndex(ValueLayout.JAVA_FLOAT, i), "number " + i);
            }
        }
    }

    private static float[] negative(int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = -1f - i;
        }
        return numbers;
    }
}
