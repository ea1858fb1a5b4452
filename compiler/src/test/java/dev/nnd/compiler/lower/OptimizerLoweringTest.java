package dev.nnd.compiler.lower;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.ir.Evaluator;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.plan.KernelNames;
import dev.nnd.compiler.plan.Planner;
import dev.nnd.compiler.plan.SampleGraphs;
import dev.nnd.compiler.plan.Step;
import dev.nnd.compiler.rewrite.Passes;
import dev.nnd.compiler.typed.OptimizerSpec;
import dev.nnd.compiler.typed.OptimizerSpec.ScalarExpr;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Expected numbers are the optimizers' formulas, written out for one parameter element over three steps. */
class OptimizerLoweringTest {

    private static final double[] GRADIENTS = {0.5, -1.25, 2};
    private static final double[] NOTHING = {Double.NaN};

    private static OptimizerSpec spec(OptimizerSpec.Kind kind, Object... arguments) {
        var map = new HashMap<String, ScalarExpr>();
        for (int i = 0; i < arguments.length; i += 2) {
            ScalarExpr value = arguments[i + 1] instanceof String setting
                    ? new ScalarExpr.Setting(setting)
                    : new ScalarExpr.Number((Double) arguments[i + 1]);
            map.put((String) arguments[i], value);
        }
        return new OptimizerSpec(kind, map);
    }

    private static Graph update(OptimizerSpec spec) {
        return Passes.afterAutodiff(OptimizerLowering.lower(spec, SampleGraphs.origin("using ...", "")));
    }

    /** p after three steps from 1. */
    private static double run(Graph update, Map<String, Double> scalars) {
        Map<String, double[]> values = new HashMap<>();
        update.inputs().forEach(port -> values.put(port.name(), new double[] {0}));
        values.put("p", new double[] {1});
        scalars.forEach((name, value) -> values.put(name, new double[] {value}));
        for (int step = 1; step <= GRADIENTS.length; step++) {
            values.put("g", new double[] {GRADIENTS[step - 1]});
            values.put("step", new double[] {step});
            var result = Evaluator.evaluate(update, Map.of("K", 1L), values);
            update.outputs().forEach(p -> values.put(p.name(), result.output(p.role(), p.name())));
        }
        return values.get("p")[0];
    }

    @Test
    void plainSgdSubtractsTheScaledGradient() {
        Graph update =
                update(spec(OptimizerSpec.Kind.SGD, "lr", 0.1, "momentum", 0.0, "nesterov", 0.0, "weight_decay", 0.0));
        assertEquals(1 - 0.1 * (0.5 - 1.25 + 2), run(update, Map.of("lr", 0.1)), 1e-12);
        assertTrue(update.inputs().stream().noneMatch(p -> p.role() == Port.Role.STATE));
    }

    @Test
    void sgdWithMomentumAndDecay() {
        for (double nesterov : new double[] {0, 1}) {
            Graph update = update(spec(
                    OptimizerSpec.Kind.SGD, "lr", 0.1, "momentum", 0.9, "nesterov", nesterov, "weight_decay", 0.01));
            double p = 1;
            double buffer = 0;
            for (double gradient : GRADIENTS) {
                double g = gradient + 0.01 * p;
                buffer = 0.9 * buffer + g;
                p -= 0.1 * (nesterov == 1 ? g + 0.9 * buffer : buffer);
            }
            assertEquals(p, run(update, Map.of("lr", 0.1)), 1e-12);
        }
    }

    private static double adam(double lr, double beta1, double beta2, double eps, double decay) {
        double p = 1;
        double m = 0;
        double v = 0;
        for (int step = 1; step <= GRADIENTS.length; step++) {
            double g = GRADIENTS[step - 1] + decay * p;
            m = beta1 * m + (1 - beta1) * g;
            v = beta2 * v + (1 - beta2) * g * g;
            double denominator = Math.sqrt(v) / Math.sqrt(1 - Math.pow(beta2, step)) + eps;
            p -= lr / (1 - Math.pow(beta1, step)) * m / denominator;
        }
        return p;
    }

