package dev.nnd.compiler.emit.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.Seed;
import dev.nnd.compiler.SteadyHeap;
import dev.nnd.compiler.emit.GeneratedFile;
import dev.nnd.compiler.emit.program.InputRounding;
import dev.nnd.compiler.ir.Evaluator;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.TensorType;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Generated kernels compile, agree with the evaluator in double precision, and allocate nothing. */
class KernelFileTest {

    private static final int[] AWKWARD = {
        1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 63, 64, 65, 100, 127, 129, 259, 321
    };
    private static final int ROUNDS = 22;

    private static final List<KernelCase> CASES = KernelCases.all();
    private static final KernelHarness HARNESS = new KernelHarness(CASES);

    @Test
    void kernelsEqualTheReferenceAtAwkwardSizes() {
        long seed = Seed.fresh();
        var random = new Random(seed);
        for (KernelCase kernel : CASES) {
            for (int round = 0; round < ROUNDS; round++) {
                Map<String, Long> sizes = sizes(kernel, random);
                for (boolean vector : new boolean[] {false, true}) {
                    try (var trial = new Trial(kernel, sizes, new Random(seed + round))) {
                        HARNESS.bind(kernel, vector, trial.segments(), trial.arguments())
                                .run();
                        trial.check("seed " + seed + ", " + (vector ? "vector " : "scalar ") + kernel.name() + sizes);
                    }
                }
            }
        }
    }

    /** Heap segments and confined arenas in the same process: what made every vector an object once. */
    private static void useOtherSegments() {
        for (int round = 0; round < 20_000; round++) {
            MemorySegment heap = MemorySegment.ofArray(new float[64]);
            try (var arena = Arena.ofConfined()) {
                MemorySegment confined = arena.allocate(256, 64);
                for (int i = 0; i < 64; i++) {
                    heap.setAtIndex(ValueLayout.JAVA_FLOAT, i, i);
                    confined.setAtIndex(ValueLayout.JAVA_FLOAT, i, heap.getAtIndex(ValueLayout.JAVA_FLOAT, i));
                }
            }
        }
    }

    /** Classes that nobody has run are interpreted first; those that were run often are compiled. */
    @Test
    void warmKernelsGiveTheSameBits() {
        var fresh = new KernelHarness(CASES);
        var failures = new ArrayList<String>();
        for (KernelCase kernel : CASES) {
            Map<String, Long> sizes = sizesForVectors(kernel);
            byte[] cold = bytes(fresh, kernel, sizes, 1);
            byte[] warm = bytes(HARNESS, kernel, sizes, 6000);
            int at = Arrays.mismatch(cold, warm);
            if (at >= 0) {
                failures.add(kernel.name() + " at byte " + at);
            }
        }
        assertEquals(List.of(), failures);
    }

    /** Just so much that the plain loops don't do it all: rows longer than a vector, and some hundred elements. */
    private static Map<String, Long> sizesForVectors(KernelCase kernel) {
        int axes = kernel.variables().size();
        long size = axes < 2 ? 323 : axes == 2 ? 67 : 19;
        Map<String, Long> sizes = new LinkedHashMap<>();
        kernel.variables().forEach(v -> sizes.put(v, size));
        return sizes;
    }

    /** What a kernel makes of the same inputs after some calls with others. */
    private static byte[] bytes(KernelHarness harness, KernelCase kernel, Map<String, Long> sizes, int calls) {
        try (var practice = new Trial(kernel, sizes, new Random(3));
                var trial = new Trial(kernel, sizes, new Random(7))) {
            repeat(harness.bind(kernel, true, practice.segments(), practice.arguments()), calls - 1);
            harness.bind(kernel, true, trial.segments(), trial.arguments()).run();
            return trial.results();
        }
    }

    /** Cut into as many parts as may be, however small; {@code -Dnnd.trials=N} tries N seeds. */
    @Test
    void anyNumberOfThreadsGivesTheSameBits() {
        long first = Seed.fresh();
        for (long seed = first; seed < first + Integer.getInteger("nnd.trials", 2); seed++) {
            for (KernelCase kernel : CASES) {
                Map<String, Long> sizes = new LinkedHashMap<>();
                var random = new Random(seed);
                int limit =
                        kernel.variables().size() > 2 ? 40 : kernel.variables().size() > 1 ? 150 : 3000;
                kernel.variables().forEach(v -> sizes.put(v, 1L + random.nextInt(limit)));
                for (boolean vector : new boolean[] {true, false}) {
                    byte[] alone = bytes(kernel, vector, sizes, seed, 1);
                    for (int threads : new int[] {2, 3, 5}) {
                        String where = kernel.name() + sizes + ", seed " + seed + ", " + threads + " threads";
                        assertEquals(-1, Arrays.mismatch(alone, bytes(kernel, vector, sizes, seed, threads)), where);
                    }
                }
            }
        }
    }

