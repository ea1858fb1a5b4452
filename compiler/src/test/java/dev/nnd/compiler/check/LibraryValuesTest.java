package dev.nnd.compiler.check;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nnd.compiler.ir.Evaluator;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.lower.Lowered;
import dev.nnd.compiler.lower.ModelLowering;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What functions and layers of the library compute, held to numbers worked out from their formulas outside of it. */
class LibraryValuesTest {

    private static final String INPUTS = """
          input x: f32[5]
          input y: f32[5]
          input t: f32[5]
          input l: f32[4, 3]
          input label: i32[4]
          input u: f32[3, 3]
          input v: f32[3, 3]
          input g: f32[1, 4, 2]
        """;

    private static final Map<String, double[]> VALUES = Map.of(
            "x", new double[] {-2, -0.5, 0, 1, 3},
            "y", new double[] {1, 0.5, -1, 2, 2},
            "t", new double[] {1, 0, 1, 1, 0},
            "l", new double[] {2, 0, -1, 0.5, 1.5, 0, -1, 0, 1, 0, 0, 0},
            "label", new double[] {0, 2, 2, 1},
            "u", new double[] {2, 0, -1, 0.5, 1.5, 0, -1, 0, 1},
            "v", new double[] {1, 0, 0, 0, 1, 0, 1, 1, 1},
            "g", new double[] {1, 3, 2, -2, 0, 4, 1, 1});

    private static final String FUNCTIONS = """
        silu(x) = -0.238405844 -0.1887703344 0.0 0.7310585786 2.8577223805
        gelu(x) = -0.0455002639 -0.1542687694 0.0 0.8413447461 2.9959503059
        gelu_tanh(x) = -0.0454023059 -0.1542859902 0.0 0.8411919906 2.9963626079
        leaky_relu(x) = -0.02 -0.005 0.0 1.0 3.0
        leaky_relu(x, 0.2) = -0.4 -0.1 0.0 1.0 3.0
        elu(x) = -0.8646647168 -0.3934693403 0.0 1.0 3.0
        selu(x) = -1.5201664686 -0.6917581878 0.0 1.0507009874 3.1521029621
        celu(x, alpha: 2.0) = -1.2642411177 -0.4423984339 0.0 1.0 3.0
        relu6(x * 3.0) = 0.0 0.0 0.0 3.0 6.0
        hard_sigmoid(x) = 0.1666666667 0.4166666667 0.5 0.6666666667 1.0
        hard_swish(x) = -0.3333333333 -0.2083333333 0.0 0.6666666667 3.0
        hard_tanh(x) = -1.0 -0.5 0.0 1.0 1.0
        mish(x) = -0.2525014827 -0.2207437747 0.0 0.8650983883 2.986535005
        softsign(x) = -0.6666666667 -0.3333333333 0.0 0.5 0.75
        log_sigmoid(x) = -2.126928011 -0.9740769842 -0.6931471806 -0.3132616875 -0.0485873516
        quick_gelu(x) = -0.0643413769 -0.1496115634 0.0 0.8457957659 2.9819286903
        squared_relu(x) = 0.0 0.0 0.0 1.0 9.0
        tanh_shrink(x) = -1.0359724199 -0.0378828427 0.0 0.238405844 2.0049452463
        soft_shrink(x) = -1.5 0.0 0.0 0.5 2.5
        softplus(x) = 0.126928011 0.4740769842 0.6931471806 1.3132616875 3.0485873516
        softmin(x) = 0.7067185463 0.1576902224 0.0956439546 0.0351854446 0.0047618321
        unit_length(x) = -0.5298129428 -0.1324532357 0.0 0.2649064714 0.7947194142
        log_sum_exp(x) = 3.2005360626
        mse(x, y) = 2.6
        mae(x, y) = 1.4
        huber(x, y) = 0.9
        huber(x, y, delta: 2.0) = 1.2
        smooth_l1(x, y, delta: 0.5) = 1.15
        log_cosh(x, y) = 0.8088903653
        pinball(x, y, quantile: 0.9) = 0.94
        binary_cross_entropy(x, t) = 1.331200243
        binary_cross_entropy(x, t, positive_weight: 3.0) = 2.5845349946
        binary_cross_entropy(x, 1.0) = 0.831200243
        focal(x, t) = 0.5173792413
        dice(x, t) = 0.4460606952
        hinge(x, 2.0 * t - 1.0) = 1.7
        squared_hinge(x, 2.0 * t - 1.0) = 5.25
        poisson_nll(x, y) = 3.7591369389
        gaussian_nll(x, y, 0.5 + t) = 1.1163434297
        cosine_distance(x, y) = 0.5242284378
        triplet(x, y, t) = 0.2180690818
        cross_entropy(l, label) = 0.9101082642
        cross_entropy(l, label, smoothing: 0.1) = 0.9601082642
        cross_entropy(l, label, weights: [1.0, 2.0, 0.5]) = 0.8882644928
        cross_entropy(l, label, ignore: 2) = 0.6342291541
        nll(log_softmax(l), label) = 0.9101082642
        class_accuracy(l, label) = 0.5
        top_k_accuracy(l, label, top: 2) = 0.75
        brier(l, label) = 0.5184074052
        info_nce(u, v, temperature: 0.5) = 0.6114145052
        """;

