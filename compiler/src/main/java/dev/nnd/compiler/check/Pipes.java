package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.Ident;
import dev.nnd.compiler.type.Constant;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code value -> stage -> stage}. */
final class Pipes {

    private static final long MOST_REPEATS = 10_000;

    private final Checking c;

    Pipes(Checking c) {
        this.c = c;
    }

    Val pipe(Expr.Pipe pipe, Env env) {
        Val value = c.expressions().eval(pipe.value(), env);
        for (Expr.Stage stage : pipe.stages()) {
            value = c.recorder().stage(stage.span(), repeated(pipe, stage, value, env));
        }
        return value;
    }

    private Val repeated(Expr.Pipe pipe, Expr.Stage stage, Val value, Env env) {
        if (stage.repeat().isEmpty()) {
            return stage(stage, value, env);
        }
        Expr repeat = stage.repeat().get();
        Val factor = c.expressions().eval(repeat, env);
        if (factor instanceof Val.Tensor || factor instanceof Val.Const(Constant.Float _)) {
            return factor(pipe, stage, factor);
        }
        Optional<Long> count = factor instanceof Val.Poison
                ? Optional.empty()
                : c.expressions().constant(repeat, env, "a repeat count");
        if (count.isEmpty()) {
            stage(stage, value, env);
            return Val.POISON;
        }
        if (count.get() < 0 || count.get() > MOST_REPEATS) {
            return c.fail(Diagnostic.error(
                    "NND0215",
                    stage.repeat().get().span(),
                    "a stage is repeated from 0 to " + MOST_REPEATS + " times, got " + count.get()));
        }
        Val result = value;
        for (long i = 0; i < count.get(); i++) {
            env.body().enter(i);
            result = stage(stage, result, env);
            env.body().leave();
        }
        return result;
    }

    /** A product was meant: `*` behind a stage repeats it, and the pipeline binds more weakly. */
    private Val factor(Expr.Pipe pipe, Expr.Stage stage, Val factor) {
        Span repeat = stage.repeat().orElseThrow().span();
        var before = new Span(
                repeat.file(),
                pipe.value().span().start(),
                stage.function().span().end());
        String product = "put the pipeline in parentheses to multiply what it gives";
        return c.fail(Diagnostic.error("NND0205", repeat, "a repeat count is an int, got " + Val.describe(factor))
                .note("`* n` behind a stage repeats the stage n times")
                .help(product)
                .candidate(product, before, "(" + before.text() + ")"));
    }

    private Val stage(Expr.Stage stage, Val value, Env env) {
        List<Arguments.Given> piped = spread(value, stage.function().span());
        var at = new At(stage.span(), env);
        return switch (stage.function()) {
            case Expr.Name n -> named(n, stage, piped, at);
            case Expr.Call call -> called(call, stage, piped, at);
            case Expr.Index index -> unnamed(stage, c.indexing().stage(index, piped, env));
            case Expr.Rearrange r -> unnamed(stage, c.indexing().pattern(r, piped, List.of(), new At(r.span(), env)));
            case Expr.Einsum e -> unnamed(stage, c.indexing().pattern(e, piped, List.of(), new At(e.span(), env)));
            case Expr.Member m -> applied(c.expressions().eval(m, env), stage, piped, at);
            case Expr other ->
                c.fail(Diagnostic.error(
                        "NND0207",
                        other.span(),
                        "`->` leads to a layer or a function, and `"
                                + other.span().text() + "` is neither"));
        };
    }

    private static List<Arguments.Given> spread(Val value, Span span) {
        var values = new ArrayList<Arguments.Given>();
        switch (value) {
            case Val.Tuple t -> t.items().forEach(i -> values.add(new Arguments.Given(i, span)));
            case Val.Outputs o -> o.values().forEach(i -> values.add(new Arguments.Given(i, span)));
            case Val other -> values.add(new Arguments.Given(other, span));
        }
        return values;
    }