    /** A batch may have one example, whose heads and rows are all that threads can share. */
    @Test
    void rowsOfOneExampleAreShared() {
        var kernel = CASES.stream()
                .filter(c -> c.name().equals("maskedScores"))
                .findFirst()
                .orElseThrow();
        var file = new KernelFile("kernels", "kernels.nnd");
        file.add(kernel.step());
        String source = file.files().stream().map(GeneratedFile::content).collect(Collectors.joining());
        assertTrue(source.contains(".pureRows(d0 * d1, "), source);
        assertTrue(source.contains("for (long i = from / d1; i * d1 < to; i++)"), source);
        assertTrue(
                source.contains("for (long j = Math.max(0, from - i * d1); j < Math.min(d1, to - i * d1); j++)"),
                source);
    }

    /** So that calls may change between the two forms: see {@code SharedCall.elements}. */
    @Test
    void elementsHaveTheSameBitsWithoutVectors() {
        int compared = 0;
        for (KernelCase kernel : CASES) {
            List<KernelMethod.Argument> arguments = HARNESS.method(kernel).arguments();
            boolean flat = arguments.stream().anyMatch(a -> a instanceof KernelMethod.RangeEnd);
            if (flat && arguments.contains(new KernelMethod.Shared())) {
                for (long seed = 0; seed < 20; seed++) {
                    Map<String, Long> sizes = sizesForVectors(kernel);
                    byte[] plain = bytes(kernel, false, sizes, seed, 1);
                    byte[] vectors = bytes(kernel, true, sizes, seed, 1);
                    assertEquals(-1, Arrays.mismatch(plain, vectors), kernel.name() + ", seed " + seed);
                }
                compared++;
            }
        }
        assertTrue(compared > 40, compared + " kernels");
    }

    private static byte[] bytes(KernelCase kernel, boolean vector, Map<String, Long> sizes, long seed, int threads) {
        try (var trial = new Trial(kernel, sizes, new Random(seed))) {
            HARNESS.bind(kernel, vector, trial.segments(), trial.arguments(threads))
                    .run();
            return trial.results();
        }
    }

    @Test
    void kernelsAllocateNothingOnceWarm() {
        useOtherSegments();
        // What the other tests did with a class, in which order and how fast, is in its profile.
        var fresh = new KernelHarness(CASES);
        var random = new Random(7);
        var failures = new ArrayList<String>();
        for (KernelCase kernel : CASES) {
            Map<String, Long> sizes = sizesForVectors(kernel);
            try (var trial = new Trial(kernel, sizes, random)) {
                Runnable run = fresh.bind(kernel, true, trial.segments(), trial.arguments());
                long bytes = SteadyHeap.bytes(1000, run);
                if (bytes > 0) {
                    failures.add(kernel.name() + ": " + bytes / 1000.0 + " bytes a call");
                }
            }
        }
        assertEquals(List.of(), failures);
    }

    @Test
    void sameInputSameBytes() {
        List<GeneratedFile> again = new KernelHarness(KernelCases.all()).generated();
        assertEquals(HARNESS.generated(), again);
    }

    @Test
    void equalKernelsAreOneMethod() {
        var kernels = new KernelFile("a", "a.nnd");
        KernelCase one = KernelCases.adam();
        assertEquals(kernels.add(one.step()), kernels.add(KernelCases.adam().step()));
        assertEquals(2, kernels.files().size());
        assertTrue(kernels.files().get(1).vector());
    }

    @Test
    void filesStaySmall() {
        for (GeneratedFile file : HARNESS.generated()) {
            long lines = file.content().lines().count();
            assertTrue(lines < 500, () -> file.path() + " has " + lines + " lines");
            file.content().lines().forEach(l -> assertTrue(l.length() <= 120, () -> file.path() + ": " + l));
        }
    }

    private static void repeat(Runnable run, int times) {
        for (int i = 0; i < times; i++) {
            run.run();
        }
    }

    private static Map<String, Long> sizes(KernelCase kernel, Random random) {
        var sizes = new LinkedHashMap<String, Long>();
        int limit = kernel.variables().size() > 2 ? 12 : AWKWARD.length;
        kernel.variables().forEach(v -> sizes.put(v, (long) AWKWARD[random.nextInt(limit)]));
        return sizes;
    }

    /** Inputs in native memory, and what the evaluator makes of them. */
    private static final class Trial implements AutoCloseable {
        private final KernelCase kernel;
        private final Map<String, Long> sizes;
        private final Arena arena = Arena.ofConfined();
        private final List<MemorySegment> segments = new ArrayList<>();
        private final Map<String, double[]> inputs = new LinkedHashMap<>();
        private final List<Long> scalars = new ArrayList<>();

