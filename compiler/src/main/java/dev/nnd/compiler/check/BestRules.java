package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.DataItem;
import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.Ident;
import dev.nnd.compiler.ast.TrainItem;
import dev.nnd.compiler.typed.Duration;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.compiler.typed.TypedTrain;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.List;
import java.util.Optional;

/** What is best: {@code validation.accuracy} names a part of the data and a metric of the section. */
final class BestRules {

    /** A part and a metric that are there. */
    record Best(String split, String metric) {}

    private final Checking c;
    private final Env env;
    private final Decl.Train train;
    private final Optional<TypedData> data;
    private final Length length;

    /** Rules of a train section; without {@code data} the parts are not known. */
    BestRules(Checking c, Env env, Decl.Train train, Optional<TypedData> data, Length length) {
        this.c = c;
        this.env = env;
        this.train = train;
        this.data = data;
        this.length = length;
    }

    Optional<TypedTrain.Keep> keep(TrainItem.Keep item) {
        Optional<Long> count = item.count().isEmpty()
                ? Optional.of(1L)
                : c.expressions().constant(item.count().get(), env, "the number to keep");
        if (count.isPresent() && count.get() < 1) {
            c.report(Diagnostic.error(
                    "NND0508", item.count().orElseThrow().span(), "at least 1 is kept, got " + count.get()));
            return Optional.empty();
        }
        Optional<Best> best = best(item.by(), "`keep best by`");
        Optional<Boolean> higher = best.flatMap(b -> higher(item.direction(), b, item.by()));
        return best.isPresent() && count.isPresent() && higher.isPresent()
                ? best.map(b -> new TypedTrain.Keep(b.split(), b.metric(), higher.get(), count.get(), item.span()))
                : Optional.empty();
    }

    Optional<TypedTrain.StopEarly> stop(TrainItem.StopEarly item) {
        Optional<Best> best = best(item.on(), "`stop early on`");
        Optional<Duration> patience = item.patience().isEmpty()
                ? Optional.of(new Duration(0, Duration.Unit.EPOCHS))
                : new DurationRules(c, env).duration(item.patience().get(), "`patience`", false, "epochs");
        if (patience.isPresent() && length.isShorterThan(patience.get(), true)) {
            c.report(length.mark(Diagnostic.error(
                    "NND0532",
                    item.patience().orElseThrow().span(),
                    "a patience of " + patience.get().text() + " never ends, as the run is " + length.text()
                            + " long")));
            return Optional.empty();
        }
        Optional<Boolean> higher = best.flatMap(b -> higher(item.direction(), b, item.on()));
        return best.isPresent() && patience.isPresent() && higher.isPresent()
                ? best.map(
                        b -> new TypedTrain.StopEarly(b.split(), b.metric(), higher.get(), patience.get(), item.span()))
                : Optional.empty();
    }

    /** What is better: as it is said, else as is known of the metric. */
    private Optional<Boolean> higher(Optional<TrainItem.Direction> said, Best best, Expr by) {
        Optional<Boolean> known = new MetricDirection(env).ofMetric(best.metric());
        if (said.isPresent()) {
            boolean higher = said.get() == TrainItem.Direction.HIGHEST;
            known.filter(k -> k != higher).ifPresent(k -> against(best, by, k));
            return Optional.of(higher);
        }
        if (known.isEmpty()) {
            c.report(Diagnostic.error(
                            "NND0548",
                            by.span(),
                            "whether more or less of `" + best.metric() + "` is better is not known")
                    .help("say it with `highest` or `lowest`")
                    .candidate(
                            "write `lowest " + by.span().text() + "`",
                            by.span(),
                            "lowest " + by.span().text())
                    .candidate(
                            "write `highest " + by.span().text() + "`",
                            by.span(),
                            "highest " + by.span().text()));
        }
        return known;
    }

    private void against(Best best, Expr by, boolean higher) {
        c.report(Diagnostic.warning(
                "NND0546", by.span(), "`" + best.metric() + "` is better when it is " + (higher ? "higher" : "lower")));
    }

    /** The part and the metric, if both are known; {@code what} names the statement. */
    Optional<Best> best(Expr by, String what) {
        if (!(by instanceof Expr.Member(Expr.Name split, Ident metric, Span span))) {
            without(by, what);
            return Optional.empty();
        }
        boolean known = hasUnknownMetric() || metric(metric);
        boolean part = data.isEmpty() || part(data.get(), split);
        return known && part ? Optional.of(new Best(split.name(), metric.name())) : Optional.empty();
    }

