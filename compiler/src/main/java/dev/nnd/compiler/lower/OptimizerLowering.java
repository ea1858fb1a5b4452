package dev.nnd.compiler.lower;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Origin;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.OptimizerSpec;
import dev.nnd.compiler.typed.OptimizerSpec.ScalarExpr;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Makes the update graph of an optimizer: what happens to one parameter element, over {@code f32[K]}. Inputs are
 * PARAMETER {@code p}, INPUT {@code g} (its gradient), the STATE ports, and SCALAR ports of dtype f64: {@code lr} and,
 * where it is used, {@code step}, which counts from 1; an argument that is a setting of the train section is a SCALAR
 * port of the setting's name. Outputs are UPDATED ports named as the inputs that they replace.
 */
public final class OptimizerLowering {

    private static final Dim COUNT = Dim.variable("K");
    private static final TensorType ARRAY = TensorType.of(DType.F32, COUNT);
    private static final TensorType NUMBER = TensorType.scalar(DType.F64);

    private final OptimizerSpec spec;
    private final GraphBuilder to;
    private final Map<String, Value> scalars = new HashMap<>();

    private OptimizerLowering(OptimizerSpec spec, Origin origin) {
        this.spec = spec;
        this.to = new GraphBuilder(spec.kind().name().toLowerCase(Locale.ROOT)).at(origin);
    }

    /** True if there is an update graph for a kind. */
    public static boolean lowers(OptimizerSpec.Kind kind) {
        return kind == OptimizerSpec.Kind.SGD || kind == OptimizerSpec.Kind.ADAM;
    }

    /** The update graph; its nodes come from {@code origin}. */
    public static Graph lower(OptimizerSpec spec, Origin origin) {
        var lowering = new OptimizerLowering(spec, origin);
        return switch (spec.kind()) {
            case SGD -> lowering.sgd();
            case ADAM -> lowering.adam();
            case ADAMW, ADAGRAD, RMSPROP, ADAMAX, NADAM, RADAM, LION, LAMB, MUON, ADAFACTOR ->
                throw new IllegalArgumentException(spec.kind() + " has no update graph yet");
        };
    }

    /**
     * As {@code torch.optim.SGD} without dampening: g += weight_decay p; with momentum, b = momentum b + g (b is 0
     * before the first step, so that it is g after it) and g = b, or with Nesterov's form g += momentum b; p -= lr g.
     *
     * @see <a href="https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html">torch.optim.SGD</a>
     */
    private Graph sgd() {
        Value p = to.input(Port.Role.PARAMETER, "p", ARRAY);
        Value g = decayed(p, to.input(Port.Role.INPUT, "g", ARRAY));
        boolean momentum = !isZero("momentum");
        if (momentum) {
            Value state = to.input(Port.Role.STATE, "momentum", ARRAY);
            Value factor = f32(argument("momentum"));
            Value updated = to.apply("momentum", ADD, to.multiply(factor, state), g);
            to.output(Port.Role.UPDATED, "momentum", updated);
            g = isZero("nesterov") ? updated : to.add(g, to.multiply(factor, updated));
        }
        Value change = to.multiply(f32(scalar("lr")), g);
        to.output(Port.Role.UPDATED, "p", to.apply("p", SUBTRACT, p, change));
        return to.build();
    }

    /**
     * As {@code torch.optim.Adam}: g += weight_decay p; m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2;
     * p -= lr / (1 - beta1^step) m / (sqrt(v) / sqrt(1 - beta2^step) + eps). From Kingma and Ba, 2015, "Adam: a method
     * for stochastic optimization".
     *
     * @see <a href="https://docs.pytorch.org/docs/stable/generated/torch.optim.Adam.html">torch.optim.Adam</a>
     */
    private Graph adam() {
        Value p = to.input(Port.Role.PARAMETER, "p", ARRAY);
        Value g = decayed(p, to.input(Port.Role.INPUT, "g", ARRAY));
        Value m = to.input(Port.Role.STATE, "m", ARRAY);
        Value v = to.input(Port.Role.STATE, "v", ARRAY);
        Value newM = average("m", m, g, argument("beta1"));
        Value newV = average("v", v, to.unary(Op.UnaryFunction.SQUARE, g), argument("beta2"));
        Value rate = to.apply("rate", DIVIDE, scalar("lr"), correction("beta1"));
        Value root = to.unary(Op.UnaryFunction.SQRT, correction("beta2"));
        Value scaled = to.divide(to.unary(Op.UnaryFunction.SQRT, newV), f32(root));
        Value denominator = to.apply("denominator", ADD, scaled, f32(argument("eps")));
        Value change = to.divide(to.multiply(f32(rate), newM), denominator);
        to.output(Port.Role.UPDATED, "p", to.apply("p", SUBTRACT, p, change));
        to.output(Port.Role.UPDATED, "m", newM);
        to.output(Port.Role.UPDATED, "v", newV);
        return to.build();
    }

    private static final Op ADD = new Op.Binary(Op.BinaryFunction.ADD);
    private static final Op SUBTRACT = new Op.Binary(Op.BinaryFunction.SUBTRACT);
    private static final Op DIVIDE = new Op.Binary(Op.BinaryFunction.DIVIDE);

    private Value decayed(Value p, Value g) {
        return isZero("weight_decay") ? g : to.add(g, to.multiply(f32(argument("weight_decay")), p));
    }

    /** share x + (1 - share) y. */
    private Value average(String name, Value x, Value y, Value share) {
        Value rest = to.subtract(to.constant(1, DType.F64), share);
        return to.apply(name, ADD, to.multiply(f32(share), x), to.multiply(f32(rest), y));
    }

    /** 1 - beta^step, for an average that began at 0. */
    private Value correction(String beta) {
        Value power = to.binary(Op.BinaryFunction.POWER, argument(beta), scalar("step"));
        return to.apply(beta + "Correction", SUBTRACT, to.constant(1, DType.F64), power);
    }

    private Value f32(Value x) {
        return to.cast(x, DType.F32);
    }

    private boolean isZero(String argument) {
        return spec.arguments().getOrDefault(argument, new ScalarExpr.Number(0)) instanceof ScalarExpr.Number(var value)
                && value == 0;
    }

    private Value argument(String name) {
        ScalarExpr expr = spec.arguments().get(name);
        if (expr == null) {
            throw new IllegalArgumentException(spec.kind() + " has no argument " + name);
        }
        return scalar(expr);
    }

    private Value scalar(ScalarExpr expr) {
        return switch (expr) {
            case ScalarExpr.Number(var value) -> to.constant(value, DType.F64);
            case ScalarExpr.Setting(var name) -> scalar(name);
            case ScalarExpr.Binary(var function, var left, var right) ->
                to.binary(Op.BinaryFunction.valueOf(function.name()), scalar(left), scalar(right));
            case ScalarExpr.Scheduled s -> throw new IllegalArgumentException("a schedule is no constant");
        };
    }

    private Value scalar(String name) {
        Value known = scalars.get(name);
        if (known != null) {
            return known;
        }
        Value port = to.input(Port.Role.SCALAR, name, NUMBER);
        scalars.put(name, port);
        return port;
    }
}
