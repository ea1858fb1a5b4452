package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Ident;
import dev.nnd.compiler.ast.TypeExpr;
import dev.nnd.compiler.ast.Walk;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A call beside the check of what is handed over for a function type.
 *
 * @param c a check of its own, whose findings nobody is told
 * @param rest how many dims {@code ...} stands for
 * @param span where it is handed over
 */
record FunctionTrial(Checking c, int rest, Span span) {

    /** What went wrong, in a sentence after the name of the function, and where. */
    record Failure(String message, Optional<Span> place) {}

    /** Calls it with inputs of any dims that the type allows; says what goes wrong. */
    Optional<Failure> of(Val value, TypeExpr.Function type) {
        var scope = new Scope(null);
        var dims = new ArrayList<Dim>();
        for (int i = 0; i < rest; i++) {
            dims.add(Dim.variable(free(type, i)));
        }
        scope.rest(dims);
        var at = new At(span, new Env(c.library(), scope, new Body(span.file()), false));
        var inputs = new ArrayList<Arguments.Given>();
        for (TypeExpr parameter : type.parameters()) {
            anyDims(parameter, scope);
            Val input = input(parameter, at.env());
            if (input instanceof Val.Poison) {
                return Optional.empty();
            }
            inputs.add(new Arguments.Given(input, span));
        }
        Val result = value instanceof Val.Function f
                ? c.calls().function(f.ref().plain(), inputs, List.of(), at)
                : c.layers().callNew((Val.Made) value, Optional.empty(), inputs, at);
        List<Diagnostic> found = c.problems().sorted();
        if (!found.isEmpty() || c.problems().errors() > 0) {
            return found.stream().findFirst().map(d -> new Failure("fails for such values: " + d.message(), inside(d)));
        }
        return type.result()
                .flatMap(r -> ResultTypes.differs(c, result, r, at.env()))
                .map(m -> new Failure(m, Optional.empty()));
    }

    /** A name for a dim that the type does not use. */
    private static String free(TypeExpr.Function type, int index) {
        String name = String.valueOf((char) ('A' + index));
        return type.span().text().matches("(?s).*\\b" + name + "\\b.*") ? name + index : name;
    }

    /** Where in the function it fails, if that is not where it is handed over. */
    private Optional<Span> inside(Diagnostic found) {
        return Optional.of(found.span()).filter(s -> !s.equals(span));
    }

    private static void anyDims(TypeExpr type, Scope scope) {
        if (type instanceof TypeExpr.Tensor t) {
            t.dims().stream()
                    .flatMap(d -> Walk.names(d).stream())
                    .filter(n -> scope.find(n.name()).isEmpty())
                    .forEach(n -> scope.define(
                            n.name(),
                            Scope.Kind.DIM,
                            n.span(),
                            new Val.Const(new Constant.Int(Dim.variable(n.name())))));
        }
    }

    private Val input(TypeExpr type, Env env) {
        if (type instanceof TypeExpr.Named n && n.name().name().equals("int")) {
            return new Val.Const(new Constant.Int(Dim.anyInt("n")));
        }
        boolean any = Calls.anyTensor(type);
        if (!any && !Kinds.isTensor(type)) {
            return Val.POISON;
        }
        Optional<TensorType> given = any
                ? Optional.of(new TensorType(DType.F32, List.of(Dim.variable("N"), Dim.variable("D"))))
                : c.types().tensor(type, env);
        return given.<Val>map(t -> Signatures.input(new Ident("x", span), span, t))
                .orElse(Val.POISON);
    }
}
