package dev.nnd.compiler.lower;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.Compiler;
import dev.nnd.compiler.CompilerRun;
import dev.nnd.compiler.ir.Evaluator;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Port;
import dev.nnd.grammar.SourceFile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Recurrent layers compute what PyTorch 2.13 prints, in f64, for weights and inputs that are sines. */
class RecurrentLoweringTest {

    private record Case(String layer, double... states) {}

    static List<Case> cases() {
        return List.of(
                new Case(
                        "LSTM",
                        0.201609672128,
                        0.011028316066,
                        0.142885667863,
                        -0.003348790083,
                        0.030208981184,
                        0.01263880628,
                        0.352938094586,
                        -0.011457127961,
                        0.047843104152,
                        0.043098793729,
                        0.081051050743,
                        0.017675054717),
                new Case(
                        "GRU",
                        0.636518856191,
                        0.143996443916,
                        0.939515395494,
                        -0.076915493562,
                        0.575792094195,
                        0.457913069144,
                        0.900301012176,
                        -0.092782232562,
                        0.935563774011,
                        0.494701484099,
                        0.437717558269,
                        0.660909826202),
                new Case(
                        "RNN",
                        0.963532563527,
                        -0.771868261729,
                        0.491094013392,
                        0.02383819209,
                        0.991962113294,
                        -0.996899447781,
                        0.73231985878,
                        0.299924433132,
                        0.878240188401,
                        -0.971447503354,
                        0.993966410773,
                        -0.961481943184));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void statesArePyTorchs(Case layer) {
        String text = """
                model Net() {
                  input x: f32[N, T, 3]
                  output states: f32[N, T, 2] = x -> %s(2, sequences: true)
                }
                """.formatted(layer.layer);
        var result = new Compiler().plan(CompilerRun.of(new SourceFile("net.nnd", text)));
        assertTrue(result.ok(), () -> result.diagnostics().toString());
        Graph graph = result.programs().getFirst().models().getFirst().graph();
        Map<String, Long> dims = Map.of("N", 2L, "T", 3L);
        var inputs = new HashMap<String, double[]>();
        List<String> order = List.of("weight_ih", "weight_hh", "bias_ih", "bias_hh");
        for (Port port : graph.inputs()) {
            int number = port.role() == Port.Role.PARAMETER
                    ? 1 + order.indexOf(port.name().substring(port.name().indexOf('.') + 1))
                    : 0;
            inputs.put(port.name(), sines(port.value().type().elements().evaluate(dims), number));
        }
        double[] states = Evaluator.evaluate(graph, dims, inputs).output(Port.Role.OUTPUT, "states");
        assertArrayEquals(layer.states, states, 1e-11);
    }

    private static double[] sines(long elements, int number) {
        return IntStream.range(0, Math.toIntExact(elements))
                .mapToDouble(i -> Math.sin(0.7 * number + 1.3 * i))
                .toArray();
    }
}
