package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.Ident;
import dev.nnd.compiler.ast.TrainItem;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.compiler.typed.TypedTrain;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** How long a run is and what it keeps: {@code epochs}, {@code steps}, {@code batch}, {@code seed}, {@code keep}. */
final class RunRules {

    private static final List<String> NUMBERS = List.of("epochs", "steps", "batch", "seed");

    private final Checking c;
    private final Env env;
    private final Decl.Train declaration;

    RunRules(Checking c, Env env, Decl.Train declaration) {
        this.c = c;
        this.env = env;
        this.declaration = declaration;
    }

    Optional<TypedTrain.Run> run(Optional<TypedData> data) {
        int before = c.problems().errors();
        Map<String, Long> numbers = numbers();
        Optional<TypedTrain.Keep> keep = keep(data);
        if (c.problems().errors() > before || !numbers.containsKey("batch")) {
            return Optional.empty();
        }
        return Optional.of(new TypedTrain.Run(
                optional(numbers, "epochs"),
                optional(numbers, "steps"),
                numbers.getOrDefault("batch", 1L).intValue(),
                numbers.getOrDefault("seed", 0L),
                keep));
    }

    private static OptionalLong optional(Map<String, Long> numbers, String name) {
        Long value = numbers.get(name);
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }

    private Map<String, Long> numbers() {
        var numbers = new LinkedHashMap<String, Long>();
        var spans = new LinkedHashMap<String, Span>();
        for (TrainItem item : declaration.items()) {
            if (item instanceof TrainItem.Setting s) {
                Span first = spans.putIfAbsent(s.name().name(), s.span());
                if (first != null) {
                    c.report(
                            Diagnostic.error("NND0517", s.span(), "`" + s.name().name() + "` is given twice")
                                    .label(first, "the first is here"));
                } else {
                    setting(s).ifPresent(v -> numbers.put(s.name().name(), v));
                }
            }
        }
        if (spans.containsKey("epochs") && spans.containsKey("steps")) {
            c.report(Diagnostic.error(
                            "NND0506", spans.get("steps"), "a run is given in `epochs` or in `steps`, not in both")
                    .label(spans.get("epochs"), "the epochs are here"));
        }
        missing(spans);
        return numbers;
    }

    private void missing(Map<String, Span> spans) {
        String name = "`" + declaration.name().name() + "`";
        if (!spans.containsKey("epochs") && !spans.containsKey("steps")) {
            c.report(Diagnostic.error("NND0505", declaration.name().span(), name + " does not say how long to train")
                    .help("add `epochs 10`, or `steps 5000`"));
        }
        if (!spans.containsKey("batch")) {
            c.report(Diagnostic.error("NND0504", declaration.name().span(), name + " has no batch size")
                    .help("add `batch 64`"));
        }
    }

    private Optional<Long> setting(TrainItem.Setting setting) {
        Ident name = setting.name();
        if (!NUMBERS.contains(name.name())) {
            boolean standard = name.name().equals("precision")
                    && setting.value() instanceof Expr.Name n
                    && n.name().equals("f32");
            if (!standard) {
                c.unsupported("`" + name.name() + "`", setting.span());
            }
            return Optional.empty();
        }
        Optional<Long> value = c.expressions().constant(setting.value(), env, "`" + name.name() + "`");
        long least = name.name().equals("seed") ? Long.MIN_VALUE : 1;
        long most = name.name().equals("batch") ? Integer.MAX_VALUE : Long.MAX_VALUE;
        if (value.isPresent() && (value.get() < least || value.get() > most)) {
            c.report(Diagnostic.error(
                    "NND0508",
                    setting.value().span(),
                    "`" + name.name() + "` is at least 1" + (most < Long.MAX_VALUE ? " and at most " + most : "")
                            + ", got " + value.get()));
            return Optional.empty();
        }
        return value;
    }

    private Optional<TypedTrain.Keep> keep(Optional<TypedData> data) {
        Optional<TypedTrain.Keep> kept = Optional.empty();
        Optional<Span> first = Optional.empty();
        for (TrainItem item : declaration.items()) {
            if (!(item instanceof TrainItem.Keep k)) {
                continue;
            }
            if (first.isPresent()) {
                c.report(Diagnostic.error("NND0517", k.span(), "a train section has one `keep`")
                        .label(first.get(), "the first is here"));
                continue;
            }
            first = Optional.of(k.span());
            k.count().ifPresent(n -> c.unsupported("keeping more than one", n.span()));
            kept = by(k.by(), data);
        }
        return kept;
    }

    private Optional<TypedTrain.Keep> by(Expr by, Optional<TypedData> data) {
        if (!(by instanceof Expr.Member(Expr.Name split, Ident metric, Span span))) {
            c.report(Diagnostic.error("NND0512", by.span(), "`keep best by` takes a part of the data and a metric")
                    .help("such as `validation.accuracy`"));
            return Optional.empty();
        }
        boolean known = hasUnknownMetric() || metric(c, declaration, metric);
        boolean part = data.isEmpty() || part(c, data.get(), split);
        return known && part
                ? Optional.of(
                        new TypedTrain.Keep(split.name(), metric.name(), MetricRules.higherIsBetter(metric.name())))
                : Optional.empty();
    }

    /** True if a metric is misspelled: then what it is kept by may be right. */
    private boolean hasUnknownMetric() {
        return MetricRules.names(declaration).stream()
                .anyMatch(n -> !n.equals("loss")
                        && env.home().find(n).isEmpty()
                        && Builtins.named(n).isEmpty());
    }

    /** True if the section has that metric; reports it otherwise. */
    static boolean metric(Checking c, Decl.Train train, Ident metric) {
        List<String> names = MetricRules.names(train);
        if (names.contains(metric.name())) {
            return true;
        }
        Diagnostic error = Diagnostic.error(
                "NND0512", metric.span(), "`" + train.name().name() + "` has no metric `" + metric.name() + "`");
        Optional<String> near = Nearest.to(metric.name(), names);
        c.report(
                near.isPresent()
                        ? Expressions.suggest(error, metric.span(), near)
                        : error.help("it has " + String.join(", ", names) + "; more are named with `metric`"));
        return false;
    }

    /** True if the data has that part; reports it otherwise. */
    static boolean part(Checking c, TypedData data, Expr.Name split) {
        List<String> parts = SplitChecker.parts(data);
        if (parts.contains(split.name())) {
            return true;
        }
        Diagnostic error =
                Diagnostic.error("NND0513", split.span(), "`" + data.name() + "` has no part `" + split.name() + "`");
        Optional<String> near = Nearest.to(split.name(), parts);
        c.report(
                near.isPresent()
                        ? Expressions.suggest(error, split.span(), near)
                        : error.help("it has " + String.join(", ", parts)
                                + "; a part is made by `split train into train 90%, " + split.name() + " 10%`"));
        return false;
    }
}
