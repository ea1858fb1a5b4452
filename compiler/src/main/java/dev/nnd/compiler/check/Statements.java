package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.Ident;
import dev.nnd.compiler.ast.Stmt;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.typed.TypedBlock;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.List;
import java.util.Optional;

/** Statements of a body, in order. */
final class Statements {

    private final Checking c;
    private final Requirements requirements;
    private final WeightStatements weights;
    private final Annotations annotations;

    Statements(Checking c) {
        this.c = c;
        this.requirements = new Requirements(c);
        this.weights = new WeightStatements(c, this);
        this.annotations = new Annotations(c);
    }

    /**
     * Runs statements; {@code nested} is true inside {@code for} and {@code if}. What follows a {@code require} that
     * does not hold would only give consequences, so that ends the body, and the result is false.
     */
    boolean run(List<Stmt> statements, Env env, boolean nested) {
        for (Stmt statement : statements) {
            if (!goesOn(statement, env, nested)) {
                return false;
            }
        }
        return true;
    }

    private boolean goesOn(Stmt statement, Env env, boolean nested) {
        try {
            return run(statement, env, nested);
        } catch (ArithmeticException tooLarge) {
            c.report(Dims.tooLarge(tooLarge, statement.span()));
            return false;
        }
    }

    /** Checks the budgets of a body that is complete. */
    void budgets(Body body, TypedBlock block) {
        requirements.budgets(body, block);
    }

    private boolean run(Stmt statement, Env env, boolean nested) {
        boolean goesOn = true;
        switch (statement) {
            case Stmt.Input i -> {
                if (nested) {
                    misplaced(i.span(), "an `input` stands at the top of a block");
                }
            }
            case Stmt.Output o
            when env.pure() -> misplaced(o.span(), "an `output` of a function stands at the top of its body");
            case Stmt.Output o -> output(o, env);
            case Stmt.Let l -> let(l, env);
            case Stmt.Unpack u ->
                c.unpacking().unpack(u.names(), value(u.value(), u.names().getFirst(), "let", env), u.value(), env);
            case Stmt.Var v -> variable(v, env);
            case Stmt.Assign a -> assign(a, env);
            case Stmt.Layer l -> weights.layer(l, env);
            case Stmt.Param p -> weights.param(p, env);
            case Stmt.For f -> goesOn = loop(f, env);
            case Stmt.If i -> goesOn = choice(i, env);
            case Stmt.Require r -> goesOn = requirements.holds(r, env);
        }
        return goesOn;
    }

    void misplaced(Span span, String message) {
        c.report(Diagnostic.error("NND0227", span, message));
    }

    /** True if the name can be introduced here; a name in use is reported. */
    boolean fresh(Ident name, Scope.Kind kind, Env env) {
        Optional<Scope.Entry> before = env.scope().find(name.name());
        boolean weightOverParameter = kind == Scope.Kind.WEIGHT
                && before.filter(e -> e.kind() == Scope.Kind.PARAMETER).isPresent();
        if (before.isEmpty() || weightOverParameter) {
            return true;
        }
        Scope.Entry entry = before.get();
        if (entry.span().equals(name.span())) {
            return true;
        }
        Diagnostic error = Diagnostic.error("NND0105", name.span(), "the name `" + name.name() + "` is in use already")
                .label(entry.span(), "it is " + entry.kind().described() + " here");
        boolean rebinds = kind == Scope.Kind.LET || kind == Scope.Kind.VAR;
        c.report(
                rebinds && entry.kind() == Scope.Kind.VAR
                        ? error.help("to change it write `" + name.name() + " = ...` without `" + kind.word() + "`")
                        : error.help("choose another name; a value that changes is a `var`"));
        return false;
    }

    /** Values against the types that are written for them. */
    Annotations annotations() {
        return annotations;
    }

    void define(Ident name, Scope.Kind kind, Val value, Env env) {
        if (fresh(name, kind, env)) {
            env.scope().define(name.name(), kind, name.span(), value);
        }
    }

    private void let(Stmt.Let let, Env env) {
        Val value = value(let.value(), let.name(), "let", env);
        if (let.type().isPresent()) {
            value = annotations.annotated(value, let.type().get(), let.name(), let.value(), env);
        }
        define(let.name(), Scope.Kind.LET, bound(value, let.name(), env), env);
    }

    /** Evaluates; a layer that is not applied is no value. */
    private Val value(Expr expr, Ident name, String word, Env env) {
        Val value = c.expressions().eval(expr, env);
        if (value instanceof Val.Made || value instanceof Val.BlockName) {
            return c.fail(Diagnostic.error(
                            "NND0206",
                            expr.span(),
                            Val.describe(value) + " is not a value, it has to be applied to one")
                    .help("to use it more than once write `layer " + name.name() + " = ...` instead of `" + word
                            + "`"));
        }
        return value;
    }

    /** The value under that name; one that is computed is computed once. */
    static Val bound(Val value, Ident name, Env env) {
        return switch (value) {
            case Val.Tensor t ->
                t.with(env.body().share(env.pure() ? Optional.empty() : Optional.of(name.name()), t.expr()));
            case Val.Tuple t ->
                new Val.Tuple(t.items().stream().map(i -> shared(i, env)).toList());
            case Val other -> other;
        };
    }

    private static Val shared(Val item, Env env) {
        return item instanceof Val.Tensor t ? t.with(env.body().share(Optional.empty(), t.expr())) : item;
    }

