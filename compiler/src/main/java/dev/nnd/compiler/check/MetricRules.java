package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.TrainItem;
import dev.nnd.compiler.typed.TypedBlock;
import dev.nnd.compiler.typed.TypedExpr;
import dev.nnd.compiler.typed.TypedTrain;
import dev.nnd.grammar.Diagnostic;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/** Metrics: calls that give one number per batch, named after the function. */
final class MetricRules {

    private final Checking c;
    private final Env env;
    private final List<Expr> losses;

    /** Rules of a section with these losses. */
    MetricRules(Checking c, Env env, List<Expr> losses) {
        this.c = c;
        this.env = env;
        this.losses = losses;
    }

    /** The function that a metric calls, or the value that it is. */
    static Optional<Expr.Name> name(Expr metric) {
        return switch (metric) {
            case Expr.Name n -> Optional.of(n);
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
        if (value instanceof Val.Function) {
            withoutCall(metric);
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
        List<TypedExpr.Apply> streamed = streamed(t.expr(), env.body());
        boolean whole = streamed.size() == 1 && streamed.getFirst().equals(value(t.expr()));
        if (!streamed.isEmpty() && !whole) {
            c.report(Diagnostic.error(
                            "NND0511",
                            metric.span(),
                            "`" + word + "` computes with what is known only over all examples of a part of the data")
                    .label(streamed.getFirst().span(), "this")
                    .help("name it as a metric of its own"));
            return Optional.empty();
        }
        var kind = whole ? TypedTrain.Aggregation.STREAMING : TypedTrain.Aggregation.MEAN;
        TypedExpr result = whole ? streamed.getFirst() : env.body().share(Optional.of(word), t.expr());
        return Optional.of(new TypedTrain.Metric(
                word, kind, result, new MetricDirection(env).ofMetric(word).orElse(false), metric.span()));
    }

    /** What a reference to a binding stands for. */
    private TypedExpr value(TypedExpr expr) {
        return expr instanceof TypedExpr.Local l && env.body().binding(l.id()) instanceof TypedBlock.Binding.Value v
                ? value(v.value())
                : expr;
    }

    /** The parts of an expression that are computed over all examples of a part of the data and not per batch. */
    static List<TypedExpr.Apply> streamed(TypedExpr expr, Body body) {
        var found = new ArrayList<TypedExpr.Apply>();
        var seen = new HashSet<Integer>();
        var todo = new ArrayDeque<TypedExpr>(List.of(expr));
        while (!todo.isEmpty()) {
            switch (todo.poll()) {
                case TypedExpr.Apply a when a.primitive().text().equals("streaming_metric") -> found.add(a);
                case TypedExpr.Apply a -> todo.addAll(a.operands());
                case TypedExpr.Local l -> {
                    if (seen.add(l.id()) && body.binding(l.id()) instanceof TypedBlock.Binding.Value v) {
                        todo.add(v.value());
                    }
                }
                case TypedExpr other -> {}
            }
        }
        return found;
    }

    /** {@code metric accuracy}: with what the loss is made of. */
    private void withoutCall(Expr metric) {
        Diagnostic error = Diagnostic.error(
                "NND0511",
                metric.span(),
                "a metric is called: `" + metric.span().text() + "` alone says not of what");
        Optional<Expr.Call> loss = losses.stream()
                .filter(l -> l instanceof Expr.Call call && call.arguments().size() >= 2)
                .map(l -> (Expr.Call) l)
                .findFirst();
        if (loss.isEmpty()) {
            c.report(error.help("such as `" + metric.span().text() + "(net(image), label)`"));
            return;
        }
        String call = metric.span().text() + "("
                + loss.get().arguments().get(0).span().text() + ", "
                + loss.get().arguments().get(1).span().text() + ")";
        c.report(error.help("write `" + call + "`").fix(metric.span(), call));
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