        Trial(KernelCase kernel, Map<String, Long> sizes, Random random) {
            this.kernel = kernel;
            this.sizes = sizes;
            for (Port port : kernel.body().inputs()) {
                double[] values = values(port.value().type(), random);
                inputs.put(port.name(), values);
                segments.add(store(values, port.value().type().dtype()));
                if (port.role() == Port.Role.SCALAR) {
                    values[0] = port.name().equals("lr") ? 0.01 : 3;
                    scalars.add(Double.doubleToLongBits(values[0]));
                }
            }
            for (Port port : kernel.body().outputs()) {
                int place =
                        kernel.body().inputs().stream().map(Port::name).toList().indexOf(port.name());
                segments.add(
                        place >= 0
                                ? segments.get(place)
                                : store(
                                        new double[count(port.value().type())],
                                        port.value().type().dtype()));
            }
        }

        MemorySegment[] segments() {
            return segments.toArray(MemorySegment[]::new);
        }

        byte[] results() {
            var bytes = new ByteArrayOutputStream();
            for (int i = inputs.size(); i < segments.size(); i++) {
                bytes.writeBytes(segments.get(i).toArray(ValueLayout.JAVA_BYTE));
            }
            return bytes.toByteArray();
        }

        long[] arguments() {
            return arguments(1);
        }

        long[] arguments(int threads) {
            var all = new ArrayList<>(sizes.values());
            all.addAll(scalars);
            all.add((long) threads);
            return all.stream().mapToLong(Long::longValue).toArray();
        }

        void check(String where) {
            Evaluator.Result expected = Evaluator.evaluate(kernel.body(), sizes, inputs);
            for (int i = 0; i < kernel.body().outputs().size(); i++) {
                Port port = kernel.body().outputs().get(i);
                double[] wanted = expected.value(port.value());
                MemorySegment actual = segments.get(inputs.size() + i);
                double cancelled = cancelled(wanted);
                double[] moved = new double[0];
                for (int k = 0; k < wanted.length; k++) {
                    double found = read(actual, port.value().type().dtype(), k);
                    double tolerance = 2e-5 * Math.max(1, Math.abs(wanted[k])) + cancelled;
                    if (Math.abs(wanted[k] - found) > tolerance && moved.length == 0) {
                        moved = InputRounding.spread(kernel.body(), sizes, inputs, port.role(), port.name());
                    }
                    int at = k;
                    double allowed = moved.length == 0 ? tolerance : tolerance + 2 * moved[k];
                    assertEquals(wanted[k], found, allowed, () -> where + " " + port.name() + "[" + at + "]");
                }
            }
        }

        /**
         * What f32 sums may lose where terms cancel: a rounding of partial sums, which are about as large as the largest
         * result or the number of terms, for each term.
         */
        private double cancelled(double[] wanted) {
            if (kernel.body().nodes().stream().noneMatch(n -> n.op() instanceof Op.Reduce)) {
                return 0;
            }
            double largest = Arrays.stream(wanted).map(Math::abs).max().orElse(0);
            int longest = inputs.values().stream().mapToInt(v -> v.length).max().orElse(0);
            return 2e-6 * largest + 3e-6 * longest / Math.max(1, wanted.length);
        }

        private int count(TensorType type) {
            return Math.toIntExact(type.elements().evaluate(sizes));
        }

        private double[] values(TensorType type, Random random) {
            double[] values = new double[count(type)];
            int classes = Math.toIntExact(sizes.getOrDefault("COLUMNS", 5L));
            for (int i = 0; i < values.length; i++) {
                values[i] = switch (type.dtype()) {
                    case I32 -> random.nextInt(classes);
                    case BOOL -> random.nextInt(2);
                    default -> (float) (kernel.positive() ? 0.1 + 2 * random.nextDouble() : 3 * random.nextGaussian());
                };
            }
            return values;
        }

        private MemorySegment store(double[] values, DType dtype) {
            MemorySegment segment = arena.allocate(Math.max(8, (long) values.length * dtype.bytes()), 64);
            for (int i = 0; i < values.length; i++) {
                switch (dtype) {
                    case F64 -> segment.setAtIndex(ValueLayout.JAVA_DOUBLE, i, values[i]);
                    case F32 -> segment.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) values[i]);
                    case I64 -> segment.setAtIndex(ValueLayout.JAVA_LONG, i, (long) values[i]);
                    case I32 -> segment.setAtIndex(ValueLayout.JAVA_INT, i, (int) values[i]);
                    default -> segment.set(ValueLayout.JAVA_BYTE, i, (byte) values[i]);
                }
            }
            return segment;
        }

        private static double read(MemorySegment segment, DType dtype, long i) {
            return switch (dtype) {
                case F64 -> segment.getAtIndex(ValueLayout.JAVA_DOUBLE, i);
                case F32 -> segment.getAtIndex(ValueLayout.JAVA_FLOAT, i);
                case I64 -> segment.getAtIndex(ValueLayout.JAVA_LONG, i);
                case I32 -> segment.getAtIndex(ValueLayout.JAVA_INT, i);
                default -> segment.get(ValueLayout.JAVA_BYTE, i);
            };
        }

        @Override
        public void close() {
            arena.close();
        }
    }
}
