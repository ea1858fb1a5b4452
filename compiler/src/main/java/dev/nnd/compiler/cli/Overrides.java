package dev.nnd.compiler.cli;

import dev.nnd.compiler.typed.TypedTrain;
import dev.nnd.grammar.Spelling;
import dev.nnd.runtime.NndException;
import dev.nnd.runtime.train.TrainingOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What {@code --set name=value} changes: a {@code float} parameter of the train section, or the length, batch or seed of
 * the run.
 *
 * @param values by the parameters' names
 * @param run by {@code epochs}, {@code steps}, {@code batch} and {@code seed}
 */
record Overrides(Map<String, Double> values, Map<String, Long> run) {

    private static final List<String> RUN = List.of("epochs", "steps", "batch", "seed");

    /**
     * Reads overrides of a train section.
     *
     * @throws NndException if a name is unknown or a value is no number
     */
    static Overrides of(TypedTrain train, Map<String, String> settings) {
        List<String> parameters =
                train.settings().stream().map(TypedTrain.Setting::name).toList();
        var values = new LinkedHashMap<String, Double>();
        var run = new LinkedHashMap<String, Long>();
        settings.forEach((name, text) -> {
            if (parameters.contains(name)) {
                values.put(name, number(name, text));
            } else if (RUN.contains(name)) {
                run.put(name, whole(name, text));
            } else {
                throw unknown(
                        train,
                        name,
                        Stream.concat(parameters.stream(), RUN.stream()).toList());
            }
        });
        if (run.containsKey("epochs") && run.containsKey("steps")) {
            throw new NndException("Both epochs and steps are set: a run has one length.");
        }
        return new Overrides(values, run);
    }

    /** The options with the length, batch and seed of these overrides. */
    TrainingOptions apply(TrainingOptions options) {
        TrainingOptions result = options;
        for (var entry : run.entrySet()) {
            long value = entry.getValue();
            result = switch (entry.getKey()) {
                case "epochs" -> result.withEpochs(value);
                case "steps" -> result.withSteps(value);
                case "batch" -> result.withBatch(Math.toIntExact(value));
                default -> result.withSeed(value);
            };
        }
        return result;
    }

    private static NndException unknown(TypedTrain train, String name, List<String> known) {
        if (train.constants().stream().anyMatch(c -> c.name().equals(name))) {
            return new NndException(
                    "`" + name + "` of " + train.name() + " is fixed at compile time.",
                    "change its default in the file",
                    null);
        }
        Optional<String> nearest = Spelling.nearest(name, known);
        return new NndException(
                train.name() + " has no setting `" + name + "`; there are " + String.join(", ", known) + ".",
                nearest.map(n -> "did you mean `" + n + "`?").orElse(null),
                null);
    }

    private static double number(String name, String text) {
        try {
            double value = Double.parseDouble(text.replace("_", ""));
            if (Double.isFinite(value)) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw noNumber(name, text, "a number");
        }
        throw noNumber(name, text, "a finite number");
    }

    private static long whole(String name, String text) {
        boolean seed = name.equals("seed");
        String kind = seed ? "a whole number" : "a whole number above 0";
        try {
            long value = Long.parseLong(text.replace("_", ""));
            if (seed || value > 0 && value <= Integer.MAX_VALUE) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw noNumber(name, text, kind);
        }
        throw noNumber(name, text, kind);
    }

    private static NndException noNumber(String name, String text, String kind) {
        return new NndException("`" + name + "` needs " + kind + ", not `" + text + "`.");
    }
}
