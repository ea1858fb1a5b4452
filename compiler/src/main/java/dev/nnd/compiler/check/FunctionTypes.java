package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.TypeExpr;
import dev.nnd.compiler.type.Constant;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Parameters of a function type, {@code fn(f32[N, D]) -> f32[N]}. What is handed over for one is tried with inputs of any
 * dims that the type allows; each call in the body is compared with the type again, with the dims that it has there.
 */
final class FunctionTypes {

    /** How many dims {@code ...} may stand for in a trial, likeliest first; one that works will do. */
    private static final List<Integer> RESTS = List.of(2, 1, 3, 4, 5);

    /** A function or layer and the type that it was tried for. */
    private record Pair(Constant handed, Span type) {}

    private final Checking c;
    private final Map<Pair, Optional<FunctionTrial.Failure>> tried;

    FunctionTypes(Checking c) {
        this.c = c;
        this.tried = new HashMap<>();
    }

    /** Shares what is known with another one. */
    FunctionTypes(Checking c, FunctionTypes other) {
        this.c = c;
        this.tried = other.tried;
    }

    /** The value of a parameter as the body sees it: a function keeps the type that it was handed over for. */
    static Val typed(Val value, Decl.Parameter parameter, FileScope home, Scope scope) {
        if (!(value instanceof Val.Function f) || !(parameter.type() instanceof TypeExpr.Function type)) {
            return value;
        }
        var known = new Scope(null);
        for (String name : scope.names()) {
            scope.find(name)
                    .filter(e -> e.kind() == Scope.Kind.PARAMETER)
                    .ifPresent(e -> known.define(name, Scope.Kind.PARAMETER, e.span(), e.value()));
        }
        var ref =
                new Val.FunctionRef.HandedOver(f.ref().plain(), parameter.name().name(), type, home, known);
        return new Val.Function(ref);
    }

    /** What is wrong with a function or layer for that type; other values are not looked at. */
    Optional<Diagnostic> mismatch(Val value, TypeExpr.Function type, String what, Span span) {
        Optional<List<Arguments.Slot>> slots = slots(value);
        if (slots.isEmpty()) {
            return Optional.empty();
        }
        String name = value instanceof Val.Function f
                ? f.ref().name()
                : ((Val.Made) value).use().name();
        long needed = slots.get().stream().filter(Arguments.Slot::required).count();
        int given = type.parameters().size();
        if (given < needed || given > slots.get().size()) {
            return Optional.of(arity(name, needed, type, what, span));
        }
        Constant handed = value instanceof Val.Function f ? c.constant(f.ref()) : c.constant(((Val.Made) value).use());
        var pair = new Pair(handed, type.span());
        if (!tried.containsKey(pair)) {
            // A function that is handed over to itself fits if all else does.
            tried.put(pair, Optional.empty());
            tried.put(pair, failure(value, type, span));
        }
        return tried.get(pair).map(f -> unfit(value, name, f, type, what, span));
    }

    /** What a function or layer takes; empty for other values. */
    static Optional<List<Arguments.Slot>> slots(Val value) {
        return switch (value) {
            case Val.Function f ->
                Optional.of(
                        switch (f.ref().plain()) {
                            case Val.FunctionRef.Declared d ->
                                Arguments.slots(d.declaration().parameters());
                            case Val.FunctionRef.BuiltIn b -> b.builtin().slots();
                            case Val.FunctionRef.HandedOver h -> List.<Arguments.Slot>of();
                        });
            case Val.Made m ->
                Optional.of(Blocks.inputs(m.use().declaration()).stream()
                        .map(i -> new Arguments.Slot(
                                i.name().name(), i.otherwise().isEmpty()))
                        .toList());
            case Val other -> Optional.empty();
        };
    }

    private static Diagnostic arity(String name, long needed, TypeExpr.Function type, String what, Span span) {
        int given = type.parameters().size();
        String values = given + (given == 1 ? " value" : " values");
        return Diagnostic.error(
                        "NND0260",
                        span,
                        what + " takes a function of " + values + ", and `" + name + "` needs " + needed)
                .label(type.span(), "the type is here")
                .help("write a `fn` of " + values + " that calls `" + name + "`, and hand that over");
    }

