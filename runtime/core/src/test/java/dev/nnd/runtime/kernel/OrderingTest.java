package dev.nnd.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nnd.runtime.Seed;
import dev.nnd.runtime.memory.ElementType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sorting of lines against the stable sort of the Java library. */
class OrderingTest {

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "BF16")
    void equalsAStableSort(ElementType type) {
        long seed = Seed.fresh();
        var random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            int size = 1 + random.nextInt(70);
            int count = 1 + random.nextInt(size);
            int stride = 1 + random.nextInt(3);
            boolean descending = random.nextBoolean();
            double[] x = random.ints(size, -4, 5)
                    .mapToDouble(i -> value(type, i, random))
                    .toArray();
            check(type, x, count, stride, descending, "seed " + seed + ", round " + round);
        }
    }

    private static double value(ElementType type, int i, Random random) {
        return switch (type) {
            case F32, F64 -> i == 4 ? Double.NaN : i == 0 && random.nextBoolean() ? -0.0 : i / 2.0;
            case I64, I32 -> i;
            case U8 -> i & 0xFF;
            case BOOL -> i & 1;
            case BF16 -> throw new IllegalArgumentException("no order of " + type);
        };
    }

    private static void check(ElementType type, double[] x, int count, int stride, boolean descending, String where) {
        Comparator<Integer> ascending = Comparator.comparingDouble(i -> x[i] + 0.0);
        List<Integer> expected = IntStream.range(0, x.length)
                .boxed()
                .sorted(descending ? ascending.reversed() : ascending)
                .limit(count)
                .toList();
        try (var arena = Arena.ofConfined()) {
            long bytes = (long) type.bytes() * stride;
            MemorySegment from = arena.allocate(bytes * x.length, 64);
            MemorySegment values = arena.allocate(bytes * count, 64);
            MemorySegment indices = arena.allocate(4L * stride * count, 64);
            for (int i = 0; i < x.length; i++) {
                set(type, from, bytes * i, x[i]);
            }
            Ordering.sort(
                    type, from.address(), x.length, stride, values.address(), indices.address(), count, descending);
            for (int i = 0; i < count; i++) {
                int index = indices.get(ValueLayout.JAVA_INT, 4L * stride * i);
                assertEquals(expected.get(i), index, where + ", " + i);
                assertEquals(x[index], get(type, values, bytes * i), where);
            }
        }
    }

    private static void set(ElementType type, MemorySegment to, long at, double value) {
        switch (type) {
            case F64 -> to.set(ValueLayout.JAVA_DOUBLE, at, value);
            case F32 -> to.set(ValueLayout.JAVA_FLOAT, at, (float) value);
            case I64 -> to.set(ValueLayout.JAVA_LONG, at, (long) value);
            case I32 -> to.set(ValueLayout.JAVA_INT, at, (int) value);
            case U8, BOOL -> to.set(ValueLayout.JAVA_BYTE, at, (byte) value);
            case BF16 -> throw new IllegalArgumentException("no order of " + type);
        }
    }

    private static double get(ElementType type, MemorySegment from, long at) {
        return switch (type) {
            case F64 -> from.get(ValueLayout.JAVA_DOUBLE, at);
            case F32 -> from.get(ValueLayout.JAVA_FLOAT, at);
            case I64 -> from.get(ValueLayout.JAVA_LONG, at);
            case I32 -> from.get(ValueLayout.JAVA_INT, at);
            case U8, BOOL -> from.get(ValueLayout.JAVA_BYTE, at) & 0xFF;
            case BF16 -> throw new IllegalArgumentException("no order of " + type);
        };
    }

    @Test
    void copiesAndRepetitionsOfAnyLength() {
        try (var arena = Arena.ofConfined()) {
            MemorySegment from = arena.allocate(40_000, 64);
            MemorySegment to = arena.allocate(40_000, 64);
            for (int i = 0; i < 40_000; i++) {
                from.set(ValueLayout.JAVA_BYTE, i, (byte) (i * 7 + i / 256));
            }
            for (int bytes = 0; bytes < 300; bytes++) {
                to.fill((byte) 1);
                NativeMemory.copy(from.address() + 3, to.address() + 5, bytes);
                assertEquals(-1, from.asSlice(3, bytes).mismatch(to.asSlice(5, bytes)), "copy of " + bytes);
                assertEquals(1, to.get(ValueLayout.JAVA_BYTE, 5 + bytes), "behind a copy of " + bytes);
                assertEquals(1, to.get(ValueLayout.JAVA_BYTE, 4), "before a copy of " + bytes);
            }
            for (int count : new int[] {1, 2, 3, 17, 1000, 2048, 2049, 9999}) {
                to.fill((byte) 0);
                to.set(ValueLayout.JAVA_INT, 0, 0x01020304);
                NativeMemory.repeat(to.address(), 4, 4L * count);
                for (int i = 0; i <= count; i++) {
                    int wanted = i < count ? 0x01020304 : 0;
                    assertEquals(wanted, to.get(ValueLayout.JAVA_INT, 4L * i), count + " at " + i);
                }
            }
        }
    }

    @Test
    void functionsThatTheJavaLibraryHasNot() {
        assertEquals(0.8427007929497149, Arithmetic.erf(1), 2e-16);
        assertEquals(-0.9953222650189527, Arithmetic.erf(-2), 4e-16);
        assertEquals(1, Arithmetic.erf(7));
        assertEquals(0.5f, Arithmetic.remainder(-5.5f, 2f));
        assertEquals(-1.5, Arithmetic.remainder(2.5, -2));
        assertEquals(0, Arithmetic.remainder(6.0, -2), 0.0);
    }
}
