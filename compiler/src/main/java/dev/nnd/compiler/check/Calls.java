package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.TypeExpr;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Calls of functions, whose bodies are expanded at the place of the call, and of layers. */
final class Calls {

    private final Checking c;
    private final Deque<Decl.Function> active = new ArrayDeque<>();
    private final Set<Decl.Function> reached = Collections.newSetFromMap(new IdentityHashMap<>());

    Calls(Checking c) {
        this.c = c;
    }

    /** True if the body was expanded in some call. */
    boolean reached(Decl.Function fn) {
        return reached.contains(fn);
    }

    /** A call as written; {@code piped} values come before its own arguments. */
    Val call(Expr.Call call, List<Arguments.Given> piped, Env env) {
        if (c.indexing().isPattern(call.callee(), env)) {
            return c.indexing().pattern(call.callee(), piped, call.arguments(), new At(call.span(), env));
        }
        Val callee = c.expressions().eval(call.callee(), env);
        var at = new At(call.span(), env);
        return switch (callee) {
            case Val.Function f -> function(f.ref(), piped, call.arguments(), at);
            case Val.BlockName b -> made(b, call, at);
            case Val.Instance i -> c.layers().call(i, inputs(piped, call.arguments(), env), at);
            case Val.Made m -> c.layers().callNew(m, Optional.empty(), inputs(piped, call.arguments(), env), at);
            case Val.Poison p -> evaluateOnly(call, env);
            case Val other -> {
                evaluateOnly(call, env);
                yield c.fail(
                        Diagnostic.error("NND0207", call.callee().span(), Val.describe(other) + " cannot be called"));
            }
        };
    }

    private Val evaluateOnly(Expr.Call call, Env env) {
        call.arguments().forEach(a -> c.expressions().eval(a.value(), env));
        return Val.POISON;
    }

    /** Values in order: those before {@code ->}, then the arguments, none of which has a name. */
    List<Arguments.Given> inputs(List<Arguments.Given> piped, List<Expr.Argument> arguments, Env env) {
        var inputs = new ArrayList<>(piped);
        for (Expr.Argument argument : arguments) {
            argument.name()
                    .ifPresent(n -> c.report(Diagnostic.error(
                            "NND0201", n.span(), "the inputs of a layer are given in order, without names")));
            inputs.add(new Arguments.Given(c.expressions().eval(argument.value(), env), argument.span()));
        }
        return inputs;
    }

    private Val made(Val.BlockName block, Expr.Call call, At at) {
        Optional<Val.BlockUse> use = c.uses().use(block, call.arguments(), at);
        return use.isPresent() ? new Val.Made(use.get(), call.span()) : Val.POISON;
    }

    /** A function applied. */
    Val function(Val.FunctionRef ref, List<Arguments.Given> piped, List<Expr.Argument> arguments, At at) {
        return switch (ref) {
            case Val.FunctionRef.BuiltIn b -> builtin(b.builtin(), piped, arguments, at);
            case Val.FunctionRef.Declared d -> declared(d, piped, arguments, at);
            case Val.FunctionRef.HandedOver h -> c.functionTypes().call(h, piped, arguments, at);
        };
    }

    private Val builtin(Builtin builtin, List<Arguments.Given> piped, List<Expr.Argument> arguments, At at) {
        if (builtin.rule().isEmpty()) {
            return c.fail(
                    Diagnostic.error("NND0205", at.span(), "`" + builtin.name() + "` takes its argument in brackets")
                            .help("write `" + builtin.example() + "`"));
        }
        var matched = builtin.variadic()
                ? c.arguments().gathered("`" + builtin.name() + "`", builtin.slots(), piped, arguments, at)
                : c.arguments().match("`" + builtin.name() + "`", builtin.slots(), piped, arguments, at);
        for (Arguments.Slot slot : builtin.slots()) {
            boolean none = matched.get(slot.name())
                    .filter(g -> g.value() instanceof Val.None)
                    .isPresent();
            if (none && !slot.required()) {
                matched.values().remove(slot.name());
            }
        }
        boolean poisoned = matched.values().values().stream().anyMatch(g -> g.value() instanceof Val.Poison);
        if (!matched.ok() || poisoned) {
            return Val.POISON;
        }
        return builtin.rule().get().apply(new BuiltinCall(c, builtin.name(), matched, at));
    }

    private Val declared(
            Val.FunctionRef.Declared ref, List<Arguments.Given> piped, List<Expr.Argument> arguments, At at) {
        Decl.Function fn = ref.declaration();
        String what = "`" + fn.name().name() + "`";
        var matched = c.arguments().match(what, Arguments.slots(fn.parameters()), piped, arguments, at);
        if (!matched.ok()) {
            return Val.POISON;
        }
        if (!c.goOn(at.span())) {
            return Val.POISON;
        }
        if (active.contains(fn)) {
            return c.fail(Diagnostic.error("NND0116", at.span(), "the function " + what + " calls itself")
                    .label(fn.name().span(), "declared here")
                    .note("functions are expanded where they are called, so they cannot be recursive"));
        }
        if (!c.enter(at.span(), what)) {
            return Val.POISON;
        }
        active.push(fn);
        reached.add(fn);
        try {
            return c.problems().within(at.span(), what, () -> expand(ref, matched, at));
        } finally {
            active.pop();
            c.leave();
        }
    }

