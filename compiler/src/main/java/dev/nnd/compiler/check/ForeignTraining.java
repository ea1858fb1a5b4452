package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Expr;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What PyTorch, Keras and others call optimizers, schedules and their arguments, and how that is written here. */
final class ForeignTraining {

    /** An argument in the words of this language. */
    record Rewrite(String text, String help) {}

    private ForeignTraining() {}

    /** The argument as it is written here; empty if the name is not known elsewhere either. */
    static Optional<Rewrite> argument(Expr.Argument argument, String name, List<String> known) {
        Optional<Rewrite> other = reshaped(argument.value(), name, known);
        return other.isPresent()
                ? other
                : candidates(name).stream()
                        .filter(known::contains)
                        .findFirst()
                        .map(n -> new Rewrite(n + ": " + argument.value().span().text(), "here it is `" + n + "`"));
    }

    private static List<String> candidates(String name) {
        return switch (name.replace("_", "").toLowerCase(Locale.ROOT)) {
            case "learningrate", "rate", "eta", "stepsize" -> List.of("lr", "peak");
            case "lr", "maxlr", "baselr", "initiallearningrate", "initiallr", "maximumlr", "value", "start" ->
                List.of("peak", "lr");
            case "epsilon" -> List.of("eps", "eps1");
            case "beta1" -> List.of("beta1");
            case "beta2" -> List.of("beta2");
            case "alpha" -> List.of("rho", "end");
            case "r", "lorarank" -> List.of("rank");
            case "loraalpha" -> List.of("alpha");
            case "modulestosave" -> List.of("train");
            case "rho", "decayrate" -> List.of("rho", "factor");
            case "gamma", "multiplier", "dropfactor" -> List.of("factor");
            case "etamin", "minlr", "endlr", "lrend", "finallr", "endlearningrate", "min" -> List.of("end");
            case "decay", "l2", "wd", "weightdecayrate", "l2regularization" -> List.of("weight_decay");
            case "clipnorm",
                    "maxnorm",
                    "maxgradnorm",
                    "gradientclip",
                    "gradclip",
                    "globalclipnorm",
                    "gradientclipval",
                    "clip" -> List.of("clip_norm");
            case "clipvalue" -> List.of("clip_value");
            case "initialaccumulatorvalue" -> List.of("initial");
            case "tmult" -> List.of("growth");
            case "betadecay" -> List.of("decay");
            case "nssteps" -> List.of("iterations");
            default -> List.of();
        };
    }

    /** Arguments whose value has another form here. */
    private static Optional<Rewrite> reshaped(Expr value, String name, List<String> known) {
        String text = value.span().text();
        boolean number = value instanceof Expr.IntLiteral;
        return switch (name) {
            case "betas" ->
                value instanceof Expr.Tuple t && t.items().size() == 2 && known.contains("beta1")
                        ? rewrite("beta1: " + t.items().get(0).span().text() + ", beta2: "
                                + t.items().get(1).span().text())
                        : value instanceof Expr.ListLiteral l && l.items().size() == 2 && known.contains("beta1")
                                ? rewrite("beta1: " + l.items().get(0).span().text() + ", beta2: "
                                        + l.items().get(1).span().text())
                                : Optional.empty();
            case "warmup_steps", "num_warmup_steps" -> timed("warmup", text + " steps", number, known);
            case "warmup_epochs" -> timed("warmup", text + " epochs", number, known);
            case "warmup_ratio", "warmup_proportion", "pct_start" ->
                value instanceof Expr.FloatLiteral f && f.value() > 0 && f.value() < 1
                        ? timed("warmup", DurationRules.percent(f.value()), true, known)
                        : Optional.empty();
            case "step_size", "every_epochs" -> timed("every", text + " epochs", number, known);
            case "decay_steps" -> timed("every", text + " steps", number, known);
            case "T_0" -> timed("period", text + " epochs", number, known);
            case "first_decay_steps" -> timed("period", text + " steps", number, known);
            case "milestones" -> boundaries(value, "epochs", known);
            case "boundaries" -> boundaries(value, "steps", known);
            default -> Optional.empty();
        };
    }

    private static Optional<Rewrite> boundaries(Expr value, String unit, List<String> known) {
        boolean plain = value instanceof Expr.ListLiteral l
                && l.items().stream().allMatch(i -> i instanceof Expr.IntLiteral)
                && known.contains("at");
        return plain && value instanceof Expr.ListLiteral l
                ? rewrite("at: "
                        + l.items().stream()
                                .map(i -> i.span().text() + " " + unit)
                                .collect(Collectors.joining(", ", "[", "]")))
                : Optional.empty();
    }

    private static Optional<Rewrite> timed(String name, String value, boolean plain, List<String> known) {
        return plain && known.contains(name) ? rewrite(name + ": " + value) : Optional.empty();
    }

    private static Optional<Rewrite> rewrite(String text) {
        return Optional.of(new Rewrite(text, "write `" + text + "`"));
    }

    /** A usual value for what is missing of a call, with its name. */
    static Optional<String> example(String function, List<Decl.Parameter> missing) {
        if (missing.size() > 1) {
            return Optional.empty();
        }
        String name = missing.getFirst().name().name();
        return Optional.ofNullable(
                switch (name) {
                    case "lr" -> "lr: " + rate(function);
                    case "peak" -> "peak: 1e-3";
                    case "every" -> "every: 30 epochs";
                    case "warmup" -> "warmup: 10%";
                    case "factor" -> "factor: 0.95";
                    default -> null;
                });
    }

    /** The rate that people begin with. */
    static String rate(String optimizer) {
        return switch (optimizer) {
            case "sgd", "adagrad", "adafactor" -> "0.01";
            case "lion" -> "1e-4";
            case "muon" -> "0.02";
            default -> "1e-3";
        };
    }

    /** The schedule that is called otherwise elsewhere. */
    static Optional<String> schedule(String name) {
        return Optional.ofNullable(
                switch (name.replace("_", "").toLowerCase(Locale.ROOT)) {
                    case "cosineannealinglr",
                            "cosineannealing",
                            "cosinedecay",
                            "cosineannealingwarmrestarts",
                            "cosinedecayrestarts",
                            "cosinelr",
                            "warmupcosine" -> "cosine";
                    case "onecyclelr", "onecycle" -> "one_cycle";
                    case "steplr", "stepdecay" -> "step";
                    case "multisteplr", "multistep", "piecewiseconstantdecay", "piecewiseconstant" -> "piecewise";
                    case "exponentiallr", "exponentialdecay" -> "exponential";
                    case "polynomiallr", "polynomialdecay", "poly" -> "polynomial";
                    case "linearlr", "lineardecay", "linearwarmup" -> "linear";
                    case "constantlr" -> "constant";
                    case "inversetimedecay", "inversedecay", "timedecay" -> "inverse_time";
                    case "noam", "inversesquareroot", "inversesqrtlr", "rsqrt" -> "inverse_sqrt";
                    default -> null;
                });
    }
}
