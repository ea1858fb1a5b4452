package dev.nnd.compiler.check;

import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.Primitive;
import dev.nnd.grammar.Diagnostic;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Shape rule of {@code matmul}: [..., m, k] x [..., k, n] to [..., m, n], leading dims broadcast. */
final class MatmulRule {

    private MatmulRule() {}

    static Val apply(BuiltinCall call) {
        Optional<Val.Tensor> a = call.tensor("a");
        Optional<Val.Tensor> b = call.tensor("b");
        return a.isPresent() && b.isPresent() ? apply(a.get(), b.get(), call) : Val.POISON;
    }

    private static Val apply(Val.Tensor a, Val.Tensor b, BuiltinCall call) {
        TensorType left = a.type();
        TensorType right = b.type();
        if (left.rank() < 2 || right.rank() < 2) {
            return call.fail(b.trace()
                    .mark(a.trace()
                            .mark(call.error(
                                    "NND0321",
                                    "`matmul` needs at least 2 dims on both sides, got " + left + " and " + right))));
        }
        if (left.dtype() != right.dtype() || !left.dtype().isFloat()) {
            return call.fail(b.trace()
                    .mark(a.trace()
                            .mark(call.error(
                                    "NND0305",
                                    "`matmul` needs one float dtype on both sides, got " + left + " and " + right))));
        }
        Dim inner = left.dim(-1);
        if (!call.c().same(inner, right.dim(-2))) {
            return inner(a, b, call);
        }
        Optional<List<Dim>> leading = leading(a, b, call);
        if (leading.isEmpty()) {
            return Val.POISON;
        }
        var dims = new ArrayList<>(leading.get());
        dims.add(left.dim(-2));
        dims.add(right.dim(-1));
        return call.c().apply(Primitive.MATMUL, List.of(a, b), List.of(), left.withDims(dims), call.at());
    }

    private static Val inner(Val.Tensor a, Val.Tensor b, BuiltinCall call) {
        Dim left = a.type().dim(-1);
        Dim right = b.type().dim(-2);
        Diagnostic error = b.trace()
                .mark(a.trace()
                        .mark(call.error(
                                "NND0304",
                                "inner dimensions differ in `matmul`: " + left + " on the left, " + right
                                        + " on the right")))
                .note("the left side is " + a.type() + ", the right side is " + b.type());
        if (b.type().dim(-1).equals(left)) {
            error = error.help("did you mean `matmul(..., transpose(...))`? The right side's last dim is " + left);
        }
        return call.fail(call.c().dims().unequal(error, left, right));
    }

    private static Optional<List<Dim>> leading(Val.Tensor a, Val.Tensor b, BuiltinCall call) {
        List<Dim> left = a.type().dims().subList(0, a.type().rank() - 2);
        List<Dim> right = b.type().dims().subList(0, b.type().rank() - 2);
        if (right.isEmpty()) {
            return Optional.of(left);
        }
        return call.c()
                .arithmetic()
                .broadcasting()
                .together(List.of(head(a, left), head(b, right)), "`matmul`", call.at());
    }

    private static Val.Tensor head(Val.Tensor whole, List<Dim> dims) {
        return new Val.Tensor(
                new dev.nnd.compiler.typed.TypedExpr.Input(
                        "leading", whole.type().withDims(dims), whole.expr().span()),
                whole.trace());
    }
}
