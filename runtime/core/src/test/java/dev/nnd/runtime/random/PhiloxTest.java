package dev.nnd.runtime.random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PhiloxTest {

    /** The known answers for philox4x32 with 10 rounds that its authors publish with Random123 (kat_vectors). */
    @Test
    void givesTheKnownAnswers() {
        check(new int[] {0, 0, 0, 0}, 0, 0, new int[] {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
        check(new int[] {-1, -1, -1, -1}, -1, -1, new int[] {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
        check(new int[] {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, 0xa4093822, 0x299f31d0, new int[] {
            0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1
        });
    }

    private static void check(int[] counter, int key0, int key1, int[] expected) {
        Philox.block(counter, key0, key1);
        assertArrayEquals(expected, counter);
    }

    @Test
    void dependsOnSeedNameAndIndexOnly() {
        var a = new Philox(1, "a");
        long fifth = a.bits(5);
        a.bits(99);
        assertEquals(fifth, a.bits(5));
        assertEquals(fifth, new Philox(1, "a").bits(5));
        assertNotEquals(fifth, new Philox(2, "a").bits(5));
        assertNotEquals(fifth, new Philox(1, "b").bits(5));
        assertNotEquals(fifth, a.bits(4));
    }

    @Test
    void uniformNumbersFillTheInterval() {
        var values = fill(100_001, (random, out) -> random.fillUniform(out, -2, 6));
        double mean = mean(values);
        assertEquals(2, mean, 0.05);
        for (float value : values) {
            assertTrue(value >= -2 && value < 6);
        }
        assertEquals(64.0 / 12, variance(values, mean), 0.1);
    }

    @Test
    void normalNumbersHaveTheMomentsOfTheNormalDistribution() {
        var values = fill(100_001, (random, out) -> random.fillNormal(out, 3, 0.5));
        double mean = mean(values);
        assertEquals(3, mean, 0.01);
        assertEquals(0.25, variance(values, mean), 0.01);
        long beyond = 0;
        for (float value : values) {
            beyond += Math.abs(value - 3) > 1 ? 1 : 0;
        }
        assertEquals(0.0455, beyond / (double) values.length, 0.005);
    }

    @Test
    void permutationsHoldEveryNumberOnce() {
        var order = new Philox(4, "rows").permutation(1000);
        assertArrayEquals(
                IntStream.range(0, 1000).toArray(),
                Arrays.stream(order).sorted().toArray());
        assertNotEquals(Arrays.toString(IntStream.range(0, 1000).toArray()), Arrays.toString(order));
    }

    @Test
    void belowStaysBelow() {
        var random = new Philox(9, "x");
        var counts = new int[7];
        for (int i = 0; i < 7000; i++) {
            counts[(int) random.below(i, 7)]++;
        }
        for (int count : counts) {
            assertEquals(1000, count, 200);
        }
    }

    private interface Filler {
        void fill(Philox random, java.lang.foreign.MemorySegment out);
    }

    private static float[] fill(int count, Filler filler) {
        try (var arena = Arena.ofConfined()) {
            var out = arena.allocate(ValueLayout.JAVA_FLOAT, count);
            filler.fill(new Philox(5, "test"), out);
            return out.toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    private static double mean(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    private static double variance(float[] values, double mean) {
        double sum = 0;
        for (float value : values) {
            sum += (value - mean) * (value - mean);
        }
        return sum / values.length;
    }
}