    private static Diagnostic unfit(
            Val value, String name, FunctionTrial.Failure failure, TypeExpr.Function type, String what, Span span) {
        Diagnostic error = Diagnostic.error(
                        "NND0243",
                        span,
                        what + " takes " + type.span().text() + ", but `" + name + "` " + failure.message())
                .label(type.span(), "the type is here");
        Optional<Span> declared = switch (value) {
            case Val.Function f
            when f.ref().plain() instanceof Val.FunctionRef.Declared d ->
                Optional.of(d.declaration().name().span());
            case Val.Made m -> Optional.of(m.use().declaration().name().span());
            case Val other -> Optional.empty();
        };
        if (declared.isPresent()) {
            error = error.label(declared.get(), "`" + name + "` is declared here");
        }
        return failure.place().isPresent() ? error.label(failure.place().get(), "it shows here") : error;
    }

    private Optional<FunctionTrial.Failure> failure(Val value, TypeExpr.Function type, Span span) {
        Optional<FunctionTrial.Failure> first = Optional.empty();
        for (int rest : hasRest(type) ? RESTS : List.of(0)) {
            Optional<FunctionTrial.Failure> failure = new FunctionTrial(c.beside(), rest, span).of(value, type);
            if (failure.isEmpty()) {
                return failure;
            }
            first = first.isPresent() ? first : failure;
        }
        return first;
    }

    private static boolean hasRest(TypeExpr.Function type) {
        return type.parameters().stream()
                .anyMatch(p ->
                        p instanceof TypeExpr.Tensor t && t.dims().stream().anyMatch(d -> d instanceof Expr.Ellipsis));
    }

    /** A call of what was handed over, compared with the type. */
    Val call(Val.FunctionRef.HandedOver handed, List<Arguments.Given> piped, List<Expr.Argument> arguments, At at) {
        TypeExpr.Function type = handed.type();
        List<Expr.Argument> unnamed =
                arguments.stream().filter(a -> a.name().isEmpty()).toList();
        List<Expr.Argument> named =
                arguments.stream().filter(a -> a.name().isPresent()).toList();
        List<Arguments.Given> values = c.calls().inputs(piped, unnamed, at.env());
        String what = "`" + handed.parameter() + "`";
        if (values.size() != type.parameters().size()) {
            return c.fail(Diagnostic.error(
                            "NND0260",
                            at.span(),
                            what + " is a function of "
                                    + count(type.parameters().size()) + ", and is called with " + values.size())
                    .label(type.span(), "the type is here"));
        }
        var env = new Env(
                handed.home(),
                new Scope(handed.scope()),
                at.env().body(),
                at.env().pure());
        if (!fits(handed, values, new At(at.span(), env))) {
            return Val.POISON;
        }
        int before = c.problems().errors();
        Val result = c.calls().function(handed.function(), values, named, at);
        if (type.result().isEmpty()
                || result instanceof Val.Poison
                || c.problems().errors() > before) {
            return result;
        }
        Optional<String> differs = ResultTypes.differs(c, result, type.result().get(), env);
        if (differs.isEmpty()) {
            return result;
        }
        Diagnostic error = Diagnostic.error(
                        "NND0243",
                        at.span(),
                        what + " is " + type.span().text() + ", but `" + handed.name() + "` " + differs.get())
                .label(type.span(), "the type is here");
        Diagnostic marked = result instanceof Val.Tensor t ? t.trace().mark(error) : error;
        return c.fail(
                handed.function() instanceof Val.FunctionRef.Declared d
                        ? marked.label(d.declaration().name().span(), "`" + handed.name() + "` is declared here")
                        : marked);
    }

    private boolean fits(Val.FunctionRef.HandedOver handed, List<Arguments.Given> values, At at) {
        List<Arguments.Slot> slots = slots(new Val.Function(handed)).orElse(List.of());
        var tensors = new LinkedHashMap<String, Signatures.Actual>();
        for (int i = 0; i < values.size(); i++) {
            TypeExpr declared = handed.type().parameters().get(i);
            if (values.get(i).value() instanceof Val.Tensor t && Kinds.isTensor(declared)) {
                String name = i < slots.size() ? slots.get(i).name() : "value " + (i + 1);
                tensors.put(
                        name, new Signatures.Actual(declared, t, values.get(i).span(), declared.span()));
            }
        }
        return c.signatures().unify("`" + handed.parameter() + "`", tensors, at);
    }

    private static String count(int values) {
        return values + (values == 1 ? " value" : " values");
    }
}
