package dev.nnd.compiler.check;

import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.DataExpr;
import dev.nnd.compiler.typed.Primitive;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Operators between values of a field: NumPy's broadcasting, and one dtype made of two. */
final class FieldArithmetic {

    private final FieldContext context;

    FieldArithmetic(FieldContext context) {
        this.context = context;
    }

    /** {@code a + b} and the like. */
    Cell binary(Primitive primitive, Cell a, Cell b, Span span) {
        if (a instanceof Cell.Poison || b instanceof Cell.Poison) {
            return Cell.POISON;
        }
        boolean equality = primitive == Primitive.EQUAL || primitive == Primitive.NOT_EQUAL;
        if (a instanceof Cell.Text || b instanceof Cell.Text) {
            return equality ? texts(primitive, a, b, span) : onText(primitive, a, b, span);
        }
        DataExpr left = number(a);
        DataExpr right = number(b);
        if (primitive == Primitive.DIVIDE && right instanceof DataExpr.Number n && n.value() == 0) {
            return fail(Diagnostic.error("NND0214", span, "division by zero"));
        }
        Optional<DType> dtype = dtype(primitive, left, right, span);
        Optional<List<Dim>> dims = together(primitive, left, right, span);
        return dtype.isPresent() && dims.isPresent()
                ? new Cell.Numbers(
                        new DataExpr.Binary(primitive, left, right, new TensorType(dtype.get(), dims.get()), span))
                : Cell.POISON;
    }

    private Cell fail(Diagnostic error) {
        context.c().report(error);
        return Cell.POISON;
    }

    private static DataExpr number(Cell cell) {
        return switch (cell) {
            case Cell.Raw r -> r.number();
            case Cell.Numbers n -> n.expr();
            case Cell.Text t -> t.expr();
            case Cell.Poison p -> throw new IllegalArgumentException("no value");
        };
    }

    /** {@code column("sex") == "female"}. */
    private Cell texts(Primitive primitive, Cell a, Cell b, Span span) {
        Optional<DataExpr> left = text(a);
        Optional<DataExpr> right = text(b);
        return left.isPresent() && right.isPresent()
                ? new Cell.Numbers(
                        new DataExpr.Binary(primitive, left.get(), right.get(), TensorType.scalar(DType.BOOL), span))
                : onText(primitive, a, b, span);
    }

    private static Optional<DataExpr> text(Cell cell) {
        return switch (cell) {
            case Cell.Raw r -> Optional.of(r.text());
            case Cell.Text t -> Optional.of(t.expr());
            case Cell.Numbers n -> Optional.empty();
            case Cell.Poison p -> Optional.empty();
        };
    }

    private Cell onText(Primitive primitive, Cell a, Cell b, Span span) {
        return fail(Diagnostic.error(
                        "NND0422",
                        span,
                        "`" + symbol(primitive) + "` does not work on " + a.describe() + " and " + b.describe())
                .label(number(a).span(), "this is " + a.describe())
                .label(number(b).span(), "this is " + b.describe())
                .help("text can be compared with `==` and `!=`; numbers come of it by `one_hot[...]`, `hash(n)` or"
                        + " `words(...)`"));
    }

    private static String symbol(Primitive primitive) {
        return switch (primitive) {
            case ADD -> "+";
            case SUBTRACT -> "-";
            case MULTIPLY -> "*";
            case DIVIDE -> "/";
            case POWER -> "**";
            default -> primitive.text();
        };
    }

    private Optional<DType> dtype(Primitive primitive, DataExpr left, DataExpr right, Span span) {
        DType a = left.type().dtype();
        DType b = right.type().dtype();
        boolean logic = primitive == Primitive.AND || primitive == Primitive.OR;
        boolean bools = a == DType.BOOL || b == DType.BOOL;
        boolean equality = primitive == Primitive.EQUAL || primitive == Primitive.NOT_EQUAL;
        if (logic ? a != DType.BOOL || b != DType.BOOL : bools && !(equality && a == b)) {
            fail(Diagnostic.error(
                            "NND0422",
                            span,
                            "`" + symbol(primitive) + "` works on " + (logic ? "bool" : "numbers") + ", got "
                                    + left.type() + " and " + right.type())
                    .label(left.span(), "this is " + left.type())
                    .label(right.span(), "this is " + right.type())
                    .help(logic ? "compare first, such as `x > 0`" : "`-> cast[f32]` makes 0 and 1 of truth values"));
            return Optional.empty();
        }
        return Optional.of(
                switch (primitive) {
                    case AND, OR, EQUAL, NOT_EQUAL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL -> DType.BOOL;
                    case ADD, SUBTRACT, MULTIPLY, MINIMUM, MAXIMUM -> common(left, right);
                    default -> real(a, b);
                });
    }

    /** Integers stay integers; all else counts in f32, or in f64 if one side does. */
    private static DType common(DataExpr left, DataExpr right) {
        DType a = whole(left);
        DType b = whole(right);
        if (a == DType.U8 && isId(b)) {
            return b;
        }
        if (b == DType.U8 && isId(a)) {
            return a;
        }
        return isId(a) && isId(b) ? (a == DType.I64 || b == DType.I64 ? DType.I64 : DType.I32) : real(a, b);
    }

    private static boolean isId(DType dtype) {
        return dtype == DType.I32 || dtype == DType.I64;
    }

    /** A whole number as written fits any integers; u8 stands for that. */
    private static DType whole(DataExpr expr) {
        boolean fits = expr instanceof DataExpr.Number n && n.value() == Math.rint(n.value());
        return fits
                ? DType.U8
                : expr.type().dtype() == DType.U8 ? DType.F32 : expr.type().dtype();
    }

    private static DType real(DType a, DType b) {
        return a == DType.F64 || b == DType.F64 ? DType.F64 : DType.F32;
    }

    private Optional<List<Dim>> together(Primitive primitive, DataExpr left, DataExpr right, Span span) {
        TensorType a = left.type();
        TensorType b = right.type();
        int rank = Math.max(a.rank(), b.rank());
        var dims = new ArrayList<Dim>();
        for (int i = 0; i < rank; i++) {
            Dim x = i + a.rank() < rank ? Dim.ONE : a.dim(i + a.rank() - rank);
            Dim y = i + b.rank() < rank ? Dim.ONE : b.dim(i + b.rank() - rank);
            if (!x.equals(y) && !x.is(1) && !y.is(1)) {
                fail(Diagnostic.error(
                                "NND0303",
                                span,
                                "`" + symbol(primitive) + "` cannot combine " + a + " and " + b + ": " + x + " against "
                                        + y)
                        .label(left.span(), "this is " + a)
                        .label(right.span(), "this is " + b));
                return Optional.empty();
            }
            dims.add(x.is(1) ? y : x);
        }
        return Optional.of(dims);
    }
}