    private Val named(Expr.Name name, Expr.Stage stage, List<Arguments.Given> piped, At at) {
        return applied(c.expressions().eval(name, at.env()), stage, piped, at);
    }

    private Val applied(Val callee, Expr.Stage stage, List<Arguments.Given> piped, At at) {
        return switch (callee) {
            case Val.Function f -> unnamed(stage, c.calls().function(f.ref(), piped, List.of(), at));
            case Val.Instance i -> unnamed(stage, c.layers().call(i, piped, at));
            case Val.BlockName b -> withoutParentheses(b, stage);
            case Val.Made m -> c.layers().callNew(m, stage.name(), piped, at);
            case Val.Poison p -> p;
            case Val other ->
                c.fail(Diagnostic.error(
                        "NND0207",
                        stage.function().span(),
                        "`->` leads to a layer or a function, and this is " + Val.describe(other)));
        };
    }

    private Val withoutParentheses(Val.BlockName block, Expr.Stage stage) {
        String name = block.declaration().name().name();
        Span span = stage.function().span();
        return c.fail(Diagnostic.error("NND0209", span, "the layer `" + name + "` needs parentheses")
                .help("write `" + name + "(...)`; parentheses say that new weights are made")
                .candidate("write `" + name + "()`; parentheses say that new weights are made", span, name + "()"));
    }

    private Val called(Expr.Call call, Expr.Stage stage, List<Arguments.Given> piped, At at) {
        if (call.callee() instanceof Expr.Name n && lowerCaseLayer(n, at.env())) {
            call.arguments().forEach(a -> c.expressions().eval(a.value(), at.env()));
            return Val.POISON;
        }
        Val callee = call.callee() instanceof Expr.Call || c.indexing().isPattern(call.callee(), at.env())
                ? Val.POISON
                : c.expressions().eval(call.callee(), at.env());
        if (callee instanceof Val.BlockName b) {
            Optional<Val.BlockUse> use = c.uses().use(b, call.arguments(), new At(call.span(), at.env()));
            return use.isEmpty()
                    ? Val.POISON
                    : c.layers().callNew(new Val.Made(use.get(), call.span()), stage.name(), piped, at);
        }
        if (callee instanceof Val.Function f) {
            return unnamed(stage, c.calls().function(f.ref(), piped, call.arguments(), new At(call.span(), at.env())));
        }
        return unnamed(stage, c.calls().call(call, piped, at.env()));
    }

    /** {@code dense(10)}: reports it if there is a layer of that name but for the case. */
    private boolean lowerCaseLayer(Expr.Name name, Env env) {
        String text = name.name();
        boolean known = env.scope().find(text).isPresent()
                || env.home().find(text).isPresent()
                || Builtins.named(text).isPresent();
        if (known) {
            return false;
        }
        Optional<String> layer = env.home().names(Checking::isBlock).stream()
                .filter(l -> l.replace("_", "").equalsIgnoreCase(text.replace("_", "")))
                .findFirst();
        layer.ifPresent(l -> c.report(
                Diagnostic.error("NND0111", name.span(), "there is no function `" + text + "`, but a layer `" + l + "`")
                        .help("did you mean `" + l + "`? A capital letter makes weights, a small one is a function")
                        .fix(name.span(), l)));
        return layer.isPresent();
    }

    /** {@code as} names new weights only. */
    private Val unnamed(Expr.Stage stage, Val result) {
        Optional<Ident> name = stage.name();
        if (name.isPresent() && !(result instanceof Val.Poison)) {
            Span span = stage.function().span();
            c.report(Diagnostic.error(
                            "NND0208",
                            name.get().span(),
                            "`as` names a layer, and `"
                                    + stage.function().span().text() + "` makes no weights")
                    .help("name the value with `let " + name.get().name() + " = ...`")
                    .fix(new Span(span.file(), span.end(), name.get().span().end()), ""));
        }
        return result;
    }
}
