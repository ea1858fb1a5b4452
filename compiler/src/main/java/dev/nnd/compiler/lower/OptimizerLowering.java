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

    /** An average of gradients below it changes no weight; above it, its product with a rate of 1e-8 is no subnormal number yet. */
    private static final float LEAST = 0x1p-100f;

    /** Its square is the least normal number. */
    private static final float LEAST_TO_SQUARE = 0x1p-63f;

    private final OptimizerSpec spec;
    private final GraphBuilder to;
    private final Map<String, Value> scalars = new HashMap<>();

    private OptimizerLowering(OptimizerSpec spec, Origin origin) {
        this.spec = spec;
        this.to = new GraphBuilder(spec.kind().name().toLowerCase(Locale.ROOT)).at(origin);
    }

    /**
     * True if the runtime looks at each parameter as a whole before the update, and puts what it changes by in place of its
     * gradient; else a kind is a loop over elements.
     */
    public static boolean prepares(OptimizerSpec.Kind kind) {
        return switch (kind) {
            case SGD, ADAM, ADAMW, ADAGRAD, RMSPROP, ADAMAX, NADAM, RADAM, LION -> false;
            case LAMB, MUON, ADAFACTOR -> true;
        };
    }

    /** The update graph; its nodes come from {@code origin}. */
    public static Graph lower(OptimizerSpec spec, Origin origin) {
        var lowering = new OptimizerLowering(spec, origin);
        return switch (spec.kind()) {
            case SGD -> lowering.sgd();
            case ADAM -> lowering.adam(false);
            case ADAMW -> lowering.adam(true);
            case ADAGRAD -> lowering.adagrad();
            case RMSPROP -> lowering.rmsprop();
            case ADAMAX -> lowering.adamax();
            case LION -> lowering.lion();
            case NADAM -> lowering.nadam();
            case RADAM -> lowering.radam();
            case LAMB, MUON, ADAFACTOR -> lowering.prepared();
        };
    }

    /**
     * As {@code torch.optim.SGD}: g += weight_decay p; with momentum, b = momentum b + (1 - dampening) g, but g at the first
     * step, and g = b, or with Nesterov's form g += momentum b; p -= lr g.
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
            Value updated = kept("momentum", to.add(to.multiply(factor, state), dampened(g)), LEAST);
            to.output(Port.Role.UPDATED, "momentum", updated);
            g = isZero("nesterov") ? updated : to.add(g, to.multiply(factor, updated));
        }
        Value change = to.multiply(f32(scalar("lr")), g);
        to.output(Port.Role.UPDATED, "p", to.apply("p", SUBTRACT, p, change));
        return to.build();
    }

    /** (1 - dampening) g, but g at the first step. */
    private Value dampened(Value g) {
        if (isZero("dampening")) {
            return g;
        }
        Value one = to.constant(1, DType.F64);
        Value later = to.binary(Op.BinaryFunction.MINIMUM, one, to.subtract(scalar("step"), one));
        return to.multiply(f32(to.subtract(one, to.multiply(argument("dampening"), later))), g);
    }

    /**
     * As {@code torch.optim.Adam}: g += weight_decay p; m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2;
     * p -= lr / (1 - beta1^step) m / (sqrt(v) / sqrt(1 - beta2^step) + eps). From Kingma and Ba, 2015, "Adam: a method
     * for stochastic optimization".
     *
     * {@code apart}, as {@code torch.optim.AdamW}: p -= lr weight_decay p comes first, and g stays as it is.
     *
     * @see <a href="https://docs.pytorch.org/docs/stable/generated/torch.optim.Adam.html">torch.optim.Adam</a>
     */
    private Graph adam(boolean apart) {
        Value before = to.input(Port.Role.PARAMETER, "p", ARRAY);
        Value gradient = to.input(Port.Role.INPUT, "g", ARRAY);
        Value p = apart ? shrunk(before) : before;
        Value g = apart ? gradient : decayed(p, gradient);
        Value m = to.input(Port.Role.STATE, "m", ARRAY);
        Value v = to.input(Port.Role.STATE, "v", ARRAY);
        Value newM = average("m", m, g, argument("beta1"));
        Value newV = squares("v", v, g, argument("beta2"));
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

    /**
     * As {@code torch.optim.Adagrad}: g += weight_decay p; s += g^2; p -= lr g / (sqrt(initial + s) + eps), where s is 0 at
     * first.
     */
    private Graph adagrad() {
        Value p = to.input(Port.Role.PARAMETER, "p", ARRAY);
        Value g = decayed(p, to.input(Port.Role.INPUT, "g", ARRAY));
        Value s = to.input(Port.Role.STATE, "s", ARRAY);
        Value newS = to.apply("s", ADD, s, to.unary(Op.UnaryFunction.SQUARE, g));
        Value all = isZero("initial") ? newS : to.add(newS, f32(argument("initial")));
        step(p, to.divide(g, rooted(all)));
        to.output(Port.Role.UPDATED, "s", newS);
        return to.build();
    }

    /**
     * As {@code torch.optim.RMSprop}: g += weight_decay p; v = rho v + (1 - rho) g^2; with {@code centered} a is the mean
     * of g and v - a^2 stands for v; d = g / (sqrt(v) + eps); with momentum, b = momentum b + d stands for d; p -= lr d.
     */
    private Graph rmsprop() {
        Value p = to.input(Port.Role.PARAMETER, "p", ARRAY);
        Value g = decayed(p, to.input(Port.Role.INPUT, "g", ARRAY));
        Value v = to.input(Port.Role.STATE, "v", ARRAY);
        Value newV = squares("v", v, g, argument("rho"));
        Value spread = newV;
        if (!isZero("centered")) {
            Value a = to.input(Port.Role.STATE, "a", ARRAY);
            Value newA = kept("a", mixed(a, g, argument("rho")), LEAST_TO_SQUARE);
            to.output(Port.Role.UPDATED, "a", newA);
            spread = to.subtract(newV, to.unary(Op.UnaryFunction.SQUARE, newA));
        }
        Value change = to.divide(g, rooted(spread));
        if (!isZero("momentum")) {
            Value b = to.input(Port.Role.STATE, "b", ARRAY);
            change = kept("b", to.add(to.multiply(f32(argument("momentum")), b), change), LEAST);
            to.output(Port.Role.UPDATED, "b", change);
        }
        step(p, change);
        to.output(Port.Role.UPDATED, "v", newV);
        return to.build();
    }

    /** As {@code torch.optim.Adamax}: u = max(beta2 u, abs(g) + eps); p -= lr / (1 - beta1^step) m / u. */
    private Graph adamax() {
        Value p = to.input(Port.Role.PARAMETER, "p", ARRAY);
        Value g = decayed(p, to.input(Port.Role.INPUT, "g", ARRAY));
        Value m = to.input(Port.Role.STATE, "m", ARRAY);
        Value u = to.input(Port.Role.STATE, "u", ARRAY);
        Value newM = average("m", m, g, argument("beta1"));
        Value size = to.add(to.unary(Op.UnaryFunction.ABS, g), f32(argument("eps")));
        Value newU =
                to.apply("u", new Op.Binary(Op.BinaryFunction.MAXIMUM), to.multiply(f32(argument("beta2")), u), size);
        Value rate = to.apply("rate", DIVIDE, scalar("lr"), correction("beta1"));
        Value change = to.divide(to.multiply(f32(rate), newM), newU);
        to.output(Port.Role.UPDATED, "p", to.apply("p", SUBTRACT, p, change));
        to.output(Port.Role.UPDATED, "m", newM);
        to.output(Port.Role.UPDATED, "u", newU);
        return to.build();
    }

    /**
     * As {@code torch.optim.NAdam}: with mu(t) = beta1 (1 - 0.96^(t momentum_decay) / 2) and the product of mu(1) to mu(t),
     * whose logarithm l is the state {@code l}, p -= lr ((1 - mu(t)) g / (1 - e^l) + mu(t + 1) m / (1 - mu(t + 1) e^l)) /
     * (sqrt(v / (1 - beta2^t)) + eps).
     */
    private Graph nadam() {
        Value p = to.input(Port.Role.PARAMETER, "p", ARRAY);
        Value g = decayed(p, to.input(Port.Role.INPUT, "g", ARRAY));
        Value m = to.input(Port.Role.STATE, "m", ARRAY);
        Value v = to.input(Port.Role.STATE, "v", ARRAY);
        Value l = to.input(Port.Role.STATE, "l", ARRAY);
        Value one = to.constant(1, DType.F64);
        Value mu = f32(share(scalar("step")));
        Value next = f32(share(to.add(scalar("step"), one)));
        Value newL = to.apply("l", ADD, l, f32(to.unary(Op.UnaryFunction.LOG, share(scalar("step")))));
        Value product = to.unary(Op.UnaryFunction.EXP, newL);
        Value newM = average("m", m, g, argument("beta1"));
        Value newV = squares("v", v, g, argument("beta2"));
        Value unit = f32(one);
        Value now = to.divide(to.multiply(to.subtract(unit, mu), g), to.subtract(unit, product));
        Value then = to.divide(to.multiply(next, newM), to.subtract(unit, to.multiply(next, product)));
        Value denominator = rooted(to.divide(newV, f32(correction("beta2"))));
        step(p, to.divide(to.add(now, then), denominator));
        to.output(Port.Role.UPDATED, "m", newM);
        to.output(Port.Role.UPDATED, "v", newV);
        to.output(Port.Role.UPDATED, "l", newL);
        return to.build();
    }

    /** beta1 (1 - 0.96^(step momentum_decay) / 2). */
    private Value share(Value step) {
        Value power = to.binary(
                Op.BinaryFunction.POWER, to.constant(0.96, DType.F64), to.multiply(step, argument("momentum_decay")));
        Value rest = to.subtract(to.constant(1, DType.F64), to.multiply(to.constant(0.5, DType.F64), power));
        return to.multiply(argument("beta1"), rest);
    }

    /**
     * As {@code torch.optim.RAdam}: rho(t) = r - 2 t beta2^t / (1 - beta2^t) with r = 2 / (1 - beta2) - 1; while it is at
     * most 5, p -= lr m / (1 - beta1^t); then that times sqrt((rho - 4) (rho - 2) r / ((r - 4) (r - 2) rho)) and divided by
     * (sqrt(v) + eps) / sqrt(1 - beta2^t).
     */
    private Graph radam() {
        Value p = to.input(Port.Role.PARAMETER, "p", ARRAY);
        Value g = decayed(p, to.input(Port.Role.INPUT, "g", ARRAY));
        Value m = to.input(Port.Role.STATE, "m", ARRAY);
        Value v = to.input(Port.Role.STATE, "v", ARRAY);
        Value newM = average("m", m, g, argument("beta1"));
        Value newV = squares("v", v, g, argument("beta2"));
        Value one = to.constant(1, DType.F64);
        Value two = to.constant(2, DType.F64);
        Value four = to.constant(4, DType.F64);
        Value r = to.subtract(to.divide(two, to.subtract(one, argument("beta2"))), one);
        Value power = to.subtract(one, correction("beta2"));
        Value rho =
                to.subtract(r, to.divide(to.multiply(two, to.multiply(scalar("step"), power)), correction("beta2")));
        Value above = to.multiply(to.multiply(to.subtract(rho, four), to.subtract(rho, two)), r);
        Value below = to.multiply(to.multiply(to.subtract(r, four), to.subtract(r, two)), rho);
        Value tractable = to.compare(Op.Comparison.GREATER, rho, to.constant(5, DType.F64));
        Value rectified = to.unary(Op.UnaryFunction.SQRT, to.divide(above, below));
        Value root = to.unary(Op.UnaryFunction.SQRT, correction("beta2"));
        Value scale = to.divide(f32(to.multiply(rectified, root)), rooted(newV));
        Value rate = to.apply("rate", DIVIDE, scalar("lr"), correction("beta1"));
        Value plain = to.broadcast(f32(one), ARRAY.dims());
        Value factor = to.select(to.broadcast(tractable, ARRAY.dims()), scale, plain);
        Value change = to.multiply(to.multiply(f32(rate), newM), factor);
        to.output(Port.Role.UPDATED, "p", to.apply("p", SUBTRACT, p, change));
        to.output(Port.Role.UPDATED, "m", newM);
        to.output(Port.Role.UPDATED, "v", newV);
        return to.build();
    }

    /**
     * From Chen et al., 2023, "Symbolic discovery of optimization algorithms": p -= lr (sign(beta1 m + (1 - beta1) g) +
     * weight_decay p); m = beta2 m + (1 - beta2) g.
     */
    private Graph lion() {
        Value p = to.input(Port.Role.PARAMETER, "p", ARRAY);
        Value g = to.input(Port.Role.INPUT, "g", ARRAY);
        Value m = to.input(Port.Role.STATE, "m", ARRAY);
        step(shrunk(p), to.unary(Op.UnaryFunction.SIGN, mixed(m, g, argument("beta1"))));
        to.output(Port.Role.UPDATED, "m", average("m", m, g, argument("beta2")));
        return to.build();
    }

    /** p -= g, which is all that is left to do: see {@link #prepares}. */
    private Graph prepared() {
        Value p = to.input(Port.Role.PARAMETER, "p", ARRAY);
        to.output(Port.Role.UPDATED, "p", to.apply("p", SUBTRACT, p, to.input(Port.Role.INPUT, "g", ARRAY)));
        return to.build();
    }

    /** p -= lr change. */
    private void step(Value p, Value change) {
        to.output(Port.Role.UPDATED, "p", to.apply("p", SUBTRACT, p, to.multiply(f32(scalar("lr")), change)));
    }

    /** sqrt(x) + eps. */
    private Value rooted(Value x) {
        return to.add(to.unary(Op.UnaryFunction.SQRT, x), f32(argument("eps")));
    }

    /** p - lr weight_decay p: decay apart from the gradient. */
    private Value shrunk(Value p) {
        if (isZero("weight_decay")) {
            return p;
        }
        Value share = to.multiply(scalar("lr"), argument("weight_decay"));
        return to.subtract(p, to.multiply(f32(share), p));
    }

    private static final Op ADD = new Op.Binary(Op.BinaryFunction.ADD);
    private static final Op SUBTRACT = new Op.Binary(Op.BinaryFunction.SUBTRACT);
    private static final Op DIVIDE = new Op.Binary(Op.BinaryFunction.DIVIDE);

    private Value decayed(Value p, Value g) {
        return isZero("weight_decay") ? g : to.add(g, to.multiply(f32(argument("weight_decay")), p));
    }

    /** share x + (1 - share) y, an average of gradients that is kept for the next step. */
    private Value average(String name, Value x, Value y, Value share) {
        return kept(name, mixed(x, y, share), LEAST);
    }

    /** share x + (1 - share) y y, an average of squares that is kept for the next step. */
    private Value squares(String name, Value x, Value y, Value share) {
        Value mixed = mixed(x, to.unary(Op.UnaryFunction.SQUARE, y), share);
        return kept(name, mixed, mixed, Float.MIN_NORMAL);
    }

    /** share x + (1 - share) y. */
    private Value mixed(Value x, Value y, Value share) {
        Value rest = to.subtract(to.constant(1, DType.F64), share);
        return to.add(to.multiply(f32(share), x), to.multiply(f32(rest), y));
    }

    /**
     * x, but 0 where it is less than {@code least} from 0. Where gradients are zero for good (a dead unit, a word that no text has),
     * what is kept shrinks until rounding stops it among the subnormal numbers, with which many processors take a hundred times as
     * long.
     */
    private Value kept(String name, Value x, float least) {
        return kept(name, x, to.unary(Op.UnaryFunction.ABS, x), least);
    }

    private Value kept(String name, Value x, Value size, float least) {
        Value tiny = to.compare(Op.Comparison.LESS, size, to.constant(least, DType.F32));
        return to.apply(name, new Op.Select(), tiny, to.constant(0, DType.F32), x);
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
