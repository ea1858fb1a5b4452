package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.Ident;
import dev.nnd.compiler.ast.Stmt;
import dev.nnd.compiler.ast.TypeExpr;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.Initializer;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.TypedBlock;
import dev.nnd.compiler.typed.TypedExpr;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.List;
import java.util.Optional;

/** Statements of a body, in order. */
final class Statements {

    private final Checking c;
    private final Requirements requirements;

    Statements(Checking c) {
        this.c = c;
        this.requirements = new Requirements(c);
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
            case Stmt.Layer l -> layer(l, env);
            case Stmt.Param p -> param(p, env);
            case Stmt.For f -> goesOn = loop(f, env);
            case Stmt.If i -> goesOn = choice(i, env);
            case Stmt.Require r -> goesOn = requirements.holds(r, env);
        }
        return goesOn;
    }

    private void misplaced(Span span, String message) {
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

    void define(Ident name, Scope.Kind kind, Val value, Env env) {
        if (fresh(name, kind, env)) {
            env.scope().define(name.name(), kind, name.span(), value);
        }
    }

    private void let(Stmt.Let let, Env env) {
        Val value = value(let.value(), let.name(), "let", env);
        if (let.type().isPresent()) {
            value = annotated(value, let.type().get(), let.name(), let.value(), env);
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

    private void layer(Stmt.Layer layer, Env env) {
        Val value = c.expressions().eval(layer.value(), env);
        Val instance = Val.POISON;
        if (env.pure()) {
            misplaced(layer.span(), "a function cannot have a `layer`, since it has no weights");
        } else if (value instanceof Val.Made m) {
            boolean taken = c.layers().taken(env.body(), layer.name());
            instance = taken
                    ? Val.POISON
                    : new Val.Instance(env.body().indexed(layer.name().name()), m.use(), layer.span());
        } else if (!(value instanceof Val.Poison)) {
            c.report(Diagnostic.error(
                            "NND0205", layer.value().span(), "`layer` names new weights, got " + Val.describe(value))
                    .help("write a layer with its arguments, such as `Dense(10)`, or use `let` for a value"));
        }
        define(layer.name(), Scope.Kind.LAYER, instance, env);
    }

    private void param(Stmt.Param param, Env env) {
        if (env.pure()) {
            misplaced(
                    param.span(),
                    "a function cannot have a `" + (param.trained() ? "param" : "buffer")
                            + "`, since it has no weights");
            return;
        }
        Optional<TensorType> type = c.types().tensor(param.type(), env);
        Optional<Initializer> init = initializer(param, type, env);
        Ident name = param.name();
        if (type.isEmpty() || init.isEmpty() || c.layers().taken(env.body(), name)) {
            define(name, Scope.Kind.WEIGHT, Val.POISON, env);
            return;
        }
        Dims.fits(type.get());
        String path = env.body().indexed(name.name());
        Initializer settled = InitializerRules.settled(init.get(), type.get().dims());
        env.body().param(new TypedBlock.Param(path, param.doc(), type.get(), settled, param.trained(), param.span()));
        var expr = new TypedExpr.Param(path, type.get(), name.span());
        var trace = Trace.at(c.problems().place(param.span()), "`" + name.name() + "` is " + type.get());
        define(name, Scope.Kind.WEIGHT, new Val.Tensor(expr, trace), env);
    }

    private Optional<Initializer> initializer(Stmt.Param param, Optional<TensorType> type, Env env) {
        if (param.init().isEmpty()) {
            boolean matrix = param.trained() && type.isPresent() && type.get().rank() >= 2;
            return Optional.of(matrix ? new Initializer.FanUniform(Dim.ZERO, 1) : new Initializer.Fill(0));
        }
        Val value = c.expressions().eval(param.init().get(), env);
        if (value instanceof Val.Const(Constant.Init(Initializer init))) {
            return Optional.of(init);
        }
        if (value instanceof Val.Const(Constant k) && ConstantFolding.number(k).isPresent()) {
            return Optional.of(new Initializer.Fill(ConstantFolding.number(k).getAsDouble()));
        }
        if (!(value instanceof Val.Poison)) {
            c.report(Diagnostic.error(
                            "NND0205",
                            param.init().get().span(),
                            "a `" + (param.trained() ? "param" : "buffer")
                                    + "` starts with an initializer or a number, got " + Val.describe(value))
                    .help("such as `zeros()`, `normal(std: 0.02)` or `fan_uniform()`"));
        }
        return Optional.empty();
    }

    private void output(Stmt.Output output, Env env) {
        Ident name = name(output);
        Val value = value(output.value(), name, "output", env);
        if (output.type().isPresent()) {
            value = annotated(value, output.type().get(), name, output.value(), env);
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

    /** Compares a value with the type written for it. */
    Val annotated(Val value, TypeExpr written, Ident name, Expr expr, Env env) {
        boolean known = value instanceof Val.Const || value instanceof Val.Function;
        if (known && !Kinds.isTensor(written)) {
            return c.kinds()
                    .fit(value, written, "`" + name.name() + "`", expr.span())
                    .map(c::value)
                    .orElse(Val.POISON);
        }
        Optional<TensorType> type = c.types().tensor(written, env);
        if (type.isEmpty() || value instanceof Val.Poison) {
            return Val.POISON;
        }
        if (!(value instanceof Val.Tensor t)) {
            return constant(value, type.get(), name, expr, written);
        }
        if (same(t.type(), type.get())) {
            return t;
        }
        Diagnostic error = Diagnostic.error(
                "NND0306",
                written.span(),
                "`" + name.name() + "` is declared " + type.get() + ", but its value is " + t.type());
        Diagnostic marked = t.trace().mark(error);
        boolean marksValue = marked.labels().stream()
                .anyMatch(l -> l.span().start() >= expr.span().start());
        c.report((marksValue ? marked : marked.label(expr.span(), "this is " + t.type()))
                .candidate(
                        "declare `" + name.name() + ": " + t.type() + "`",
                        written.span(),
                        t.type().toString()));
        return Val.POISON;
    }

    /** A number stands for a scalar of its kind; nothing else without a shape has a tensor's type. */
    private Val constant(Val value, TensorType type, Ident name, Expr expr, TypeExpr written) {
        boolean number = value instanceof Val.Const(Constant k)
                && (k instanceof Constant.Int
                        || (k instanceof Constant.Float && type.dtype().isFloat())
                        || (k instanceof Constant.Bool && type.dtype() == DType.BOOL));
        if (number && type.rank() == 0) {
            return value;
        }
        Diagnostic error = Diagnostic.error(
                        "NND0306",
                        written.span(),
                        "`" + name.name() + "` is declared " + type + ", but its value is " + Val.describe(value))
                .label(expr.span(), "this is the value");
        return c.fail(value instanceof Val.Outputs o ? Arithmetic.several(error, o) : error);
    }

    private boolean same(TensorType a, TensorType b) {
        if (a.dtype() != b.dtype() || a.rank() != b.rank()) {
            return false;
        }
        for (int i = 0; i < a.rank(); i++) {
            if (!c.same(a.dim(i), b.dim(i))) {
                return false;
            }
        }
        return true;
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
