package dev.nnd.compiler.lower;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nnd.compiler.ir.Evaluator;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.plan.SampleGraphs;
import dev.nnd.compiler.rewrite.Passes;
import dev.nnd.compiler.typed.OptimizerSpec;
import dev.nnd.compiler.typed.OptimizerSpec.ScalarExpr;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * The numbers of Keras' optimizer tests (keras-team/keras at 3422977, Apache-2.0, as collected in golden/optimizers.json), and
 * formulas of PyTorch written out where Keras has no such numbers.
 */
class GoldenOptimizersTest {

    /**
     * Keras' {@code adam_amsgrad}: while the squares only grow, AMSGrad is Adam. Keras adds {@code eps}, 2 here, before it
     * corrects the root of the squares, PyTorch and we after: ours is 2 / sqrt(1 - beta2^step).
     */
    @Test
    void fiveSteps() {
        row(0.9955, 0.9955, OptimizerSpec.Kind.ADAM, "lr", 0.001, "beta1", 0.9, "beta2", 0.999, "eps", 1e-7);
        row(
                0.0263,
                0.0215,
                OptimizerSpec.Kind.ADAMW,
                "lr",
                1,
                "beta1",
                0.9,
                "beta2",
                0.999,
                "eps",
                "kerasEps",
                "weight_decay",
                0.5);
        row(0.9959, 0.9919, OptimizerSpec.Kind.SGD, "lr", 0.01, "momentum", 0);
        row(0.9864, 0.9864, OptimizerSpec.Kind.RMSPROP, "lr", 0.001, "rho", 0.9, "centered", 1, "eps", 1e-7);
        row(0.856, 0.7422, OptimizerSpec.Kind.ADAGRAD, "lr", 0.2, "initial", 0.3, "eps", 1e-6);
        row(0.995, 0.995, OptimizerSpec.Kind.LION, "lr", 0.001, "beta1", 0.9, "beta2", 0.99);
    }

    /** The first two of ten parameters after five steps. */
    private static void row(double first, double second, OptimizerSpec.Kind kind, Object... arguments) {
        double[] later = {0.1, 0.2};
        double[] p =
                run(kind, new double[] {1, 1}, step -> step == 1 ? new double[] {0.01, 0.01} : later, 5, arguments);
        assertEquals(first, p[0], 5e-4, kind.name());
        assertEquals(second, p[1], 5e-4, kind.name());
    }

    @Test
    void oneStep() {
        one(new double[] {0.5, 1.5, 2.5, 3.5}, OptimizerSpec.Kind.ADAM, "beta1", 0.9, "beta2", 0.999, "eps", 1e-7);
        one(
                new double[] {0.498, 1.496, 2.494, 3.492},
                OptimizerSpec.Kind.ADAMW,
                "beta1",
                0.9,
                "beta2",
                0.999,
                "eps",
                1e-7,
                "weight_decay",
                0.004);
        one(new double[] {0.5, -1, -0.5, 3}, OptimizerSpec.Kind.SGD, "momentum", 0);
        one(new double[] {-0.5811, 0.4189, 1.4189, 2.4189}, OptimizerSpec.Kind.RMSPROP, "rho", 0.9, "eps", 1e-7);
        one(new double[] {0.5233, 1.5007, 2.5005, 3.5061}, OptimizerSpec.Kind.ADAGRAD, "initial", 0.1, "eps", 1e-7);
        one(new double[] {0.5, 1.5, 2.5, 3.5}, OptimizerSpec.Kind.LION, "beta1", 0.9, "beta2", 0.99);
    }

