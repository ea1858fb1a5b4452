package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.Ident;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.DataExpr;
import dev.nnd.compiler.typed.DataFunction;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Functions of data that join values or give them other dims or another dtype. */
final class ShapeFunctions {

    private ShapeFunctions() {}

    /** {@code concat(age, fare, sex)}: along the first axis, a single number being one long. */
    static Cell concat(FieldCall call) {
        var parts = new ArrayList<DataExpr>();
        for (Cell cell : call.operands()) {
            Optional<Cell.Numbers> part = call.numbers(cell);
            if (part.isEmpty() || isLabel(part.get().expr(), call)) {
                return Cell.POISON;
            }
            parts.add(part.get().expr());
        }
        if (parts.isEmpty()) {
            return call.fail(Diagnostic.error("NND0202", call.written(), "`concat` needs values to join")
                    .help("such as `concat(age, fare)`"));
        }
        Optional<Long> axis = call.has("axis") ? call.integer("axis", 0, 7) : Optional.of(0L);
        Optional<DType> dtype = dtype(parts, call);
        if (axis.isEmpty() || dtype.isEmpty()) {
            return Cell.POISON;
        }
        return joined(parts, axis.get().intValue(), dtype.get(), call);
    }

    /** A label among the features would be the answer in the question. */
    private static boolean isLabel(DataExpr part, FieldCall call) {
        Optional<FieldContext.Declared> label = part instanceof DataExpr.FieldValue f
                ? Optional.ofNullable(call.context().declared().get(f.name())).filter(FieldContext.Declared::label)
                : Optional.empty();
        if (label.isEmpty() && !(part instanceof DataExpr.Labels)) {
            return false;
        }
        Diagnostic error = Diagnostic.error(
                "NND0432", part.span(), "`" + part.span().text() + "` is the label, and this joins it to features");
        Diagnostic marked =
                label.map(l -> error.label(l.span(), "declared here")).orElse(error);
        call.fail(marked.note("a model that is given the answer learns nothing else")
                .help("leave it out"));
        return true;
    }

    private static Optional<DType> dtype(List<DataExpr> parts, FieldCall call) {
        DataExpr first = parts.getFirst();
        for (DataExpr part : parts) {
            boolean same = part.type().dtype() == first.type().dtype()
                    || (counts(part.type().dtype()) && counts(first.type().dtype()));
            if (!same) {
                DataExpr other = counts(part.type().dtype()) ? first : part;
                String text = other.span().text();
                call.fail(Diagnostic.error(
                                "NND0422",
                                other.span(),
                                "`concat` joins values of one dtype, got " + first.type() + " and " + part.type())
                        .label(
                                (other.equals(first) ? part : first).span(),
                                "this is " + (other.equals(first) ? part : first).type())
                        .help("write `" + text + " -> cast[f32]`")
                        .fix(other.span(), text + " -> cast[f32]"));
                return Optional.empty();
            }
        }
        return Optional.of(
                first.type().dtype() == DType.U8 ? DType.F32 : first.type().dtype());
    }

    private static boolean counts(DType dtype) {
        return dtype.isFloat() || dtype == DType.U8;
    }

    private static Cell joined(List<DataExpr> parts, int axis, DType dtype, FieldCall call) {
        List<Dim> first = dims(parts.getFirst());
        if (axis >= first.size()) {
            return call.fail(Diagnostic.error(
                    "NND0434",
                    call.span("axis"),
                    "there is no axis " + axis + " in " + parts.getFirst().type()));
        }
        Dim sum = Dim.ZERO;
        for (DataExpr part : parts) {
            List<Dim> dims = dims(part);
            boolean fits = dims.size() == first.size();
            for (int i = 0; fits && i < dims.size(); i++) {
                fits = i == axis || dims.get(i).equals(first.get(i));
            }
            if (!fits) {
                return call.fail(Diagnostic.error(
                                "NND0303",
                                part.span(),
                                "`concat` along axis " + axis + " needs equal dims elsewhere, got "
                                        + parts.getFirst().type() + " and " + part.type())
                        .label(
                                parts.getFirst().span(),
                                "this is " + parts.getFirst().type()));
            }
            sum = sum.plus(dims.get(axis));
        }
        var dims = new ArrayList<>(first);
        dims.set(axis, sum);
        return new Cell.Numbers(new DataExpr.Apply(
                DataFunction.CONCAT,
                parts,
                call.constants(),
                new TensorType(dtype, dims),
                FieldContext.nothing(),
                call.written()));
    }

    private static List<Dim> dims(DataExpr part) {
        return part.type().rank() == 0 ? List.of(Dim.ONE) : part.type().dims();
    }

