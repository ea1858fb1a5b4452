package dev.nnd.compiler.incremental;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.Compiler;
import dev.nnd.compiler.CompilerRun;
import dev.nnd.compiler.Seed;
import dev.nnd.compiler.ir.Evaluator;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Rounding;
import dev.nnd.compiler.lower.ModelLowering;
import dev.nnd.compiler.rewrite.Passes;
import dev.nnd.grammar.SourceFile;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Steps give the scores of the whole model, for rows of unequal lengths, whatever is in the padding and in the caches. */
class StepDerivationTest {

    private static final int ROOM = 10;
    private static final int[] LENGTHS = {5, 2, 4};

    static Graph lowered(String text) {
        var compiler = new Compiler();
        var run = CompilerRun.of(new SourceFile("net.nnd", text));
        assertEquals(
                "[]",
                compiler.check(run).stream().map(d -> d.message()).toList().toString());
        return ModelLowering.lower(compiler.checked(run).getFirst().models().getFirst())
                .graph();
    }

    @ParameterizedTest
    @EnumSource(DecoderTexts.class)
    void stepsAreTheModel(DecoderTexts decoder) {
        Graph whole = lowered(decoder.text());
        var step = assertInstanceOf(StepDerivation.Result.Step.class, StepDerivation.of(whole), decoder.name());
        compare(whole, step, step.graph());
    }

    @ParameterizedTest
    @EnumSource(DecoderTexts.class)
    void stepsStayTheModelWhenRewritten(DecoderTexts decoder) {
        Graph whole = lowered(decoder.text());
        var step = assertInstanceOf(StepDerivation.Result.Step.class, StepDerivation.of(whole), decoder.name());
        compare(whole, step, Passes.afterAutodiff(Passes.beforeAutodiff(step.graph())));
    }

    private static void compare(Graph whole, StepDerivation.Result.Step step, Graph graph) {
        long seed = Seed.fresh();
        var random = new Random(seed);
        var weights = new HashMap<String, double[]>();
        for (Port port : whole.inputs()) {
            if (port.role() != Port.Role.INPUT) {
                weights.put(port.name(), random(port, Map.of(), random, 0.5));
            }
        }
        int vocabulary = Math.toIntExact(step.vocabulary().constant().orElseThrow());
        int[][] tokens = new int[LENGTHS.length][ROOM];
        Arrays.stream(tokens).forEach(row -> Arrays.setAll(row, _ -> random.nextInt(vocabulary)));
        var caches = new HashMap<String, double[]>();
        Map<String, Long> room = Map.of("N", (long) LENGTHS.length, "Context", (long) ROOM);
        for (Port port : graph.inputs()) {
            if (port.role() == Port.Role.CACHE) {
                caches.put(port.name(), random(port, room, random, 1));
            }
        }
        int[] at = new int[LENGTHS.length];
        for (int time : new int[] {5, 1, 1, 3}) {
            var inputs = new HashMap<>(weights);
            inputs.putAll(caches);
            double[] added = new double[LENGTHS.length * time];
            double[] start = new double[LENGTHS.length];
            double[] last = new double[LENGTHS.length];
            for (int row = 0; row < LENGTHS.length; row++) {
                int count = time == 5 ? LENGTHS[row] : time == 3 ? 1 + row : 1;
                start[row] = at[row];
                last[row] = count - 1;
                for (int t = 0; t < time; t++) {
                    added[row * time + t] = t < count ? tokens[row][at[row] + t] : random.nextInt(vocabulary);
                }
                at[row] += count;
            }
            inputs.put("tokens", added);
            inputs.put("start", start);
            inputs.put("last", last);
            var dims = Map.of("N", (long) LENGTHS.length, "T", (long) time, "Context", (long) ROOM);
            var result = Evaluator.evaluate(graph, dims, inputs);
            double[] scores = result.output(Port.Role.OUTPUT, "scores");
            caches.replaceAll((name, _) -> result.output(Port.Role.UPDATED, name));
            for (int row = 0; row < LENGTHS.length; row++) {
                double[] expected = whole(whole, weights, Arrays.copyOf(tokens[row], at[row]));
                double tolerance = Rounding.tolerance(expected);
                for (int i = 0; i < vocabulary; i++) {
                    int id = i;
                    int here = row;
                    assertEquals(
                            expected[i],
                            scores[row * vocabulary + i],
                            tolerance,
                            () -> "seed " + seed + " row " + here + " score " + id);
                }
            }
        }
    }

    private static double[] whole(Graph graph, Map<String, double[]> weights, int[] tokens) {
        var inputs = new HashMap<>(weights);
        inputs.put("tokens", Arrays.stream(tokens).asDoubleStream().toArray());
        double[] all = Evaluator.evaluate(graph, Map.of("N", 1L, "T", (long) tokens.length), inputs)
                .output(Port.Role.OUTPUT, "logits");
        int vocabulary = all.length / tokens.length;
        return Arrays.copyOfRange(all, all.length - vocabulary, all.length);
    }

    private static double[] random(Port port, Map<String, Long> dims, Random random, double scale) {
        double[] values =
                new double[Math.toIntExact(port.value().type().elements().evaluate(dims))];
        Arrays.setAll(values, _ -> scale * random.nextGaussian());
        return values;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    TransformerEncoder(1, 2, ffn: 16)          | not causal
                    Conv1d(8, kernel: 3, padding: 1)           | positions
                    LSTM(8, sequences: true)                   | recurrence
                    """)
    void refusesWhatNoStepCanDo(String layer, String reason) {
        Graph whole = lowered("""
                model Net {
                  input tokens: i32[N, T]
                  output logits: f32[N, T, 7] = tokens -> Embedding(7, 8) -> %s -> Dense(7)
                }
                """.formatted(
                        layer.startsWith("Conv")
                                ? "rearrange[N, T, D -> N, D, T] -> " + layer + " -> rearrange[N, D, T -> N, T, D]"
                                : layer));
        var refused = assertInstanceOf(StepDerivation.Result.Refused.class, StepDerivation.of(whole));
        assertTrue(refused.reason().contains(reason), refused::reason);
        assertEquals(3, refused.origin().orElseThrow().span().line());
    }
}
