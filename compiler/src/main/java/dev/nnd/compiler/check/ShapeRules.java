package dev.nnd.compiler.check;

import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.Primitive;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Shape rules of what moves elements without computing: {@code flatten}, {@code transpose}, {@code dim}. */
final class ShapeRules {

    private ShapeRules() {}

    static Val flatten(BuiltinCall call) {
        Optional<Val.Tensor> x = call.tensor("x");
        if (x.isEmpty()) {
            return Val.POISON;
        }
        TensorType type = x.get().type();
        if (type.rank() < 2) {
            return type.rank() == 1
                    ? x.get()
                    : call.fail(
                            x.get().trace().mark(call.error("NND0301", "`flatten` needs a batch dim, got " + type)));
        }
        List<Dim> rest = type.dims().subList(1, type.rank());
        var joined = type.withDims(List.of(type.dim(0), Dim.product(rest)));
        Val.Tensor made = call.c().apply(Primitive.FLATTEN, List.of(x.get()), List.of(), joined, call.at());
        Optional<String> derivation =
                rest.size() > 1 ? Optional.of(Builtins.product(rest) + " = " + joined.dim(1)) : Optional.empty();
        return made.with(call.c().trace(x.get(), joined, call.at().span(), derivation));
    }

    /** {@code transpose(x)}: swaps the last two axes. */
    static Val swapLast(BuiltinCall call) {
        Optional<Val.Tensor> x = call.tensor("x");
        if (x.isEmpty()) {
            return Val.POISON;
        }
        TensorType type = x.get().type();
        if (type.rank() < 2) {
            return call.fail(
                    x.get().trace().mark(call.error("NND0301", "`transpose` needs at least 2 dims, got " + type)));
        }
        var dims = new ArrayList<>(type.dims());
        Collections.swap(dims, dims.size() - 1, dims.size() - 2);
        return call.c().apply(Primitive.TRANSPOSE, List.of(x.get()), List.of(), type.withDims(dims), call.at());
    }

    /** {@code dim(x, axis)}: a dim as an int. */
    static Val dim(BuiltinCall call) {
        Optional<Val.Tensor> x = call.tensor("x");
        Optional<Dim> axis = call.dim("axis");
        if (x.isEmpty() || axis.isEmpty()) {
            return Val.POISON;
        }
        Optional<Integer> index = axis(call.c(), axis.get(), x.get(), call.span("axis"));
        return index.<Val>map(i -> new Val.Const(new Constant.Int(x.get().type().dim(i))))
                .orElse(Val.POISON);
    }

    /** An axis counted from 0; a negative one counts from the end; what is out of range is reported. */
    static Optional<Integer> axis(Checking c, Dim written, Val.Tensor x, Span span) {
        int rank = x.type().rank();
        if (written.constant().isEmpty()) {
            if (!c.generic()) {
                c.report(Diagnostic.error("NND0212", span, "an axis is known at compile time, got " + written));
            }
            return Optional.empty();
        }
        long axis = written.constant().getAsLong();
        if (axis < -rank || axis >= rank) {
            c.report(x.trace()
                    .mark(Diagnostic.error("NND0311", span, "there is no axis " + axis + " in " + x.type()))
                    .help(
                            rank == 0
                                    ? "a scalar has no axes"
                                    : "the axes are 0 to " + (rank - 1) + ", or -" + rank + " to -1 from the end"));
            return Optional.empty();
        }
        return Optional.of((int) (axis < 0 ? axis + rank : axis));
    }
}