    private void variable(Stmt.Var var, Env env) {
        Val value = value(var.value(), var.name(), "var", env);
        define(var.name(), Scope.Kind.VAR, bound(value, var.name(), env), env);
    }

    private void assign(Stmt.Assign assign, Env env) {
        Optional<Scope.Entry> entry = env.scope().find(assign.name().name());
        Val value = value(assign.value(), assign.name(), "var", env);
        if (entry.isEmpty()) {
            Diagnostic error = Diagnostic.error(
                    "NND0115",
                    assign.name().span(),
                    "there is no `var " + assign.name().name() + "` to assign to");
            Optional<String> near = Nearest.to(assign.name().name(), env.scope().names());
            c.report(
                    near.isPresent()
                            ? Expressions.suggest(error, assign.name().span(), near)
                            : error.help(
                                    "introduce it with `var " + assign.name().name() + " = ...`"));
            return;
        }
        if (entry.get().kind() != Scope.Kind.VAR) {
            c.report(Diagnostic.error(
                            "NND0115",
                            assign.name().span(),
                            "`" + assign.name().name() + "` is "
                                    + entry.get().kind().described() + ", only a `var` can be assigned to")
                    .label(entry.get().span(), "declared here")
                    .help("declare it with `var`"));
            return;
        }
        entry.get().rebind(bound(value, assign.name(), env));
    }

    private void output(Stmt.Output output, Env env) {
        Ident name = name(output);
        Val value = value(output.value(), name, "output", env);
        if (output.type().isPresent()) {
            value = annotations.annotated(value, output.type().get(), name, output.value(), env);
        }
        switch (value) {
            case Val.Tensor t -> output(output, name, t, env);
            case Val.Poison p -> {}
            case Val.Outputs o ->
                c.report(Arithmetic.several(
                        Diagnostic.error(
                                "NND0220", output.value().span(), "an output is one tensor, got " + Val.describe(o)),
                        o));
            case Val other ->
                c.report(Diagnostic.error(
                        "NND0205", output.value().span(), "an output is a tensor, got " + Val.describe(other)));
        }
        boolean ownName = output.name().isPresent();
        if (ownName && value instanceof Val.Poison) {
            define(name, Scope.Kind.OUTPUT, Val.POISON, env);
        }
    }

    /** The name of an output: its own, that of the value, or {@code output}. */
    static Ident name(Stmt.Output output) {
        return output.name()
                .orElseGet(() -> output.value() instanceof Expr.Name n
                        ? new Ident(n.name(), n.span())
                        : new Ident("output", output.span()));
    }

    private void output(Stmt.Output output, Ident name, Val.Tensor value, Env env) {
        Optional<TypedBlock.Output> twice = env.body().outputs().stream()
                .filter(o -> o.name().equals(name.name()))
                .findFirst();
        if (twice.isPresent()) {
            c.report(Diagnostic.error("NND0105", name.span(), "there are two outputs named `" + name.name() + "`")
                    .label(twice.get().span(), "the first is here")
                    .help("name each one: `output name = ...`"));
            return;
        }
        Val.Tensor shared = value.with(env.body().share(Optional.of(name.name()), value.expr()));
        if (output.name().isPresent()) {
            define(name, Scope.Kind.OUTPUT, shared, env);
        }
        env.body()
                .output(
                        new TypedBlock.Output(name.name(), output.doc(), value.type(), shared.expr(), output.span()),
                        value.trace().derivation());
    }

    private boolean loop(Stmt.For loop, Env env) {
        Val range = c.expressions().eval(loop.range(), env);
        Optional<List<Val>> items = Lists.items(range, c);
        if (items.isEmpty()) {
            if (!(range instanceof Val.Poison)) {
                c.report(Diagnostic.error(
                                "NND0216",
                                loop.range().span(),
                                "`for` goes over a range or a list, got " + Val.describe(range))
                        .help("write `for " + loop.variable().name()
                                + " in 0..n`; a loop is unrolled at compile time"));
            }
            once(loop, env);
            return true;
        }
        int index = 0;
        for (Val item : items.get()) {
            if (!c.goOn(loop.span())) {
                return true;
            }
            env.body().enter(index++);
            int before = c.problems().errors();
            Env inner = env.inner();
            define(loop.variable(), Scope.Kind.INDEX, item, inner);
            boolean goesOn = run(loop.body(), inner, true);
            env.body().leave();
            if (!goesOn || c.problems().errors() > before) {
                return goesOn;
            }
        }
        return true;
    }

    /** Checks the body of a loop whose range is not known. */
    private void once(Stmt.For loop, Env env) {
        Env inner = env.inner();
        env.body().enter(0);
        Val index = new Val.Const(new Constant.Int(Dim.anyInt(loop.variable().name())));
        define(loop.variable(), Scope.Kind.INDEX, c.generic() ? index : Val.POISON, inner);
        run(loop.body(), inner, true);
        env.body().leave();
    }

    private boolean choice(Stmt.If choice, Env env) {
        Optional<Boolean> condition = c.expressions().condition(choice.condition(), env);
        if (condition.isEmpty()) {
            run(choice.then(), env.inner(), true);
            run(choice.otherwise(), env.inner(), true);
            return true;
        }
        return run(condition.get() ? choice.then() : choice.otherwise(), env.inner(), true);
    }
}