    /** {@code keep best by accuracy}: the part is missing. */
    private void without(Expr by, String what) {
        Diagnostic error = Diagnostic.error("NND0512", by.span(), what + " takes a part of the data and a metric");
        List<String> names = MetricRules.names(train);
        boolean string = by instanceof Expr.StringLiteral;
        String text = by instanceof Expr.StringLiteral s ? s.value() : by.span().text();
        String metric = text.replaceFirst("^(val|valid|validation)[_/. ]", "");
        Optional<String> part = data.flatMap(d -> held(SplitChecker.parts(d)));
        boolean fixable = (by instanceof Expr.Name || string) && names.contains(metric) && part.isPresent();
        String meant = part.orElse("validation") + "." + metric;
        c.report(
                fixable
                        ? error.help("write `" + meant + "`").fix(by.span(), meant)
                        : error.help("such as `validation.accuracy`"));
    }

    /** The part that models are chosen by: validation, or else one that is not trained on. */
    private static Optional<String> held(List<String> parts) {
        return parts.contains("validation")
                ? Optional.of("validation")
                : parts.stream()
                        .filter(p -> !p.equals("train"))
                        .findFirst()
                        .or(() -> parts.stream().findFirst());
    }

    /** True if a metric is misspelled: then what it is kept by may be right. */
    private boolean hasUnknownMetric() {
        return MetricRules.names(train).stream()
                .anyMatch(n -> !n.equals("loss")
                        && env.scope().find(n).isEmpty()
                        && env.home().find(n).isEmpty()
                        && Builtins.named(n).isEmpty());
    }

    private boolean metric(Ident metric) {
        List<String> names = MetricRules.names(train);
        if (names.contains(metric.name())) {
            return true;
        }
        Diagnostic error = Diagnostic.error(
                "NND0512", metric.span(), "`" + train.name().name() + "` has no metric `" + metric.name() + "`");
        Optional<String> near = foreign(metric.name(), names).or(() -> Nearest.to(metric.name(), names));
        if (near.isPresent()) {
            c.report(Expressions.suggest(error, metric.span(), near));
            return false;
        }
        error = error.help("it has " + String.join(", ", names) + "; more are named with `metric`");
        for (String name : names) {
            error = error.candidate("write `" + name + "`", metric.span(), name);
        }
        c.report(error);
        return false;
    }

    private static Optional<String> foreign(String name, List<String> known) {
        String here = switch (name) {
            case "acc" -> "accuracy";
            case "roc_auc", "auroc" -> "auc";
            case "val_loss" -> "loss";
            case "val_accuracy", "val_acc" -> "accuracy";
            default -> name;
        };
        return known.contains(here) ? Optional.of(here) : Optional.empty();
    }

    private boolean part(TypedData data, Expr.Name split) {
        List<String> parts = SplitChecker.parts(data);
        if (parts.contains(split.name())) {
            return true;
        }
        Diagnostic error = Diagnostic.error(
                        "NND0513", split.span(), "`" + data.name() + "` has no part `" + split.name() + "`")
                .label(data.declaration().name().span(), "it has " + String.join(", ", parts));
        boolean validation = List.of("val", "valid", "dev", "eval", "validate").contains(split.name());
        Optional<String> near = validation && parts.contains("validation")
                ? Optional.of("validation")
                : Nearest.to(split.name(), parts);
        c.report(near.isPresent() ? Expressions.suggest(error, split.span(), near) : withSplit(error, data, split));
        return false;
    }

    /** With a fix that divides the rows to train on, where that is one source in this file. */
    private Diagnostic withSplit(Diagnostic error, TypedData data, Expr.Name split) {
        String statement = "split train into train 90%, " + split.name() + " 10%";
        Diagnostic helped = error.help("a part is made by `" + statement + "`");
        List<DataItem.Source> sources = data.declaration().items().stream()
                .filter(i -> i instanceof DataItem.Source)
                .map(i -> (DataItem.Source) i)
                .toList();
        boolean open = data.splits().isEmpty()
                && sources.stream().anyMatch(s -> s.name().name().equals("train"))
                && data.declaration().span().file().equals(train.span().file());
        if (!open || !split.name().equals("validation")) {
            return helped;
        }
        Span last = sources.getLast().span();
        return helped.fix(last, last.text() + "\n  " + statement);
    }
}
