package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Ident;
import dev.nnd.compiler.ast.Stmt;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.Initializer;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.TypedBlock;
import dev.nnd.compiler.typed.TypedExpr;
import dev.nnd.grammar.Diagnostic;
import java.util.Optional;

/** Statements that give a body weights: {@code layer}, {@code param} and {@code buffer}. */
final class WeightStatements {

    private final Checking c;
    private final Statements statements;

    WeightStatements(Checking c, Statements statements) {
        this.c = c;
        this.statements = statements;
    }

    void layer(Stmt.Layer layer, Env env) {
        Val value = c.expressions().eval(layer.value(), env);
        Val instance = Val.POISON;
        if (env.pure()) {
            statements.misplaced(layer.span(), "a function cannot have a `layer`, since it has no weights");
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
        statements.define(layer.name(), Scope.Kind.LAYER, instance, env);
    }

    void param(Stmt.Param param, Env env) {
        if (env.pure()) {
            statements.misplaced(
                    param.span(),
                    "a function cannot have a `" + (param.trained() ? "param" : "buffer")
                            + "`, since it has no weights");
            return;
        }
        Optional<TensorType> type = c.types().tensor(param.type(), env);
        Optional<Initializer> init = initializer(param, type, env);
        Ident name = param.name();
        if (type.isEmpty() || init.isEmpty() || c.layers().taken(env.body(), name)) {
            statements.define(name, Scope.Kind.WEIGHT, Val.POISON, env);
            return;
        }
        Dims.fits(type.get());
        String path = env.body().indexed(name.name());
        Initializer settled = InitializerRules.settled(init.get(), type.get().dims());
        env.body().param(new TypedBlock.Param(path, param.doc(), type.get(), settled, param.trained(), param.span()));
        var expr = new TypedExpr.Param(path, type.get(), name.span());
        var trace = Trace.at(c.problems().place(param.span()), "`" + name.name() + "` is " + type.get());
        statements.define(name, Scope.Kind.WEIGHT, new Val.Tensor(expr, trace), env);
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
}
