package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.Ident;
import dev.nnd.compiler.ast.TypeExpr;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.grammar.Diagnostic;
import java.util.Optional;

/** Values against the types that are written for them. */
final class Annotations {

    private final Checking c;

    Annotations(Checking c) {
        this.c = c;
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
}