    private static void one(double[] expected, OptimizerSpec.Kind kind, Object... arguments) {
        Object[] all = Arrays.copyOf(arguments, arguments.length + 2);
        all[arguments.length] = "lr";
        all[arguments.length + 1] = 0.5;
        double[] p = run(kind, new double[] {1, 2, 3, 4}, _ -> new double[] {1, 6, 7, 2}, 1, all);
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], p[i], 1e-4, kind.name());
        }
    }

    private static final double[] GRADIENTS = {0.5, -1.25, 2, 0.3, -0.7, 1, 0.25};

    @Test
    void nadam() {
        double p = 1;
        double m = 0;
        double v = 0;
        double product = 1;
        for (int t = 1; t <= GRADIENTS.length; t++) {
            double g = GRADIENTS[t - 1] + 0.01 * p;
            double mu = 0.9 * (1 - 0.5 * Math.pow(0.96, t * 0.004));
            double next = 0.9 * (1 - 0.5 * Math.pow(0.96, (t + 1) * 0.004));
            product *= mu;
            m = 0.9 * m + 0.1 * g;
            v = 0.999 * v + 0.001 * g * g;
            double denominator = Math.sqrt(v / (1 - Math.pow(0.999, t))) + 1e-8;
            p -= 0.1 * (1 - mu) / (1 - product) * g / denominator;
            p -= 0.1 * next / (1 - product * next) * m / denominator;
        }
        assertEquals(
                p,
                seven(
                        OptimizerSpec.Kind.NADAM,
                        "lr",
                        0.1,
                        "beta1",
                        0.9,
                        "beta2",
                        0.999,
                        "eps",
                        1e-8,
                        "momentum_decay",
                        0.004,
                        "weight_decay",
                        0.01),
                1e-9);
    }

    @Test
    void radam() {
        double p = 1;
        double m = 0;
        double v = 0;
        double beta2 = 0.99;
        double most = 2 / (1 - beta2) - 1;
        for (int t = 1; t <= GRADIENTS.length; t++) {
            double g = GRADIENTS[t - 1];
            m = 0.9 * m + 0.1 * g;
            v = beta2 * v + (1 - beta2) * g * g;
            double corrected = m / (1 - Math.pow(0.9, t));
            double rho = most - 2 * t * Math.pow(beta2, t) / (1 - Math.pow(beta2, t));
            double factor = 1;
            if (rho > 5) {
                double rect = Math.sqrt((rho - 4) * (rho - 2) * most / ((most - 4) * (most - 2) * rho));
                factor = rect * Math.sqrt(1 - Math.pow(beta2, t)) / (Math.sqrt(v) + 1e-8);
            }
            p -= 0.1 * corrected * factor;
        }
        assertEquals(p, seven(OptimizerSpec.Kind.RADAM, "lr", 0.1, "beta1", 0.9, "beta2", beta2, "eps", 1e-8), 1e-9);
    }

    @Test
    void dampenedMomentumBeginsWithTheGradient() {
        double p = 1;
        double b = 0;
        for (int t = 1; t <= GRADIENTS.length; t++) {
            b = t == 1 ? GRADIENTS[0] : 0.9 * b + (1 - 0.3) * GRADIENTS[t - 1];
            p -= 0.1 * b;
        }
        assertEquals(p, seven(OptimizerSpec.Kind.SGD, "lr", 0.1, "momentum", 0.9, "dampening", 0.3), 1e-9);
    }

    private static double seven(OptimizerSpec.Kind kind, Object... arguments) {
        return run(kind, new double[] {1}, step -> new double[] {GRADIENTS[step - 1]}, GRADIENTS.length, arguments)[0];
    }

    private interface Gradients {
        double[] at(int step);
    }

    private static double[] run(
            OptimizerSpec.Kind kind, double[] parameters, Gradients gradients, int steps, Object... arguments) {
        Map<String, ScalarExpr> map = new HashMap<>();
        for (int i = 0; i < arguments.length; i += 2) {
            map.put(
                    (String) arguments[i],
                    arguments[i + 1] instanceof Number n
                            ? new ScalarExpr.Number(n.doubleValue())
                            : new ScalarExpr.Setting((String) arguments[i + 1]));
        }
        Graph update = Passes.afterAutodiff(
                OptimizerLowering.lower(new OptimizerSpec(kind, map), SampleGraphs.origin("using ...", "")));
        Map<String, double[]> values = new HashMap<>();
        update.inputs()
                .forEach(port ->
                        values.put(port.name(), new double[port.role() == Port.Role.SCALAR ? 1 : parameters.length]));
        values.put("p", parameters.clone());
        values.put("lr", new double[] {
            Objects.requireNonNull((ScalarExpr.Number) map.get("lr")).value()
        });
        for (int step = 1; step <= steps; step++) {
            values.put("g", gradients.at(step));
            values.put("step", new double[] {step});
            values.put("kerasEps", new double[] {2 / Math.sqrt(1 - Math.pow(0.999, step))});
            var result = Evaluator.evaluate(update, Map.of("K", (long) parameters.length), values);
            update.outputs().forEach(p -> values.put(p.name(), result.output(p.role(), p.name())));
        }
        return values.get("p");
    }
}
