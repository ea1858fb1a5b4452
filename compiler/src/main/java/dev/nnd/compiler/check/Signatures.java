package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.Ident;
import dev.nnd.compiler.ast.TypeExpr;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.TypedExpr;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Matches the inputs of a call to a signature, which binds its dim names. */
final class Signatures {

    /**
     * A value for an input.
     *
     * @param declared the type as written in the signature
     * @param value what is given
     * @param span where it is given
     * @param declaration where the input is declared
     */
    record Actual(TypeExpr declared, Val.Tensor value, Span span, Span declaration) {}

    private final Checking c;

    Signatures(Checking c) {
        this.c = c;
    }

    /** Binds the dims in the scope of {@code at} and compares all; what does not fit is reported where it is given. */
    boolean unify(String what, Map<String, Actual> inputs, At at) {
        boolean ok = true;
        for (var input : inputs.entrySet()) {
            ok &= bind(what, input.getKey(), input.getValue(), at);
        }
        if (!ok) {
            return false;
        }
        var binders = new HashMap<String, String>();
        for (var input : inputs.entrySet()) {
            ok &= compare(what, input.getKey(), input.getValue(), binders, at);
        }
        return ok;
    }

    /** Binds the names that stand alone; reports a wrong dtype or rank. */
    private boolean bind(String what, String name, Actual input, At at) {
        if (!(input.declared() instanceof TypeExpr.Tensor type)) {
            return scalar(what, name, input);
        }
        Optional<DType> dtype = c.types().dtype(type.dtype());
        if (dtype.isEmpty()) {
            return false;
        }
        TensorType given = input.value().type();
        if (dtype.get() != given.dtype()) {
            report(
                    Diagnostic.error(
                            "NND0305",
                            input.span(),
                            "`" + name + "` of " + what + " takes "
                                    + dtype.get().text() + ", got " + given),
                    input,
                    given.dtype() != DType.BOOL && dtype.get().isFloat()
                            ? Optional.of("convert it with `cast[" + dtype.get().text() + "]`")
                            : Optional.empty());
            return false;
        }
        int rest = restIndex(type.dims());
        int fixed = type.dims().size() - (rest < 0 ? 0 : 1);
        if (rest < 0 ? given.rank() != fixed : given.rank() < fixed) {
            wrongRank(what, name, input, type, rest >= 0);
            return false;
        }
        Scope scope = at.env().scope();
        int extra = given.rank() - fixed;
        if (rest >= 0 && scope.rest().isEmpty()) {
            scope.rest(given.dims().subList(rest, rest + extra));
        }
        for (int i = 0; i < type.dims().size(); i++) {
            if (i != rest
                    && type.dims().get(i) instanceof Expr.Name n
                    && scope.find(n.name()).isEmpty()) {
                Dim dim = given.dims().get(i < rest || rest < 0 ? i : i + extra - 1);
                scope.define(n.name(), Scope.Kind.DIM, n.span(), new Val.Const(new Constant.Int(dim)));
            }
        }
        return true;
    }

    private boolean scalar(String what, String name, Actual input) {
        if (!(input.declared() instanceof TypeExpr.Named n) || n.name().name().equals(Types.ANY)) {
            return true;
        }
        Optional<DType> dtype = c.types().dtype(n.name());
        if (dtype.isEmpty()) {
            return false;
        }
        TensorType given = input.value().type();
        if (given.equals(TensorType.scalar(dtype.get()))) {
            return true;
        }
        report(
                Diagnostic.error(
                        given.rank() > 0 ? "NND0301" : "NND0305",
                        input.span(),
                        "`" + name + "` of " + what + " takes the scalar "
                                + dtype.get().text() + ", got " + given),
                input,
                Optional.empty());
        return false;
    }

    private static int restIndex(List<Expr> dims) {
        for (int i = 0; i < dims.size(); i++) {
            if (dims.get(i) instanceof Expr.Ellipsis) {
                return i;
            }
        }
        return -1;
    }

    private void wrongRank(String what, String name, Actual input, TypeExpr.Tensor type, boolean atLeast) {
        TensorType given = input.value().type();
        int wanted = type.dims().size() - (atLeast ? 1 : 0);
        Diagnostic error = Diagnostic.error(
                "NND0301",
                input.span(),
                "`" + name + "` of " + what + " takes " + (atLeast ? "at least " : "") + wanted
                        + (wanted == 1 ? " dim" : " dims") + ", " + type.span().text() + ", got " + given);
        Optional<String> help = given.rank() > wanted && wanted == 2
                ? Optional.of("put `-> flatten` before it to join all dims but the first")
                : Optional.empty();
        report(error, input, help);
    }

