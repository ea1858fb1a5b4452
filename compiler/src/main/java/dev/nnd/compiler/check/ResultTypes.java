package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.TypeExpr;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.TensorType;
import java.util.List;
import java.util.Optional;

/** What a function gives, compared with the result that a function type says. */
final class ResultTypes {

    private ResultTypes() {}

    /** What a result has that its type does not say; names that the inputs have not bound stand for anything. */
    static Optional<String> differs(Checking c, Val result, TypeExpr written, Env env) {
        if (written instanceof TypeExpr.Tuple tuple) {
            return tuple(c, result, tuple, env);
        }
        if (Calls.anyTensor(written)) {
            return result instanceof Val.Tensor || result instanceof Val.Poison
                    ? Optional.empty()
                    : Optional.of("gives " + Val.describe(result));
        }
        if (!Kinds.isTensor(written) || result instanceof Val.Poison || result instanceof Val.Const) {
            return Optional.empty();
        }
        if (!(result instanceof Val.Tensor t)) {
            return Optional.of("gives " + Val.describe(result) + " for the one value "
                    + written.span().text());
        }
        bind(written, t.type(), env.scope());
        Optional<TensorType> wanted = c.types().tensor(written, env);
        if (wanted.isEmpty() || same(c, wanted.get(), t.type())) {
            return Optional.empty();
        }
        String derived =
                wanted.get().toString().equals(written.span().text()) ? "" : ", which is " + wanted.get() + " here";
        return Optional.of("gives " + t.type() + " for " + written.span().text() + derived);
    }

    private static Optional<String> tuple(Checking c, Val result, TypeExpr.Tuple written, Env env) {
        Optional<List<Val>> items =
                result instanceof Val.Outputs o ? Optional.of(List.copyOf(o.values())) : Lists.items(result, c);
        if (result instanceof Val.Poison) {
            return Optional.empty();
        }
        if (items.isEmpty() || items.get().size() != written.parts().size()) {
            return Optional.of(
                    "gives " + Val.describe(result) + " for " + written.span().text());
        }
        for (int i = 0; i < items.get().size(); i++) {
            Optional<String> wrong =
                    differs(c, items.get().get(i), written.parts().get(i).type(), env);
            if (wrong.isPresent()) {
                return wrong;
            }
        }
        return Optional.empty();
    }

    private static void bind(TypeExpr written, TensorType type, Scope scope) {
        boolean aligned = written instanceof TypeExpr.Tensor t
                && t.dims().size() == type.rank()
                && t.dims().stream().noneMatch(d -> d instanceof Expr.Ellipsis);
        if (!aligned) {
            return;
        }
        for (int i = 0; i < type.rank(); i++) {
            if (((TypeExpr.Tensor) written).dims().get(i) instanceof Expr.Name n
                    && scope.find(n.name()).isEmpty()) {
                scope.define(n.name(), Scope.Kind.DIM, n.span(), new Val.Const(new Constant.Int(type.dim(i))));
            }
        }
    }

    private static boolean same(Checking c, TensorType a, TensorType b) {
        boolean same = a.dtype() == b.dtype() && a.rank() == b.rank();
        for (int i = 0; same && i < a.rank(); i++) {
            same = c.same(a.dim(i), b.dim(i));
        }
        return same;
    }
}