    private static final String LAYERS = """
        g -> GroupNorm(2) = 0.0 1.0690434404 2.0690434404 -2.2071303213 -0.4999988889 0.8333314815 0.8333325926 0.8333325926
        g -> InstanceNorm() = -0.999995 0.999995 0.99999875 -0.99999875 -0.99999875 0.99999875 0.0 0.0
        g -> LayerNorm() = -1.4999900001 -0.999995 2.4999975 0.99999875 -1.4999975 -0.99999875 0.5 0.0
        g -> RMSNorm() = 0.8944271016 -1.3416406523 1.99999975 0.999999875 0.0 -1.414213474 1.999999 -0.9999995
        g -> PRelu(4) = 1.0 3.0 2.0 -4.0 0.0 4.0 1.0 1.0
        g -> SwiGLU(2) = 5.848468629 -5.7154447609 0.0 -0.9536233762 0.0 -15.7122206406 2.9242343145 0.0
        g -> GeGLU(2) = 6.7307579685 -5.9919006118 0.0 -0.1820010556 0.0 -15.9994932601 3.3653789843 0.0
        g -> LoraDense(2, rank: 1, alpha: 4.0) = 32.5 -30.0 -7.5 12.0 36.5 -36.0 14.5 -12.0
        """;

    /** Weights by the end of their path, in the order of the lines above. */
    private static final Map<String, double[]> WEIGHTS = Map.ofEntries(
            Map.entry("group_norm.weight", new double[] {1, 2, 0.5, -1}),
            Map.entry("group_norm.bias", new double[] {0, 1, 0, 0.5}),
            Map.entry("layer_norm.weight", new double[] {2, -1}),
            Map.entry("layer_norm.bias", new double[] {0.5, 0}),
            Map.entry("rms_norm.weight", new double[] {2, -1}),
            Map.entry("p_relu.weight", new double[] {1, 2, 0.5, -1}),
            Map.entry("gate.weight", new double[] {1, 0, 0, 1}),
            Map.entry("up.weight", new double[] {1, 1, 1, -1}),
            Map.entry("down.weight", new double[] {2, 0, 0, 1}),
            Map.entry("lora_dense.weight", new double[] {1, 1, 1, -1}),
            Map.entry("lora_dense.bias", new double[] {0.5, 0}),
            Map.entry("lora_dense.lora_A.weight", new double[] {1, 2}),
            Map.entry("lora_dense.lora_B.weight", new double[] {1, -1}));

    @Test
    void functionsGiveTheNumbersOfTheirFormulas() {
        compare(FUNCTIONS);
    }

    @Test
    void layersGiveTheNumbersOfTheirFormulas() {
        compare(LAYERS);
    }

    private static void compare(String table) {
        List<String[]> cases =
                table.lines().map(line -> line.strip().split(" = ")).toList();
        var text = new StringBuilder("model Values {\n").append(INPUTS);
        for (int i = 0; i < cases.size(); i++) {
            text.append("  output o")
                    .append(i)
                    .append(" = ")
                    .append(cases.get(i)[0])
                    .append("\n");
        }
        Checked checked = Checks.check(text.append("}\n").toString());
        List<String> errors = checked.diagnostics().stream()
                .filter(d -> !d.code().equals("NND0110"))
                .map(d -> d.message())
                .toList();
        assertEquals(List.of(), errors);
        Lowered lowered = ModelLowering.lower(checked.program().models().getFirst());
        Evaluator.Result result = Evaluator.evaluate(lowered.graph(), Map.of(), inputs(lowered));
        for (int i = 0; i < cases.size(); i++) {
            double[] wanted = Arrays.stream(cases.get(i)[1].split(" "))
                    .mapToDouble(Double::parseDouble)
                    .toArray();
            assertArrayEquals(wanted, result.output(Port.Role.OUTPUT, "o" + i), 1e-6, cases.get(i)[0]);
        }
    }

    private static Map<String, double[]> inputs(Lowered lowered) {
        var inputs = new HashMap<>(VALUES);
        lowered.parameters()
                .forEach(p -> inputs.put(
                        p.path(),
                        WEIGHTS.entrySet().stream()
                                .filter(w -> p.path().endsWith(w.getKey()))
                                .findFirst()
                                .orElseThrow()
                                .getValue()));
        return inputs;
    }
}
