package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.TrainItem;
import dev.nnd.compiler.typed.TypedExpr;
import dev.nnd.compiler.typed.TypedTrain;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.List;
import java.util.Optional;

/** {@code minimize LOSS over MODELS using OPTIMIZER}. */
final class MinimizeRules {

    private final Checking c;
    private final Env env;
    private final TrainModels models;
    private final Length length;
    private final Optional<Span> clipNorm;

    /** Rules of a section; {@code clipNorm} is where it sets {@code clip_norm} for all optimizers. */
    MinimizeRules(Checking c, Env env, TrainModels models, Length length, Optional<Span> clipNorm) {
        this.c = c;
        this.env = env;
        this.models = models;
        this.length = length;
        this.clipNorm = clipNorm;
    }

    /** The statement, if nothing in it is wrong. */
    Optional<TypedTrain.Minimize> minimize(TrainItem.Minimize item) {
        Val value = c.expressions().eval(item.loss(), env);
        Optional<OptimizerRules.Chosen> optimizer = new OptimizerRules(c, env, length).optimizer(item.optimizer());
        List<String> over = item.over().isEmpty() ? models.trainable() : models.over(item.over());
        if (value instanceof Val.Poison || !isScalar(value, item.loss())) {
            return Optional.empty();
        }
        int before = c.problems().errors();
        TypedExpr loss = ((Val.Tensor) value).expr();
        boolean known = MetricRules.streamed(loss, env.body()).isEmpty();
        if (known) {
            gradients(item, loss, over);
        } else {
            streamed(item.loss());
        }
        Optional<Span> clip = optimizer.flatMap(OptimizerRules.Chosen::clipNorm);
        if (clip.isPresent() && clipNorm.isPresent()) {
            c.report(Diagnostic.error("NND0517", clip.get(), "`clip_norm` is given twice")
                    .label(clipNorm.get(), "for the whole section here"));
        }
        if (optimizer.isEmpty() || c.problems().errors() > before) {
            return Optional.empty();
        }
        TypedExpr shared = env.body().share(Optional.of("loss"), loss);
        return Optional.of(new TypedTrain.Minimize(shared, over, models.withWeights(optimizer.get()), item.span()));
    }

    /** Warns of a loss without {@code over} that changes a model which another loss names: that is seldom meant. */
    void overlaps(List<TrainItem.Minimize> items) {
        List<Span> named = items.stream()
                .flatMap(i -> i.over().stream())
                .map(Expr::span)
                .filter(s -> models.trainable().contains(s.text()))
                .toList();
        Optional<Span> twice = named.stream().findFirst();
        List<String> rest = models.trainable().stream()
                .filter(m -> named.stream().noneMatch(s -> s.text().equals(m)))
                .toList();
        if (twice.isEmpty()) {
            return;
        }
        for (TrainItem.Minimize item : items) {
            if (item.over().isEmpty()) {
                Diagnostic warning = Diagnostic.warning(
                                "NND0547",
                                item.loss().span(),
                                "this loss changes every model, `" + twice.get().text()
                                        + "` too, which another loss is for")
                        .label(twice.get(), "named here")
                        .note("to change all of them, name all after `over`");
                c.report(rest.isEmpty() ? warning : over(item, warning, rest));
            }
        }
    }

    private boolean isScalar(Val value, Expr written) {
        if (value instanceof Val.Tensor t
                && t.type().dtype().isFloat()
                && t.type().rank() == 0) {
            return true;
        }
        Span span = written.span();
        String what =
                value instanceof Val.Const ? Val.describe(value) + ", which no weight changes" : Val.describe(value);
        Diagnostic error = Diagnostic.error("NND0510", span, "a loss is one float number, and this is " + what);
        if (value instanceof Val.Tensor t) {
            boolean many = t.type().rank() > 0 && t.type().dtype().isFloat();
            error = t.trace().mark(error);
            c.report(
                    many
                            ? error.help("take the mean: `mean(" + span.text() + ")`")
                                    .fix(span, "mean(" + span.text() + ")")
                            : error);
        } else {
            c.report(value instanceof Val.Outputs o ? Arithmetic.several(error, o) : error);
        }
        return false;
    }