    private boolean compare(String what, String name, Actual input, Map<String, String> binders, At at) {
        if (!(input.declared() instanceof TypeExpr.Tensor type)) {
            return true;
        }
        Optional<List<Dim>> wanted =
                c.problems().within(at.span(), what, () -> c.types().dims(type.dims(), at.env()));
        if (wanted.isEmpty()) {
            return false;
        }
        TensorType given = input.value().type();
        if (wanted.get().size() != given.rank()) {
            report(
                    Diagnostic.error(
                            "NND0301",
                            input.span(),
                            "`" + name + "` of " + what + " takes " + given.withDims(wanted.get()) + ", got " + given),
                    input,
                    oneMore(given.dims(), wanted.get()));
            return false;
        }
        for (int i = 0; i < given.rank(); i++) {
            if (!c.same(wanted.get().get(i), given.dim(i))) {
                wrongDim(what, name, input, wanted.get(), i, type, binders);
                return false;
            }
        }
        names(type).forEach(n -> binders.putIfAbsent(n, name));
        return true;
    }

    /** A dim of 1 too many or too few at the end is the usual slip between f32[N] and f32[N, 1]. */
    private static Optional<String> oneMore(List<Dim> given, List<Dim> wanted) {
        if (given.size() == wanted.size() + 1 && given.getLast().is(1)) {
            return Optional.of("`-> squeeze[-1]` drops the last dim");
        }
        return wanted.size() == given.size() + 1 && wanted.getLast().is(1)
                ? Optional.of("`-> unsqueeze[-1]` adds a dim of 1 at the end")
                : Optional.empty();
    }

    private static List<String> names(TypeExpr.Tensor type) {
        return type.dims().stream()
                .filter(d -> d instanceof Expr.Name)
                .map(d -> ((Expr.Name) d).name())
                .toList();
    }

    private void wrongDim(
            String what,
            String name,
            Actual input,
            List<Dim> wanted,
            int index,
            TypeExpr.Tensor type,
            Map<String, String> binders) {
        TensorType given = input.value().type();
        Dim here = given.dim(index);
        Dim there = wanted.get(index);
        Diagnostic error = Diagnostic.error(
                "NND0302",
                input.span(),
                "`" + name + "` of " + what + " takes " + given.withDims(wanted) + ", got " + given + ": " + there
                        + " against " + here + " in dim " + index);
        boolean aligned = type.dims().size() == wanted.size();
        if (aligned && type.dims().get(index) instanceof Expr.Name n && binders.containsKey(n.name())) {
            error = error.note("`" + n.name() + "` is " + there + " from `" + binders.get(n.name()) + "`");
        } else if (aligned && !(type.dims().get(index) instanceof Expr.IntLiteral)) {
            error = error.note("`" + type.dims().get(index).span().text() + "` is " + there + " here");
        }
        report(c.dims().unequal(error, there, here), input, Optional.empty());
    }

    private void report(Diagnostic error, Actual input, Optional<String> help) {
        Diagnostic marked = input.value().trace().mark(error);
        marked = marked.label(input.declaration(), "declared here");
        c.report(help.isPresent() ? marked.help(help.get()) : marked);
    }

    /** Defines every name that stands alone in a type as a dim variable of its own. */
    void declareDims(TypeExpr type, Scope scope) {
        if (!(type instanceof TypeExpr.Tensor t)) {
            return;
        }
        for (Expr dim : t.dims()) {
            if (dim instanceof Expr.Name n && scope.find(n.name()).isEmpty()) {
                scope.define(
                        n.name(), Scope.Kind.DIM, n.span(), new Val.Const(new Constant.Int(Dim.variable(n.name()))));
            }
            if (dim instanceof Expr.Ellipsis && c.generic() && scope.rest().isEmpty()) {
                scope.rest(List.of(Dim.variable("...")));
            }
        }
    }

    /** An input of a body. */
    static Val.Tensor input(Ident name, Span declaration, TensorType type) {
        return new Val.Tensor(
                new TypedExpr.Input(name.name(), type, name.span()),
                Trace.at(declaration, "`" + name.name() + "` is " + type));
    }
}