    @Test
    void adamCorrectsItsBias() {
        Graph update = update(spec(
                OptimizerSpec.Kind.ADAM, "lr", 0.1, "beta1", 0.9, "beta2", 0.999, "eps", 1e-8, "weight_decay", 0.0));
        assertEquals(adam(0.1, 0.9, 0.999, 1e-8, 0), run(update, Map.of("lr", 0.1)), 1e-12);
    }

    /** After one gradient there are none; rounding to f32 would stop the averages among the subnormal numbers. */
    @ParameterizedTest
    @EnumSource(
            value = OptimizerSpec.Kind.class,
            names = {"SGD", "ADAM", "ADAMW", "RMSPROP", "ADAMAX", "LION", "NADAM", "RADAM"})
    void whatIsKeptIsNeverSubnormal(OptimizerSpec.Kind kind) {
        var arguments = new Object[] {
            "lr",
            1e-3,
            "beta1",
            0.9,
            "beta2",
            0.95,
            "rho",
            0.95,
            "eps",
            1e-8,
            "momentum",
            0.9,
            "centered",
            1.0,
            "momentum_decay",
            0.004,
            "weight_decay",
            0.0,
            "nesterov",
            0.0,
            "dampening",
            0.0
        };
        Graph update = update(spec(kind, arguments));
        Map<String, double[]> values = new HashMap<>();
        update.inputs().forEach(port -> values.put(port.name(), new double[] {0}));
        values.put("lr", new double[] {1e-3});
        List<String> states = update.inputs().stream()
                .filter(port -> port.role() == Port.Role.STATE)
                .map(Port::name)
                .toList();
        assertFalse(states.isEmpty());
        for (int step = 1; step <= 2_000; step++) {
            values.put("g", new double[] {step == 1 ? -0.75 : 0});
            values.put("step", new double[] {step});
            var result = Evaluator.evaluate(update, Map.of("K", 1L), values);
            update.outputs().forEach(p -> values.put(p.name(), result.output(p.role(), p.name())));
            for (String state : states) {
                double kept = Math.abs(values.getOrDefault(state, NOTHING)[0]);
                assertTrue(kept == 0 || kept >= Float.MIN_NORMAL, state + " is " + kept + " at step " + step);
            }
        }
        for (String state : states) {
            // u never gets below eps, l counts steps
            if (!state.equals("u") && !state.equals("l")) {
                assertEquals(0, values.getOrDefault(state, NOTHING)[0], state);
            }
        }
    }

    @Test
    void settingsBecomeScalars() {
        Graph update = update(spec(
                OptimizerSpec.Kind.ADAM,
                "lr",
                "rate",
                "beta1",
                "b",
                "beta2",
                0.99,
                "eps",
                1e-6,
                "weight_decay",
                "decay"));
        List<String> scalars = update.inputs().stream()
                .filter(p -> p.role() == Port.Role.SCALAR)
                .map(Port::name)
                .sorted()
                .toList();
        assertEquals(List.of("b", "decay", "lr", "step"), scalars);
        assertEquals(adam(0.2, 0.8, 0.99, 1e-6, 0.1), run(update, Map.of("lr", 0.2, "b", 0.8, "decay", 0.1)), 1e-12);
    }

    @Test
    void anUpdateIsOneKernelInPlace() {
        Graph update = update(spec(
                OptimizerSpec.Kind.ADAM, "lr", 0.1, "beta1", 0.9, "beta2", 0.999, "eps", 1e-8, "weight_decay", 0.0));
        Step.Kernel kernel = new Planner(new KernelNames()).update(update);
        assertEquals("adam", kernel.name());
        assertEquals(Step.Kind.MAP, kernel.kind());
        List<String> names = update.inputs().stream().map(Port::name).toList();
        assertEquals(
                List.of("p", "m", "v"),
                kernel.outputs().stream().map(names::get).toList());
        assertEquals(names.size(), kernel.inputs().size());
        assertTrue(kernel.body().nodes().stream().noneMatch(n -> n.op() instanceof Op.Broadcast));
    }

