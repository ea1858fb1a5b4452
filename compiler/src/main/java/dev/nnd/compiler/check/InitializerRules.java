package dev.nnd.compiler.check;

import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.Initializer;
import java.util.List;
import java.util.Optional;

/** Initializers: what a {@code param} starts with. */
final class InitializerRules {

    /** Stands for the fan of the weight that the initializer is given to. */
    private static final Dim OF_THE_WEIGHT = Dim.ZERO;

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

    static Val fan(BuiltinCall call, boolean uniform, double factor) {
        boolean hasGain = call.has("gain");
        Optional<Double> gain = hasGain ? call.number("gain") : Optional.of(1.0);
        Optional<Dim> fan = call.has("fan") ? call.dim("fan") : Optional.of(OF_THE_WEIGHT);
        if (gain.isEmpty() || fan.isEmpty()) {
            return Val.POISON;
        }
        return of(
                uniform
                        ? new Initializer.FanUniform(fan.get(), gain.get() * factor)
                        : new Initializer.FanNormal(fan.get(), gain.get() * factor));
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
            case Initializer.FanUniform u ->
                u.fan().equals(OF_THE_WEIGHT) ? new Initializer.FanUniform(fan, u.gain()) : u;
            case Initializer.FanNormal n ->
                n.fan().equals(OF_THE_WEIGHT) ? new Initializer.FanNormal(fan, n.gain()) : n;
            case Initializer.Fill f -> f;
            case Initializer.Uniform u -> u;
            case Initializer.Normal n -> n;
        };
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
