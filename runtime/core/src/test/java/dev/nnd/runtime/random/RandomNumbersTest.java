package dev.nnd.runtime.random;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.runtime.Seed;
import dev.nnd.runtime.memory.ElementType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The numbers that generated kernels draw. */
class RandomNumbersTest {

    private static final int COUNT = 400_003;

    /** The known answer of the authors' implementation for key and counter 0. */
    @Test
    void wordsAreThoseOfPhilox() {
        double[] drawn = uniform(4, 0, 0, 0);
        int[] words = {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8};
        for (int i = 0; i < 4; i++) {
            assertEquals((words[i] >>> 8) * 0x1p-24, drawn[i]);
        }
    }

    @Test
    void uniformNumbersHaveTheirMomentsAndRange() {
        long seed = Seed.fresh();
        double[] drawn = uniform(COUNT, seed, 7, 3);
        double sum = 0;
        double squares = 0;
        for (double d : drawn) {
            assertTrue(d >= 0 && d < 1, () -> d + " with seed " + seed);
            sum += d;
            squares += d * d;
        }
        // Seven standard errors.
        assertEquals(0.5, sum / COUNT, 7 * Math.sqrt(1 / 12.0 / COUNT), () -> "seed " + seed);
        assertEquals(1 / 3.0, squares / COUNT, 7 * Math.sqrt(4 / 45.0 / COUNT), () -> "seed " + seed);
    }

    @Test
    void normalNumbersHaveTheirMoments() {
        long seed = Seed.fresh();
        try (var arena = Arena.ofConfined()) {
            MemorySegment to = arena.allocate(8L * COUNT, 64);
            RandomNumbers.normal(ElementType.F64, to.address(), 0, COUNT, seed, 1L << 40, 2);
            double[] moments = new double[5];
            for (int i = 0; i < COUNT; i++) {
                double x = to.getAtIndex(ValueLayout.JAVA_DOUBLE, i);
                for (int power = 1; power < 5; power++) {
                    moments[power] += Math.pow(x, power) / COUNT;
                }
            }
            double error = 7 / Math.sqrt(COUNT);
            assertEquals(0, moments[1], error, () -> "seed " + seed);
            assertEquals(1, moments[2], error * Math.sqrt(2), () -> "seed " + seed);
            assertEquals(0, moments[3], error * Math.sqrt(15), () -> "seed " + seed);
            assertEquals(3, moments[4], error * Math.sqrt(96), () -> "seed " + seed);
        }
    }

    @Test
    void seedStepAndStreamTellNumbersApart() {
        double[] first = uniform(64, 1, 2, 3);
        assertEquals(Arrays.toString(first), Arrays.toString(uniform(64, 1, 2, 3)));
        for (double[] other : new double[][] {uniform(64, 2, 2, 3), uniform(64, 1, 3, 3), uniform(64, 1, 2, 4)}) {
            int equal = 0;
            for (int i = 0; i < 64; i++) {
                equal += first[i] == other[i] ? 1 : 0;
            }
            assertEquals(0, equal);
        }
    }

    @Test
    void vectorsMakeTheSameBits() {
        long seed = Seed.fresh();
        var random = new Random(seed);
        try (var arena = Arena.ofConfined()) {
            int room = 8000;
            MemorySegment plain = arena.allocate(4L * room, 64);
            MemorySegment vectors = arena.allocate(4L * room, 64);
            // Cold and warm.
            for (int trial = 0; trial < 400; trial++) {
                // Blocks are counted in 32 bits, which some of these are about to leave.
                long first = trial % 3 == 0 ? (1L << 34) - 4 * random.nextInt(2000) : 4L * random.nextInt(1 << 20);
                long end = first + 1 + random.nextInt(room);
                long key = random.nextLong();
                long step = random.nextLong() >>> random.nextInt(64);
                long stream = random.nextInt(1000);
                RandomNumbers.plainUniform(ElementType.F32, plain.address() - 4 * first, first, end, key, step, stream);
                RandomNumbers.uniform(ElementType.F32, vectors.address() - 4 * first, first, end, key, step, stream);
                assertEquals(-1, plain.mismatch(vectors), "seed " + seed + ", trial " + trial);
            }
        }
    }

    private static double[] uniform(int count, long seed, long step, long stream) {
        try (var arena = Arena.ofConfined()) {
            MemorySegment to = arena.allocate(4L * count, 64);
            RandomNumbers.uniform(ElementType.F32, to.address(), 0, count, seed, step, stream);
            double[] drawn = new double[count];
            for (int i = 0; i < count; i++) {
                drawn[i] = to.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            }
            return drawn;
        }
    }
}
