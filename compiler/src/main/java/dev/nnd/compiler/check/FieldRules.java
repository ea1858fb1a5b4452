package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.DataItem;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.DataExpr;
import dev.nnd.compiler.typed.DataFunction;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.grammar.Diagnostic;
import java.util.Optional;

/** The value of a field against the type that is written for it. */
final class FieldRules {

    private final Checking c;
    private final FieldContext context;
    private final FieldExpressions expressions;
    private final LabelRules labels;

    FieldRules(FieldContext context) {
        this.c = context.c();
        this.context = context;
        this.expressions = new FieldExpressions(context);
        this.labels = new LabelRules(context);
    }

    /** The field of that type; empty if something was reported. */
    Optional<TypedData.Field> field(DataItem.Field written, TensorType type, Optional<TypedData.Label> label) {
        context.enter(written.name().name());
        Cell value = expressions.eval(written.value(), Optional.of(type));
        Optional<Cell.Numbers> made =
                label.isPresent() ? labels.label(value, written, label.get()) : numbers(value, written, type);
        boolean fits = made.isPresent() && (label.isPresent() || compare(made.get(), written, type));
        if (!fits) {
            return Optional.empty();
        }
        Optional<TypedData.Ids> ids = type.dtype().isFloat() || label.isPresent()
                ? Optional.empty()
                : made.get().ids();
        context.hasIds(written.name().name(), ids);
        return Optional.of(new TypedData.Field(
                written.name().name(),
                written.doc(),
                type,
                label,
                ids,
                sized(made.get().expr(), type),
                written.span()));
    }

    /** A single number fits a field of one element. */
    private static DataExpr sized(DataExpr value, TensorType type) {
        return value.type().rank() == 0 && type.rank() > 0
                ? ShapeFunctions.withDims(value, type.dims()).orElse(value)
                : value;
    }

    private Optional<Cell.Numbers> numbers(Cell value, DataItem.Field written, TensorType type) {
        return switch (value) {
            case Cell.Poison p -> Optional.empty();
            case Cell.Numbers n -> Optional.of(n);
            case Cell.Raw r ->
                Optional.of(new Cell.Numbers(
                        r.number() instanceof DataExpr.Column k
                                ? new DataExpr.Column(k.name(), k.type().as(type.dtype()), k.span())
                                : r.number()));
            case Cell.Text t -> {
                c.report(Diagnostic.error(
                                "NND0407",
                                written.type().span(),
                                "the field `" + written.name().name() + "` is declared " + type
                                        + ", but its value is text")
                        .label(written.value().span(), "this is text")
                        .help("make ids of it: `-> words(vocab: 10_000, length: 200)`, or `-> one_hot[\"a\", \"b\"]`"));
                yield Optional.empty();
            }
        };
    }

    private boolean compare(Cell.Numbers value, DataItem.Field written, TensorType type) {
        TensorType made = value.type();
        boolean one = type.elements().is(1) && made.rank() == 0;
        if (made.dims().stream().anyMatch(d -> d.constant().isEmpty())) {
            c.report(open(value, written, type));
            return false;
        }
        boolean numbers = fits(made.dtype(), type.dtype());
        if (numbers && (one || made.dims().equals(type.dims()))) {
            return true;
        }
        TensorType right = made.as(numbers ? type.dtype() : made.dtype());
        DataExpr origin = origin(value.expr());
        Diagnostic error = Diagnostic.error(
                        "NND0407",
                        written.type().span(),
                        "the field `" + written.name().name() + "` is declared " + type + ", but its value is " + right)
                .label(origin.span(), "this is " + made);
        boolean fill = origin instanceof DataExpr.Apply f && f.function() == DataFunction.FILL;
        // Zeros and masks are made for the type; what is read has the type that it has.
        boolean valueFirst = fill || type.dtype() == DType.BOOL;
        Diagnostic first = valueFirst ? otherValue(error, origin, made, written, type) : error;
        Diagnostic second = first.candidate("write " + right, written.type().span(), right.toString());
        c.report(valueFirst ? second : otherValue(second, origin, made, written, type));
        return false;
    }

