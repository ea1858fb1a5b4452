package dev.nnd.runtime.kernel.onednn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.nnd.runtime.Seed;
import dev.nnd.runtime.foreign.NativeCalls;
import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.program.Binding;
import dev.nnd.runtime.program.Initializer;
import dev.nnd.runtime.program.Parameter;
import dev.nnd.runtime.program.ParameterSet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Dense layers of many rows whose weights lie in columns, on small whole numbers, whose sums are exact in any order. */
class ColumnProductTest {

    @BeforeEach
    void oneDnnIsHere() {
        assumeTrue(OneDnnProvider.failure().isEmpty());
        assumeTrue(NativeCalls.FLOATS);
    }

    /** The same weights, in columns from the first program on, in programs of many rows and of few, with relu and without. */
    @ParameterizedTest
    @CsvSource({"128, 128", "200, 1024", "130, 257", "70, 530", "129, 2048", "5, 3", "64, 1"})
    void givesTheSums(int in, int out) {
        var random = new Random(Seed.fresh());
        float[] w = whole(random, in * out);
        float[] b = whole(random, out);
        for (int threads = 1; threads <= 3; threads++) {
            try (var set = new ParameterSet("test.Columns")) {
                var weight = set.add("w", new Initializer.Normal(0, 1), true, out, in);
                var bias = set.add("b", new Initializer.Normal(0, 1), false, out);
                try (var handles = new DnnlHandles()) {
                    long columns = ColumnProduct.descriptor(new Descriptors(handles), in, out);
                    var first = new Binding("First", Provider.named("onednn", threads), set);
                    first.parameter(weight).decide(DnnlLayout.of(columns));
                }
                for (int rows : new int[] {70, 1, 9, 64}) {
                    for (int tail = 0; tail < 4; tail++) {
                        check(set, weight, tail % 2 == 0 ? null : bias, tail >= 2, rows, threads, random, w, b);
                    }
                }
            }
        }
    }

    private static void check(
            ParameterSet set,
            Parameter weight,
            @Nullable Parameter bias,
            boolean relu,
            int rows,
            int threads,
            Random random,
            float[] w,
            float[] b) {
        int out = b.length;
        int in = w.length / out;
        var at = new Binding("Columns", Provider.named("onednn", threads), set);
        var x = at.port("x", ElementType.F32, rows, in);
        var op = at.innerProduct("y", x, at.parameter(weight), bias == null ? null : at.parameter(bias), relu);
        var y = at.reorder("plain", op.output());
        try (var _ = at.commit()) {
            write(set, weight, w);
            if (bias != null) {
                write(set, bias, b);
            }
            float[] values = whole(random, rows * in);
            MemorySegment.copy(values, 0, x.segment(), ValueLayout.JAVA_FLOAT, 0, values.length);
            float[] wanted = new float[rows * out];
            for (int i = 0; i < wanted.length; i++) {
                float sum = bias == null ? 0 : b[i % out];
                for (int k = 0; k < in; k++) {
                    sum += values[i / out * in + k] * w[i % out * in + k];
                }
                wanted[i] = relu ? Math.max(sum, 0) : sum;
            }
            for (int run = 0; run < 2; run++) {
                op.run();
                y.run();
                float[] actual = y.output()
                        .segment()
                        .asSlice(0, (long) wanted.length * Float.BYTES)
                        .toArray(ValueLayout.JAVA_FLOAT);
                assertArrayEquals(wanted, actual, rows + " x " + in + " x " + out + ", threads " + threads);
            }
        }
    }

    @Test
    void weightsComeBackAsTheyWere() {
        var random = new Random(Seed.fresh());
        try (var handles = new DnnlHandles();
                var arena = Arena.ofConfined()) {
            var layout = DnnlLayout.of(ColumnProduct.descriptor(new Descriptors(handles), 33, 1024));
            float[] w = whole(random, 33 * 1024);
            var stored = arena.allocate(layout.storedElements() * Float.BYTES, 64);
            layout.fromRowMajor(arena.allocateFrom(ValueLayout.JAVA_FLOAT, w), stored);
            var back = arena.allocate((long) w.length * Float.BYTES, 64);
            layout.toRowMajor(stored, back);
            assertArrayEquals(w, back.toArray(ValueLayout.JAVA_FLOAT));
            // A column of 4 KB has a gap behind it.
            assertEquals(33 * (1024 + 16), layout.storedElements());
            assertEquals(w[5 * 33 + 7], stored.getAtIndex(ValueLayout.JAVA_FLOAT, 7 * (1024 + 16) + 5));
        }
    }

    @Test
    void isTakenForManyRowsAndALargeCacheAlone() {
        assertFalse(ColumnProduct.suits(64, 128, 128, 1, 1 << 20));
        assertFalse(ColumnProduct.suits(63, 128, 128, 1, 2 << 20));
        assertFalse(ColumnProduct.suits(64, 127, 128, 1, 2 << 20));
        assertFalse(ColumnProduct.suits(64, 128, 10, 1, 2 << 20));
        boolean amd64 = System.getProperty("os.arch").matches("amd64|x86_64");
        assertEquals(amd64, ColumnProduct.suits(64, 128, 128, 1, 2 << 20));
        assertTrue(!amd64 || ColumnProduct.suits(1000, 768, 3072, 1, 2 << 20));
        // By two threads only if the weights come from memory, and there are enough for each.
        assertFalse(ColumnProduct.suits(64, 512, 1024, 2, 2 << 20));
        assertEquals(amd64, ColumnProduct.suits(64, 513, 1024, 2, 2 << 20));
        assertFalse(ColumnProduct.suits(64, 1 << 20, 255, 2, 2 << 20));
    }

    private static float[] whole(Random random, int count) {
        var all = new float[count];
        for (int i = 0; i < count; i++) {
            all[i] = random.nextInt(-3, 4);
        }
        return all;
    }

    private static void write(ParameterSet set, Parameter parameter, float[] values) {
        try (var arena = Arena.ofConfined()) {
            set.write(parameter, arena.allocateFrom(ValueLayout.JAVA_FLOAT, values));
        }
    }
}
