package dev.nnd.compiler.cli;

import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.typed.TypedTune;
import dev.nnd.runtime.NndException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Which values a search tries: they follow from the section and its seed alone. */
final class TrialPlan {
    private static final int MOST = 100_000;

    private final TypedTune tune;

    private TrialPlan(TypedTune tune) {
        this.tune = tune;
    }

    static List<Trial> of(TypedTune tune) {
        var plan = new TrialPlan(tune);
        return switch (tune.strategy()) {
            case TypedTune.Strategy.Grid _ -> plan.grid();
            case TypedTune.Strategy.Random _, TypedTune.Strategy.Halving _, TypedTune.Strategy.Asha _ -> plan.random();
            case TypedTune.Strategy.Tpe(long startup) -> plan.startup(startup);
        };
    }

    private List<Trial> random() {
        var random = new SplittableRandom(tune.seed());
        var trials = new ArrayList<Trial>();
        for (int i = 1; i <= count(tune); i++) {
            Map<String, String> values = new LinkedHashMap<>();
            tune.search().forEach(s -> values.put(s.parameter(), drawn(s.space(), random)));
            trials.add(new Trial(i, values));
        }
        return trials;
    }

    /** The trials of a guided search that follow from nothing but the seed. */
    private List<Trial> startup(long most) {
        var parzen = new TreeParzen(tune, most);
        var trials = new ArrayList<Trial>();
        for (int i = 1; i <= Math.min(most, count(tune)); i++) {
            trials.add(new Trial(i, parzen.propose(i, List.of())));
        }
        return trials;
    }

    /** How many trials a search has that is no grid. */
    static int count(TypedTune tune) {
        return (int) Math.min(MOST, tune.trials().orElse(1));
    }

    /** A value of a space, by chance. */
    static String drawn(TypedTune.Space space, SplittableRandom random) {
        return switch (space) {
            case TypedTune.Space.Choice choice ->
                text(choice.values().get(random.nextInt(choice.values().size())));
            case TypedTune.Space.Ints ints ->
                Long.toString(ints.low() + ints.step() * random.nextLong((ints.high() - ints.low()) / ints.step() + 1));
            case TypedTune.Space.Floats floats -> number(floats, random.nextDouble());
        };
    }

    private static String number(TypedTune.Space.Floats floats, double share) {
        double value = floats.log()
                ? Math.exp(Math.log(floats.low()) + share * (Math.log(floats.high()) - Math.log(floats.low())))
                : floats.low() + share * (floats.high() - floats.low());
        return written(floats, value);
    }

    /** A number of a space, rounded. */
    static String written(TypedTune.Space.Floats floats, double value) {
        // Five digits are as good, and can be read.
        double rounded = Double.parseDouble(String.format(Locale.ROOT, "%.4e", value));
        return Double.toString(Math.clamp(rounded, floats.low(), floats.high()));
    }

    private List<Trial> grid() {
        List<Map<String, String>> all = List.of(Map.of());
        for (TypedTune.Search search : tune.search()) {
            var longer = new ArrayList<Map<String, String>>();
            for (var before : all) {
                for (String value : values(search.space())) {
                    var with = new LinkedHashMap<>(before);
                    with.put(search.parameter(), value);
                    longer.add(with);
                }
            }
            all = longer;
            if (all.size() > MOST) {
                throw new NndException(
                        tune.name() + " has more than " + MOST + " combinations.",
                        "search fewer values, or take `strategy random`",
                        null);
            }
        }
        var trials = new ArrayList<Trial>();
        for (int i = 0; i < Math.min(all.size(), tune.trials().orElse(MOST)); i++) {
            trials.add(new Trial(i + 1, all.get(i)));
        }
        return trials;
    }

    /** All values of a list or a range of whole numbers. */
    static List<String> values(TypedTune.Space space) {
        return switch (space) {
            case TypedTune.Space.Choice choice ->
                choice.values().stream().map(TrialPlan::text).toList();
            case TypedTune.Space.Ints ints ->
                LongStream.iterate(ints.low(), v -> v <= ints.high(), v -> v + ints.step())
                        .limit(MOST + 1L)
                        .mapToObj(Long::toString)
                        .toList();
            case TypedTune.Space.Floats _ ->
                throw new IllegalArgumentException("a grid over a range of floats has no end");
        };
    }

    private static String text(Constant value) {
        return switch (value) {
            case Constant.Int number -> number.value().toString();
            case Constant.Float number -> Double.toString(number.value());
            case Constant.Bool truth -> Boolean.toString(truth.value());
            case Constant.Text text -> "\"" + text.value().replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
            case Constant.ListOf list ->
                list.items().stream().map(TrialPlan::text).collect(Collectors.joining(", ", "[", "]"));
            case Constant.Function function -> function.name();
            case Constant.Init _, Constant.Layer _ ->
                throw new NndException("A search over " + value + " is not possible in this version.");
        };
    }
}
