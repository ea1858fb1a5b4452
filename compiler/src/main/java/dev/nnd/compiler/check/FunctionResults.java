package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.Ident;
import dev.nnd.compiler.ast.Stmt;
import dev.nnd.compiler.ast.TypeExpr;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.DType;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a function gives: the value of its one output, or all of its outputs with their names, compared with its result
 * type.
 */
final class FunctionResults {

    /** An output: its name if it was given one, and where its value is. */
    private record Given(Optional<Ident> name, Val value, Expr expr) {}

    private final Checking c;

    FunctionResults(Checking c) {
        this.c = c;
    }

    /** Runs the body and gives its value. */
    Val of(Decl.Function fn, Env env) {
        if (fn.body().isEmpty() || !(fn.body().getLast() instanceof Stmt.Output)) {
            return c.fail(Diagnostic.error(
                    "NND0225", fn.name().span(), "the function `" + fn.name().name() + "` has no output at its end"));
        }
        var outputs = new ArrayList<Given>();
        boolean several =
                fn.body().stream().filter(s -> s instanceof Stmt.Output).count() > 1;
        for (Stmt statement : fn.body()) {
            if (statement instanceof Stmt.Output o) {
                outputs.add(output(o, several, env));
            } else if (!c.statements().run(List.of(statement), env, true)) {
                return Val.POISON;
            }
        }
        return several ? named(fn, outputs, env) : single(fn, outputs.getFirst(), env);
    }

    private Given output(Stmt.Output output, boolean several, Env env) {
        Ident name = Statements.name(output);
        Val value = c.expressions().eval(output.value(), env);
        if (output.type().isPresent()) {
            value = c.statements().annotations().annotated(value, output.type().get(), name, output.value(), env);
        }
        if (several) {
            value = Statements.bound(value, name, env);
        }
        if (several && output.name().isPresent()) {
            c.statements().define(name, Scope.Kind.OUTPUT, value, env);
        }
        boolean hasName = output.name().isPresent() || output.value() instanceof Expr.Name;
        return new Given(hasName ? Optional.of(name) : Optional.empty(), value, output.value());
    }

    private Val single(Decl.Function fn, Given output, Env env) {
        if (fn.result().isEmpty() || output.value() instanceof Val.Poison) {
            return output.value();
        }
        TypeExpr written = fn.result().get();
        Optional<List<Given>> parts = parts(output);
        if (written instanceof TypeExpr.Tuple tuple) {
            return parts.isPresent()
                    ? compared(fn, parts.get(), tuple, false, env)
                    : c.fail(count(fn, "one value, " + Val.describe(output.value()), written.span(), output.expr()));
        }
        return parts.isPresent() && Kinds.isTensor(written)
                ? c.fail(count(fn, parts.get().size() + " values", written.span(), output.expr()))
                : c.statements().annotations().annotated(output.value(), written, fn.name(), output.expr(), env);
    }

    private static Diagnostic count(Decl.Function fn, String given, Span type, Expr expr) {
        return Diagnostic.error(
                        "NND0242",
                        type,
                        "the result of `" + fn.name().name() + "` is declared " + type.text() + ", but it gives "
                                + given)
                .label(expr.span(), "this is what it gives");
    }

    /** The values of a tuple or of a call with several outputs. */
    private static Optional<List<Given>> parts(Given output) {
        var parts = new ArrayList<Given>();
        if (output.value() instanceof Val.Outputs o) {
            for (int i = 0; i < o.values().size(); i++) {
                var name = new Ident(o.names().get(i), output.expr().span());
                parts.add(new Given(Optional.of(name), o.values().get(i), output.expr()));
            }
        } else if (output.value() instanceof Val.Tuple t) {
            for (int i = 0; i < t.items().size(); i++) {
                boolean itself = output.expr() instanceof Expr.Tuple(var items, var s)
                        && items.size() == t.items().size();
                Expr expr = itself ? ((Expr.Tuple) output.expr()).items().get(i) : output.expr();
                parts.add(new Given(Optional.empty(), t.items().get(i), expr));
            }
        } else {
            return Optional.empty();
        }
        return Optional.of(parts);
    }