    private Val expand(Val.FunctionRef.Declared ref, Arguments.Matched matched, At at) {
        Decl.Function fn = ref.declaration();
        var scope = new Scope(null);
        var inner = new Env(ref.home(), scope, at.env().body(), true);
        var tensors = new LinkedHashMap<String, Signatures.Actual>();
        boolean ok = true;
        for (Decl.Parameter parameter : fn.parameters()) {
            ok &= parameter(fn, parameter, matched, scope, tensors, new At(at.span(), inner));
        }
        if (!ok) {
            return Val.POISON;
        }
        String what = "`" + fn.name().name() + "`";
        if (!c.signatures().unify(what, tensors, new At(at.span(), inner))) {
            return Val.POISON;
        }
        Val result = c.results().of(fn, new Env(ref.home(), new Scope(scope), inner.body(), true));
        return switch (result) {
            case Val.Tensor t -> settled(t, tensors, at);
            case Val.Outputs o ->
                new Val.Outputs(
                        o.of(),
                        o.names(),
                        o.values().stream().map(v -> settled(v, tensors, at)).toList());
            case Val other -> other;
        };
    }

    /** In the caller's words: the value was made by this call. */
    private Val.Tensor settled(Val.Tensor result, Map<String, Signatures.Actual> inputs, At at) {
        if (inputs.isEmpty() || !result.trace().span().equals(c.problems().place(at.span()))) {
            return result;
        }
        Val.Tensor first = inputs.values().iterator().next().value();
        return result.with(
                c.trace(first, result.type(), at.span(), result.trace().derivation()));
    }

    private boolean parameter(
            Decl.Function fn,
            Decl.Parameter parameter,
            Arguments.Matched matched,
            Scope scope,
            Map<String, Signatures.Actual> tensors,
            At at) {
        String name = parameter.name().name();
        String what = "`" + name + "` of `" + fn.name().name() + "`";
        Optional<Arguments.Given> given = matched.get(name);
        Val value = given.isPresent()
                ? given.get().value()
                : c.expressions().eval(parameter.defaultValue().orElseThrow(), at.env());
        Span span = given.map(Arguments.Given::span).orElse(parameter.span());
        if (!Kinds.isTensor(parameter.type())) {
            Optional<Constant> constant = c.kinds().fit(value, parameter.type(), what, span);
            Val fitted = constant.map(c::value).orElse(Val.POISON);
            fitted = FunctionTypes.typed(fitted, parameter, at.env().home(), scope);
            scope.define(name, Scope.Kind.PARAMETER, parameter.name().span(), fitted);
            return constant.isPresent() || (c.generic() && value instanceof Val.Poison);
        }
        Optional<Val.Tensor> tensor = tensor(value, parameter.type(), what, new At(span, at.env()));
        if (tensor.isEmpty()) {
            return false;
        }
        Val.Tensor shared = tensor.get()
                .with(at.env().body().share(Optional.empty(), tensor.get().expr()));
        scope.define(name, Scope.Kind.INPUT, parameter.name().span(), shared);
        tensors.put(name, new Signatures.Actual(parameter.type(), shared, span, parameter.span()));
        return true;
    }

    /** A tensor for a function's parameter; a number becomes a scalar. */
    private Optional<Val.Tensor> tensor(Val value, TypeExpr type, String what, At at) {
        return switch (value) {
            case Val.Tensor t -> Optional.of(t);
            case Val.Poison p -> Optional.empty();
            case Val.Const k
            when ConstantFolding.number(k.value()).isPresent() ->
                c.arithmetic().number(k.value(), scalarType(type), at);
            case Val other -> {
                Diagnostic error = Diagnostic.error(
                        "NND0205", at.span(), what + " takes " + Kinds.describe(type) + ", got " + Val.describe(other));
                c.report(other instanceof Val.Outputs o ? Arithmetic.several(error, o) : error);
                yield Optional.empty();
            }
        };
    }

    private static DType scalarType(TypeExpr type) {
        return type instanceof TypeExpr.Tensor t ? DType.named(t.dtype().name()).orElse(DType.F32) : DType.F32;
    }

    /** Checks a function of the file that nothing in it calls: with inputs as its signature says. */
    void checkGenerically(Decl.Function fn, FileScope home) {
        var body = new Body(fn.span().file());
        var scope = new Scope(null);
        var env = new Env(home, scope, body, true);
        c.generic(true);
        for (Decl.Parameter parameter : fn.parameters()) {
            Val value = Val.POISON;
            if (Kinds.isTensor(parameter.type())) {
                c.signatures().declareDims(parameter.type(), scope);
                Optional<TensorType> type = anyTensor(parameter.type())
                        ? Optional.empty()
                        : c.types().tensor(parameter.type(), env);
                value = type.<Val>map(t -> Signatures.input(parameter.name(), parameter.span(), t))
                        .orElse(Val.POISON);
            } else {
                value = c.blocks().genericValue(parameter);
            }
            scope.define(
                    parameter.name().name(),
                    Scope.Kind.PARAMETER,
                    parameter.name().span(),
                    value);
        }
        c.results().of(fn, new Env(home, new Scope(scope), body, true));
        c.generic(false);
    }

    static boolean anyTensor(TypeExpr type) {
        return type instanceof TypeExpr.Named n && n.name().name().equals(Types.ANY);
    }
}