    @Test
    void adamwDecaysApartFromTheGradient() {
        Graph update = update(spec(
                OptimizerSpec.Kind.ADAMW, "lr", 0.1, "beta1", 0.9, "beta2", 0.99, "eps", 1e-8, "weight_decay", 0.05));
        double p = 1;
        double m = 0;
        double v = 0;
        for (int step = 1; step <= GRADIENTS.length; step++) {
            double g = GRADIENTS[step - 1];
            p -= 0.1 * 0.05 * p;
            m = 0.9 * m + 0.1 * g;
            v = 0.99 * v + 0.01 * g * g;
            p -= 0.1 / (1 - Math.pow(0.9, step)) * m / (Math.sqrt(v) / Math.sqrt(1 - Math.pow(0.99, step)) + 1e-8);
        }
        assertEquals(p, run(update, Map.of("lr", 0.1)), 1e-9);
    }

    @Test
    void adagradDividesByTheRootOfTheSum() {
        Graph update = update(spec(OptimizerSpec.Kind.ADAGRAD, "lr", 0.1, "eps", 1e-10, "weight_decay", 0.01));
        double p = 1;
        double s = 0;
        for (double gradient : GRADIENTS) {
            double g = gradient + 0.01 * p;
            s += g * g;
            p -= 0.1 * g / (Math.sqrt(s) + 1e-10);
        }
        assertEquals(p, run(update, Map.of("lr", 0.1)), 1e-9);
    }

    @Test
    void rmspropInAllItsForms() {
        for (double centered : new double[] {0, 1}) {
            for (double momentum : new double[] {0, 0.9}) {
                Graph update = update(spec(
                        OptimizerSpec.Kind.RMSPROP,
                        "lr",
                        0.1,
                        "rho",
                        0.9,
                        "momentum",
                        momentum,
                        "centered",
                        centered,
                        "eps",
                        1e-8,
                        "weight_decay",
                        0.0));
                double p = 1;
                double v = 0;
                double a = 0;
                double b = 0;
                for (double g : GRADIENTS) {
                    v = 0.9 * v + 0.1 * g * g;
                    a = 0.9 * a + 0.1 * g;
                    b = momentum * b + g / (Math.sqrt(v - centered * a * a) + 1e-8);
                    p -= 0.1 * b;
                }
                assertEquals(p, run(update, Map.of("lr", 0.1)), 1e-9);
            }
        }
    }

    @Test
    void adamaxDividesByTheLargestGradient() {
        Graph update = update(spec(
                OptimizerSpec.Kind.ADAMAX, "lr", 0.1, "beta1", 0.9, "beta2", 0.99, "eps", 1e-8, "weight_decay", 0.0));
        double p = 1;
        double m = 0;
        double u = 0;
        for (int step = 1; step <= GRADIENTS.length; step++) {
            double g = GRADIENTS[step - 1];
            m = 0.9 * m + 0.1 * g;
            u = Math.max(0.99 * u, Math.abs(g) + 1e-8);
            p -= 0.1 / (1 - Math.pow(0.9, step)) * m / u;
        }
        assertEquals(p, run(update, Map.of("lr", 0.1)), 1e-9);
    }

    @Test
    void lionTakesTheSign() {
        Graph update =
                update(spec(OptimizerSpec.Kind.LION, "lr", 0.1, "beta1", 0.9, "beta2", 0.99, "weight_decay", 0.05));
        double p = 1;
        double m = 0;
        for (double g : GRADIENTS) {
            p = p - 0.1 * 0.05 * p - 0.1 * Math.signum(0.9 * m + 0.1 * g);
            m = 0.99 * m + 0.01 * g;
        }
        assertEquals(p, run(update, Map.of("lr", 0.1)), 1e-9);
    }
}
