package dev.nnd.compiler.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Draws are compared by the moments of their distributions, each within six standard errors. */
class RandomOpsTest {

    private static final String CHANCES = "0.2," + "0.2,".repeat(29_998) + "0.2";

    /** Of the three classes that are drawn from. */
    private static final double[] CLASSES = {0.2, 0.3, 0.5};

    @TempDir
    private Path folder;

    /** {@code mean}, {@code variance} and {@code fourth}, the mean fourth power of the distance from the mean. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            RandomNormal 1 | shape=[3,10000] mean=3.0 scale=2.0 | | 1; 3; 4; 48
            RandomNormal 22 | shape=[30000] dtype=11 | | 1; 0; 1; 3
            RandomNormalLike 1 | scale=0.5 | f10x3000 | 1; 0; 0.25; 0.1875
            RandomUniform 1 | shape=[2,15000] low=-1.0 high=3.0 | | 1; 1; 1.3333333; 3.2
            RandomUniformLike 22 | dtype=11 | f30000 | 1; 0.5; 0.08333333; 0.0125
            Bernoulli 15 | dtype=1 | CHANCES | 1; 0.2; 0.16; 0.0832
            Multinomial 7 | sample_size=15000 | f2x3 | 1; 1.3; 0.61; 0.6937
            """)
    void drawsHaveTheMomentsOfTheirDistributions(String line, double mean, double variance, double fourth)
            throws Exception {
        long seed = Seed.fresh();
        double[] drawn = drawn(line.strip(), seed);
        int count = drawn.length;
        assertEquals(30_000, count, "seed " + seed);
        double bound = 6 * Math.sqrt(variance / count);
        assertEquals(mean, moment(drawn, x -> x), bound, "seed " + seed);
        double spread = 6 * Math.sqrt((fourth - variance * variance) / count);
        assertEquals(variance, moment(drawn, x -> (x - mean) * (x - mean)), spread, "seed " + seed);
        double lag = moment(
                IntStream.range(1, count)
                        .mapToDouble(i -> (drawn[i] - mean) * (drawn[i - 1] - mean))
                        .toArray(),
                x -> x);
        assertTrue(
                Math.abs(lag) < 6 * variance / Math.sqrt(count),
                () -> "seed " + seed + ": neighbours depend on each other: " + lag);
    }

    private static double moment(double[] values, DoubleUnaryOperator of) {
        return DoubleStream.of(values).map(of).average().orElseThrow();
    }

    /** What the imported and compiled model of one operator gives. */
    private double[] drawn(String line, long seed) throws IOException, ReflectiveOperationException {
        Variant variant = Variant.of(line.replace("CHANCES", "{" + CHANCES + "}"), new Random(seed));
        List<TensorData> inputs = variant.inputs().values().stream()
                .map(given -> TensorData.floats(given.dtype(), given.dims(), i -> Math.log(CLASSES[i % 3])))
                .toList();
        Path model = folder.resolve("model.onnx");
        Files.write(model, variant.model());
        var one = new OnnxCase("draws", model, inputs, List.of());
        CaseRun.Prepared prepared = CaseRun.prepare(one, 0);
        assertTrue(prepared.failure().isEmpty(), () -> String.valueOf(prepared.failure()));
        ClassLoader loader = CaseBatch.loaderOf(
                prepared.files().stream().filter(f -> !f.vector()).toList());
        TensorData made = CaseRun.outputs(prepared, loader, folder).getFirst();
        return IntStream.range(0, made.size()).mapToDouble(made::number).toArray();
    }
}