    private static Diagnostic otherValue(
            Diagnostic error, DataExpr origin, TensorType made, DataItem.Field written, TensorType type) {
        return otherDtype(otherLength(error, origin, type), made, written, type);
    }

    /** The value, made of the dtype that is written. */
    private static Diagnostic otherDtype(Diagnostic error, TensorType made, DataItem.Field written, TensorType type) {
        boolean dims = made.dims().equals(type.dims())
                || (made.rank() == 0 && type.elements().is(1));
        if (!dims || fits(made.dtype(), type.dtype())) {
            return error;
        }
        String text = written.value().span().text();
        String other = type.dtype() == DType.BOOL
                ? (written.value() instanceof Expr.Pipe ? "(" + text + ")" : text) + " != 0"
                : text + " -> cast[" + type.dtype().text() + "]";
        return error.candidate("write `" + other + "`", written.value().span(), other);
    }

    /** The other end of the mismatch is a length that is written as an option. */
    private static Diagnostic otherLength(Diagnostic error, DataExpr origin, TensorType type) {
        var length = java.util.regex.Pattern.compile("length:\\s*\\d[\\d_]*")
                .matcher(origin.span().text());
        boolean fill = origin instanceof DataExpr.Apply a && a.function() == DataFunction.FILL;
        if (fill) {
            String text = origin.span().text().replaceFirst("\\[.*", "") + type.dims();
            return error.candidate("write `" + text + "`", origin.span(), text);
        }
        if (type.rank() != 1 || !length.find()) {
            return error;
        }
        int start = origin.span().start();
        var place = new dev.nnd.grammar.Span(origin.span().file(), start + length.start(), start + length.end());
        String option = "length: " + type.dim(0);
        return error.candidate("write `" + option + "`", place, option);
    }

    /** The innermost part of the same type: where the shape was made. */
    private static DataExpr origin(DataExpr value) {
        DataExpr origin = value;
        while (true) {
            TensorType type = origin.type();
            Optional<DataExpr> deeper = origin.operands().stream()
                    .filter(o -> o.type().equals(type))
                    .findFirst();
            if (deeper.isEmpty()) {
                return origin;
            }
            origin = deeper.get();
        }
    }

    /** Integers fit integers, floats fit floats, and the bytes of images fit all numbers. */
    private static boolean fits(DType made, DType wanted) {
        return made == wanted
                || (made.isFloat() && wanted.isFloat())
                || (made == DType.U8 && wanted != DType.BOOL)
                || (made.kind() == DType.Kind.INTEGER && wanted.kind() == DType.Kind.INTEGER);
    }

    /** The error for what has another size in every example. */
    private Diagnostic open(Cell.Numbers value, DataItem.Field written, TensorType type) {
        DataExpr origin = origin(value.expr());
        boolean image = value.type().dims().stream().anyMatch(d -> d.variables().contains("height"));
        Diagnostic error = Diagnostic.error(
                        "NND0423",
                        written.value().span(),
                        image
                                ? "the images have a size of their own, and the field `"
                                        + written.name().name() + "` is " + type
                                : "the number of tokens differs from one example to the next, and the field `"
                                        + written.name().name() + "` is " + type)
                .label(written.type().span(), "declared " + type);
        if (image) {
            return error.help("put `-> resize(height, width)` after `images`");
        }
        Dim length = type.rank() == 1 ? type.dim(0) : Dim.of(256);
        boolean stream = context.sources().stream().allMatch(s -> s.format() == TypedData.Format.TEXT);
        String text = origin.span().text();
        if (stream) {
            String window = "window(" + written.value().span().text() + ", length: " + length + ")";
            return error.help("cut examples out of the text: `" + window + "`")
                    .fix(written.value().span(), window);
        }
        String cut = text.endsWith("()")
                ? text.substring(0, text.length() - 1) + "length: " + length + ")"
                : text.endsWith(")")
                        ? text.substring(0, text.length() - 1) + ", length: " + length + ")"
                        : text + "(length: " + length + ")";
        return origin instanceof DataExpr.Apply
                ? error.help("cut or pad them: `" + cut + "`").fix(origin.span(), cut)
                : error.help("cut or pad them with `length: " + length + "`");
    }
}