    private void streamed(Expr loss) {
        c.report(Diagnostic.error(
                        "NND0510", loss.span(), "this is computed over all examples, so no batch has a gradient of it")
                .help("minimize a loss, such as `cross_entropy`, and name this with `metric`"));
    }

    private void gradients(TrainItem.Minimize item, TypedExpr loss, List<String> over) {
        var flow = GradientFlow.of(loss, env.body());
        for (String model : over) {
            if (flow.reaches(model)) {
                continue;
            }
            Optional<TypedExpr> cut = flow.cut(model);
            if (cut.isPresent()) {
                stopped(item, model, cut.get(), flow);
            } else {
                unused(item, model, flow);
            }
        }
        if (over.isEmpty() && item.over().isEmpty() && models.names().stream().anyMatch(models::isFrozen)) {
            c.report(Diagnostic.error("NND0528", item.span(), "every model is frozen, so no loss can change anything"));
        }
    }

    private void unused(TrainItem.Minimize item, String model, GradientFlow flow) {
        Diagnostic error = Diagnostic.error(
                        "NND0523", item.loss().span(), "the loss does not use the model `" + model + "`")
                .label(models.declared(model), "declared here");
        List<String> used = models.trainable().stream().filter(flow::reaches).toList();
        c.report(
                item.over().isEmpty() && !used.isEmpty()
                        ? over(item, error, used)
                        : error.help("call it: `" + model + "(...)`"));
    }

    private Diagnostic over(TrainItem.Minimize item, Diagnostic error, List<String> used) {
        String names = String.join(", ", used);
        return error.help("say which models this loss changes: `over " + names + "`")
                .fix(item.loss().span(), item.loss().span().text() + " over " + names);
    }

    private void stopped(TrainItem.Minimize item, String model, TypedExpr cut, GradientFlow flow) {
        Diagnostic error = Diagnostic.error(
                        "NND0526",
                        item.loss().span(),
                        "the gradient of this loss does not reach the model `" + model + "`")
                .label(cut.span(), GradientFlow.reason(cut));
        List<String> used = models.trainable().stream().filter(flow::reaches).toList();
        if (item.over().isEmpty() && !used.isEmpty()) {
            c.report(over(item, error, used));
            return;
        }
        Optional<Expr> named = item.over().stream()
                .filter(e -> e instanceof Expr.Name n && n.name().equals(model))
                .findFirst();
        if (named.isPresent() && used.size() == 1 && item.over().size() == 1) {
            c.report(error.help("this loss changes `" + used.getFirst() + "`")
                    .fix(named.get().span(), used.getFirst()));
            return;
        }
        Optional<Expr.Name> metric =
                MetricRules.name(item.loss()).filter(n -> n.name().contains("accuracy"));
        c.report(metric.map(m -> instead(error, m, item.loss())).orElse(error));
    }

    /** A loss for a metric: by whether there is a score for every class. */
    private Diagnostic instead(Diagnostic error, Expr.Name metric, Expr loss) {
        boolean binary = loss instanceof Expr.Call call
                && call.arguments().size() == 2
                && rank(call.arguments().get(0).value())
                        == rank(call.arguments().get(1).value());
        String name = binary ? "binary_cross_entropy" : "cross_entropy";
        return error.help("`" + metric.name() + "` is for `metric`; minimize `" + name + "`")
                .fix(metric.span(), name);
    }

    private int rank(Expr written) {
        var elsewhere = new Env(env.home(), env.scope(), new Body(env.body().file()), true);
        return c.expressions().eval(written, elsewhere) instanceof Val.Tensor t
                ? t.type().rank()
                : -1;
    }
}
