package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.TrainItem;
import dev.nnd.compiler.typed.TypedTrain;
import dev.nnd.grammar.Diagnostic;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Metrics: calls that give one number per batch, named after the function. */
final class MetricRules {

    /** What is better when it is lower; everything else is better when it is higher. */
    private static final Set<String> LOWER = Set.of(
            "loss",
            "mse",
            "mae",
            "rmse",
            "huber",
            "cross_entropy",
            "binary_cross_entropy",
            "kl_divergence",
            "hinge",
            "perplexity");

    private final Checking c;
    private final Env env;

    MetricRules(Checking c, Env env) {
        this.c = c;
        this.env = env;
    }

    /** True if more of it is better; a name that ends in {@code _error} or {@code _loss} is better when lower. */
    static boolean higherIsBetter(String name) {
        return !LOWER.contains(name) && !name.endsWith("_error") && !name.endsWith("_loss");
    }

    /** The function that a metric calls. */
    static Optional<Expr.Name> name(Expr metric) {
        return switch (metric) {
            case Expr.Call call when call.callee() instanceof Expr.Name n -> Optional.of(n);
            case Expr.Pipe p ->
                switch (p.stages().getLast().function()) {
                    case Expr.Name n -> Optional.of(n);
                    case Expr.Call call when call.callee() instanceof Expr.Name n -> Optional.of(n);
                    case Expr other -> Optional.empty();
                };
            case Expr other -> Optional.empty();
        };
    }

    /** The names of a section's metrics, and {@code loss}. */
    static List<String> names(Decl.Train train) {
        var names = new ArrayList<String>();
        names.add("loss");
        for (TrainItem item : train.items()) {
            if (item instanceof TrainItem.Metric m) {
                m.metrics().forEach(e -> name(e).ifPresent(n -> names.add(n.name())));
            }
        }
        return names;
    }

    List<TypedTrain.Metric> metrics(TrainItem.Metric item, List<TypedTrain.Metric> before) {
        var made = new ArrayList<TypedTrain.Metric>();
        for (Expr metric : item.metrics()) {
            metric(metric, before, made).ifPresent(made::add);
        }
        return made;
    }

    private Optional<TypedTrain.Metric> metric(
            Expr metric, List<TypedTrain.Metric> before, List<TypedTrain.Metric> here) {
        Optional<Expr.Name> name = name(metric);
        if (name.isEmpty()) {
            c.report(Diagnostic.error("NND0511", metric.span(), "a metric is a call, which gives it its name")
                    .help("such as `accuracy(net(image), label)`; write a `fn` for a formula of your own"));
            return Optional.empty();
        }
        boolean unknown = env.scope().find(name.get().name()).isEmpty()
                && env.home().find(name.get().name()).isEmpty()
                && Builtins.named(name.get().name()).isEmpty();
        if (unknown) {
            c.report(unknown(name.get()));
            return Optional.empty();
        }
        Val value = c.expressions().eval(metric, env);
        if (value instanceof Val.Poison) {
            return Optional.empty();
        }
        if (!(value instanceof Val.Tensor t)
                || !t.type().dtype().isFloat()
                || t.type().rank() > 0) {
            c.report(Diagnostic.error(
                    "NND0511", metric.span(), "a metric is one float number, and this is " + Val.describe(value)));
            return Optional.empty();
        }
        Optional<TypedTrain.Metric> first = before.stream()
                .filter(m -> m.name().equals(name.get().name()))
                .findFirst()
                .or(() -> here.stream()
                        .filter(m -> m.name().equals(name.get().name()))
                        .findFirst());
        if (first.isPresent() || name.get().name().equals("loss")) {
            Diagnostic error = Diagnostic.error(
                    "NND0517",
                    metric.span(),
                    "there are two metrics named `" + name.get().name() + "`");
            c.report(first.isPresent() ? error.label(first.get().span(), "the first is here") : error);
            return Optional.empty();
        }
        String word = name.get().name();
        var shared = env.body().share(Optional.of(word), t.expr());
        return Optional.of(new TypedTrain.Metric(word, shared, higherIsBetter(word), metric.span()));
    }

    private Diagnostic unknown(Expr.Name name) {
        if (Unsupported.isKnown(name.name())) {
            return Unsupported.error(name.name(), name.span());
        }
        var known = env.home().names(d -> d instanceof Decl.Function);
        return Expressions.suggest(
                Diagnostic.error("NND0525", name.span(), "there is no metric `" + name.name() + "`"),
                name.span(),
                Nearest.to(name.name(), known));
    }
}