    private Val named(Decl.Function fn, List<Given> outputs, Env env) {
        for (int i = 0; i < outputs.size(); i++) {
            Given output = outputs.get(i);
            if (output.name().isEmpty() && fn.result().isEmpty()) {
                return c.fail(Diagnostic.error(
                                "NND0242",
                                output.expr().span(),
                                "`" + fn.name().name() + "` has " + outputs.size()
                                        + " outputs, and this one has no name")
                        .help("name each one: `output name = ...`"));
            }
        }
        if (fn.result().isEmpty()) {
            return gathered(fn, outputs, env);
        }
        return fn.result().get() instanceof TypeExpr.Tuple tuple
                ? compared(fn, outputs, tuple, true, env)
                : c.fail(count(
                        fn,
                        outputs.size() + " values",
                        fn.result().get().span(),
                        outputs.get(1).expr()));
    }

    /** Each value against its part of the result type, which may name it; an output that is {@code named} has its name. */
    private Val compared(Decl.Function fn, List<Given> outputs, TypeExpr.Tuple written, boolean named, Env env) {
        if (written.parts().size() != outputs.size()) {
            return c.fail(count(
                    fn,
                    outputs.size() + " values",
                    written.span(),
                    outputs.getLast().expr()));
        }
        var checked = new ArrayList<Given>();
        for (int i = 0; i < outputs.size(); i++) {
            Given output = outputs.get(i);
            TypeExpr.Part part = written.parts().get(i);
            Optional<Ident> name = part.name().or(output::name);
            if (named && part.name().isPresent() && differs(part.name().get(), output)) {
                Ident own = output.name().orElseThrow();
                return c.fail(Diagnostic.error(
                                "NND0242",
                                part.name().get().span(),
                                "output " + (i + 1) + " of `" + fn.name().name() + "` is named `" + own.name()
                                        + "`, and its result type calls it `"
                                        + part.name().get().name() + "`")
                        .label(own.span(), "named here")
                        .candidate(
                                "write `" + own.name() + "`", part.name().get().span(), own.name()));
            }
            Ident called = name.orElse(fn.name());
            Val value = c.statements().annotations().annotated(output.value(), part.type(), called, output.expr(), env);
            checked.add(new Given(name, value, output.expr()));
        }
        return gathered(fn, checked, env);
    }

    /** True for an output that its own statement gives another name. */
    private static boolean differs(Ident written, Given output) {
        return output.name().filter(n -> !n.name().equals(written.name())).isPresent();
    }

    private Val gathered(Decl.Function fn, List<Given> outputs, Env env) {
        if (outputs.stream().anyMatch(o -> o.value() instanceof Val.Poison)) {
            return Val.POISON;
        }
        if (outputs.stream().anyMatch(o -> o.name().isEmpty())) {
            return new Val.Tuple(outputs.stream().map(Given::value).toList());
        }
        var names = new ArrayList<String>();
        var values = new ArrayList<Val.Tensor>();
        for (Given output : outputs) {
            Ident name = output.name().orElseThrow();
            if (names.contains(name.name())) {
                return c.fail(
                        Diagnostic.error("NND0105", name.span(), "there are two outputs named `" + name.name() + "`")
                                .help("name each one: `output name = ...`"));
            }
            Optional<Val.Tensor> value = tensor(output, env);
            if (value.isEmpty()) {
                return Val.POISON;
            }
            names.add(name.name());
            values.add(value.get());
        }
        return new Val.Outputs(fn.name().name(), names, values);
    }

    private Optional<Val.Tensor> tensor(Given output, Env env) {
        if (output.value() instanceof Val.Tensor t) {
            return Optional.of(t);
        }
        if (output.value() instanceof Val.Const(Constant k)
                && ConstantFolding.number(k).isPresent()) {
            return c.arithmetic().number(k, DType.F32, new At(output.expr().span(), env));
        }
        c.report(Diagnostic.error(
                "NND0205", output.expr().span(), "an output is a tensor, got " + Val.describe(output.value())));
        return Optional.empty();
    }
}
