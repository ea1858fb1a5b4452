package dev.nnd.compiler.check;

import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.Initializer;
import dev.nnd.grammar.Diagnostic;
import java.util.List;
import java.util.Optional;

/** Initializers: what a {@code param} starts with. */
final class InitializerRules {

    /** Stands for the fan of the weight that the initializer is given to. */
    private static final Dim OF_THE_WEIGHT = Dim.ZERO;

    /** Stands for its outputs, and for its inputs and outputs together. */
    private static final Dim OUT = Dim.of(-1);

    private static final Dim BOTH = Dim.of(-2);

    private InitializerRules() {}

    static Val fill(BuiltinCall call) {
        return call.number("value").<Val>map(v -> of(new Initializer.Fill(v))).orElse(Val.POISON);
    }

    static Val normal(BuiltinCall call) {
        Optional<Double> mean = call.has("mean") ? call.number("mean") : Optional.of(0.0);
        Optional<Double> std = call.has("std") ? call.number("std") : Optional.of(1.0);
        if (mean.isEmpty() || std.isEmpty()) {
            return Val.POISON;
        }
        return std.get() < 0
                ? call.fail(call.error("NND0320", "`std` of `normal` is at least 0, got " + std.get()))
                : of(new Initializer.Normal(mean.get(), std.get()));
    }

    static Val uniform(BuiltinCall call) {
        Optional<Double> low = call.has("low") ? call.number("low") : Optional.of(0.0);
        Optional<Double> high = call.has("high") ? call.number("high") : Optional.of(1.0);
        if (low.isEmpty() || high.isEmpty()) {
            return Val.POISON;
        }
        return low.get() > high.get()
                ? call.fail(call.error(
                        "NND0320", "`low` of `uniform` is at most `high`, got " + low.get() + " and " + high.get()))
                : of(new Initializer.Uniform(low.get(), high.get()));
    }

    /** {@code kaiming_normal(mode: "out")}: scaled by the inputs of the weight, its outputs, or their mean. */
    static Val fan(BuiltinCall call, boolean uniform, double factor) {
        Optional<Double> gain = call.has("gain") ? call.number("gain") : Optional.of(1.0);
        Optional<Dim> fan = call.has("fan") ? call.dim("fan") : mode(call);
        return gain.isEmpty() || fan.isEmpty() ? Val.POISON : fan(uniform, fan.get(), gain.get() * factor);
    }

    /** {@code xavier_uniform()}: scaled by the inputs and outputs together. */
    static Val xavier(BuiltinCall call, boolean uniform, double factor) {
        Optional<Double> gain = call.has("gain") ? call.number("gain") : Optional.of(1.0);
        return gain.<Val>map(g -> fan(uniform, BOTH, g * factor)).orElse(Val.POISON);
    }

    private static Val fan(boolean uniform, Dim fan, double gain) {
        return of(uniform ? new Initializer.FanUniform(fan, gain) : new Initializer.FanNormal(fan, gain));
    }

    private static Optional<Dim> mode(BuiltinCall call) {
        if (!call.has("mode")) {
            return Optional.of(OF_THE_WEIGHT);
        }
        String word = call.value("mode") instanceof Val.Const(Constant.Text(String text)) ? text : "";
        switch (word) {
            case "in", "fan_in" -> {
                return Optional.of(OF_THE_WEIGHT);
            }
            case "out", "fan_out" -> {
                return Optional.of(OUT);
            }
            default -> {
                call.fail(Diagnostic.error(
                        "NND0236",
                        call.span("mode"),
                        "`mode` of `" + call.name() + "` is \"in\" or \"out\", got "
                                + Val.describe(call.value("mode"))));
                return Optional.empty();
            }
        }
    }

    static Val truncatedNormal(BuiltinCall call) {
        Optional<Double> mean = call.has("mean") ? call.number("mean") : Optional.of(0.0);
        Optional<Double> std = call.has("std") ? call.number("std") : Optional.of(1.0);
        if (mean.isEmpty() || std.isEmpty()) {
            return Val.POISON;
        }
        return std.get() < 0
                ? call.fail(call.error("NND0320", "`std` of `truncated_normal` is at least 0, got " + std.get()))
                : of(new Initializer.TruncatedNormal(mean.get(), std.get()));
    }

    static Val orthogonal(BuiltinCall call) {
        Optional<Double> gain = call.has("gain") ? call.number("gain") : Optional.of(1.0);
        return gain.<Val>map(g -> of(new Initializer.Orthogonal(g))).orElse(Val.POISON);
    }

    static Val identityMatrix(BuiltinCall call) {
        return of(new Initializer.Identity());
    }

    /** The fans of a weight [out, in, kernel...] in place of the words for them. */
    static Initializer settled(Initializer initializer, List<Dim> dims) {
        Dim in = fanOf(dims);
        if (dims.size() < 2) {
            return withFan(initializer, in);
        }
        Dim window = Dim.product(dims.subList(2, dims.size()));
        Dim out = dims.getFirst().times(window);
        return switch (initializer) {
            case Initializer.FanUniform u
            when u.fan().equals(BOTH) -> new Initializer.FanUniform(in.plus(out), u.gain());
            case Initializer.FanUniform u when u.fan().equals(OUT) -> new Initializer.FanUniform(out, u.gain());
            case Initializer.FanNormal n when n.fan().equals(BOTH) -> new Initializer.FanNormal(in.plus(out), n.gain());
            case Initializer.FanNormal n when n.fan().equals(OUT) -> new Initializer.FanNormal(out, n.gain());
            case Initializer other -> withFan(other, in);
        };
    }

    static Val withFan(BuiltinCall call) {
        Optional<Dim> fan = call.dim("fan");
        if (fan.isEmpty() || !(call.value("initializer") instanceof Val.Const(Constant.Init(Initializer init)))) {
            return fan.isEmpty()
                    ? Val.POISON
                    : call.fail(call.error("NND0205", "`with_fan` takes an initializer and an int"));
        }
        return of(withFan(init, fan.get()));
    }

    /** Gives the fan to an initializer that has none of its own. */
    static Initializer withFan(Initializer initializer, Dim fan) {
        return switch (initializer) {
            case Initializer.FanUniform u -> isWord(u.fan()) ? new Initializer.FanUniform(fan, u.gain()) : u;
            case Initializer.FanNormal n -> isWord(n.fan()) ? new Initializer.FanNormal(fan, n.gain()) : n;
            case Initializer.Fill f -> f;
            case Initializer.Uniform u -> u;
            case Initializer.Normal n -> n;
            case Initializer.TruncatedNormal n -> n;
            case Initializer.Orthogonal o -> o;
            case Initializer.Identity i -> i;
        };
    }

    private static boolean isWord(Dim fan) {
        return fan.equals(OF_THE_WEIGHT) || fan.equals(OUT) || fan.equals(BOTH);
    }

    /** The inputs that one output of a weight sums over: all dims but the first; for one dim, that dim. */
    static Dim fanOf(List<Dim> dims) {
        return switch (dims.size()) {
            case 0 -> Dim.ONE;
            case 1 -> dims.getFirst();
            default -> Dim.product(dims.subList(1, dims.size()));
        };
    }

    private static Val of(Initializer initializer) {
        return new Val.Const(new Constant.Init(initializer));
    }
}