    static Cell flatten(FieldCall call) {
        return call.numbers()
                .map(x -> reshaped(x, List.of(x.type().elements()), call.written()))
                .orElse(Cell.POISON);
    }

    /** {@code reshape[28, 28]}. */
    static Cell reshape(FieldContext context, Cell.Numbers x, List<Expr> items, Span span) {
        Optional<List<Dim>> dims = context.c().types().dims(items, context.env());
        if (dims.isEmpty()) {
            return Cell.POISON;
        }
        if (!Dim.product(dims.get()).equals(x.type().elements())) {
            context.c()
                    .report(Diagnostic.error(
                                    "NND0310",
                                    span,
                                    "`reshape` keeps the number of elements, and " + x.type() + " has "
                                            + x.type().elements() + ", not " + Dim.product(dims.get()))
                            .label(x.expr().span(), "this is " + x.type()));
            return Cell.POISON;
        }
        return reshaped(x, dims.get(), span);
    }

    private static Cell reshaped(Cell.Numbers x, List<Dim> dims, Span span) {
        Optional<DataExpr> moved = withDims(x.expr(), dims);
        return new Cell.Numbers(
                moved.orElseGet(() -> new DataExpr.Apply(
                        DataFunction.RESHAPE,
                        List.of(x.expr()),
                        Map.of(),
                        x.type().withDims(dims),
                        FieldContext.nothing(),
                        span)),
                x.ids());
    }

    /** The same in other dims: values are in row-major order, so where all is element by element only types change. */
    static Optional<DataExpr> withDims(DataExpr x, List<Dim> dims) {
        TensorType type = x.type().withDims(dims);
        return switch (x) {
            case DataExpr.Images i -> Optional.of(new DataExpr.Images(type, i.span()));
            case DataExpr.Column k -> Optional.of(new DataExpr.Column(k.name(), type, k.span()));
            case DataExpr.Unary u ->
                withDims(u.operand(), dims).map(o -> new DataExpr.Unary(u.function(), o, type, u.span()));
            case DataExpr.Standardize s ->
                withDims(s.operand(), dims).map(o -> new DataExpr.Standardize(s.id(), o, type, s.span()));
            case DataExpr.Binary b -> {
                Optional<DataExpr> left = side(b, b.left(), dims);
                Optional<DataExpr> right = side(b, b.right(), dims);
                yield left.isPresent() && right.isPresent()
                        ? Optional.of(new DataExpr.Binary(b.function(), left.get(), right.get(), type, b.span()))
                        : Optional.empty();
            }
            case DataExpr other -> Optional.empty();
        };
    }

    private static Optional<DataExpr> side(DataExpr.Binary whole, DataExpr side, List<Dim> dims) {
        if (side.type().rank() == 0) {
            return Optional.of(side);
        }
        return side.type().dims().equals(whole.type().dims()) ? withDims(side, dims) : Optional.empty();
    }

    /** {@code cast[f32]}. */
    static Cell cast(FieldContext context, Cell.Numbers x, List<Expr> items, Span span) {
        if (items.size() != 1 || !(items.getFirst() instanceof Expr.Name name)) {
            context.c().report(Diagnostic.error("NND0217", span, "`cast` takes one dtype, such as `cast[f32]`"));
            return Cell.POISON;
        }
        Optional<DType> dtype = context.c().types().dtype(new Ident(name.name(), name.span()));
        if (dtype.isEmpty()) {
            return Cell.POISON;
        }
        return new Cell.Numbers(
                new DataExpr.Apply(
                        DataFunction.CAST,
                        List.of(x.expr()),
                        Map.of("dtype", new Constant.Text(dtype.get().text())),
                        x.type().as(dtype.get()),
                        FieldContext.nothing(),
                        span),
                dtype.get().isFloat() ? Optional.empty() : x.ids());
    }

    /** {@code zeros[512]} and {@code ones[512]}, of the field's dtype. */
    static Cell fill(FieldContext context, double value, List<Expr> items, Span span, Optional<TensorType> wanted) {
        Optional<List<Dim>> dims = context.c().types().dims(items, context.env());
        DType dtype = wanted.map(TensorType::dtype).orElse(DType.F32);
        return dims.<Cell>map(d -> new Cell.Numbers(new DataExpr.Apply(
                        DataFunction.FILL,
                        List.of(),
                        Map.of("value", new Constant.Float(value)),
                        new TensorType(dtype, d),
                        FieldContext.nothing(),
                        span)))
                .orElse(Cell.POISON);
    }
}
