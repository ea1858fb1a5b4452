package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.DataItem;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.DataExpr;
import dev.nnd.compiler.typed.Primitive;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/** The expression of a field, over one example of the sources. */
final class FieldRules {

    private static final List<Primitive> UNARY = List.of(
            Primitive.ABS,
            Primitive.SIGN,
            Primitive.SQUARE,
            Primitive.SQRT,
            Primitive.EXP,
            Primitive.EXPM1,
            Primitive.LOG,
            Primitive.LOG1P,
            Primitive.SIN,
            Primitive.COS,
            Primitive.TANH,
            Primitive.SIGMOID,
            Primitive.RELU,
            Primitive.FLOOR,
            Primitive.CEIL,
            Primitive.ROUND);
    private static final List<String> OTHERS = List.of(
            "column", "images", "labels", "normalize", "standardize", "flatten", "reshape", "minimum", "maximum");
    private static final List<Dim> CIFAR = List.of(Dim.of(3), Dim.of(32), Dim.of(32));

    private final Checking c;
    private final Env env;
    private final List<TypedData.Source> sources;
    private int learned;

    FieldRules(Checking c, Env env, List<TypedData.Source> sources) {
        this.c = c;
        this.env = env;
        this.sources = sources;
    }

    /** The value of a field of that type; empty if something was reported. */
    Optional<DataExpr> field(DataItem.Field written, TensorType type, boolean label) {
        if (label) {
            return label(written.value());
        }
        Optional<DataExpr> value = eval(written.value(), type);
        if (value.isEmpty()) {
            return value;
        }
        TensorType made = value.get().type();
        boolean numbers = made.dtype().isFloat() == type.dtype().isFloat() || made.dtype() == DType.U8;
        if (!made.dims().equals(type.dims()) || !numbers) {
            c.report(Diagnostic.error(
                            "NND0407",
                            written.type().span(),
                            "the field `" + written.name().name() + "` is declared " + type + ", but its value is "
                                    + made.as(numbers ? type.dtype() : made.dtype()))
                    .label(written.value().span(), "this is " + made));
            return Optional.empty();
        }
        return value;
    }

    private Optional<DataExpr> label(Expr value) {
        TensorType type = TensorType.scalar(DType.I32);
        if (value instanceof Expr.Name n && n.name().equals("labels")) {
            return fromImages(n.span(), n.name()) ? Optional.of(new DataExpr.Labels(type, n.span())) : Optional.empty();
        }
        if (value instanceof Expr.Call call
                && call.callee() instanceof Expr.Name n
                && n.name().equals("column")) {
            return column(call, type);
        }
        c.report(Diagnostic.error("NND0406", value.span(), "a label is `labels` or `column(\"name\")`"));
        return Optional.empty();
    }

    private Optional<DataExpr> eval(Expr expr, TensorType wanted) {
        return switch (expr) {
            case Expr.Name n -> name(n, wanted);
            case Expr.Call call
            when call.callee() instanceof Expr.Name n -> call(n.name(), Optional.empty(), call, wanted);
            case Expr.Pipe p -> pipe(p, wanted);
            case Expr.Binary b -> binary(b, wanted);
            case Expr.Unary u when u.operator() == Expr.UnaryOperator.NEGATE && isNumber(u) -> number(u);
            case Expr.Unary u
            when u.operator() == Expr.UnaryOperator.NEGATE ->
                eval(u.operand(), wanted).map(x -> new DataExpr.Unary(Primitive.NEGATE, x, floats(x.type()), u.span()));
            case Expr.IntLiteral i -> number(i);
            case Expr.FloatLiteral f -> number(f);
            case Expr other -> {
                c.unsupported("`" + other.span().text() + "` in a field", other.span());
                yield Optional.empty();
            }
        };
    }

    private static boolean isNumber(Expr.Unary unary) {
        return unary.operand() instanceof Expr.IntLiteral || unary.operand() instanceof Expr.FloatLiteral;
    }

    private Optional<DataExpr> number(Expr expr) {
        Val value = c.expressions().eval(expr, env);
        return value instanceof Val.Const(Constant k)
                        && ConstantFolding.number(k).isPresent()
                ? Optional.of(new DataExpr.Number(
                        ConstantFolding.number(k).getAsDouble(), TensorType.scalar(DType.F32), expr.span()))
                : Optional.empty();
    }

    private static TensorType floats(TensorType type) {
        return type.dtype().isFloat() ? type : type.as(DType.F32);
    }

    private Optional<DataExpr> name(Expr.Name name, TensorType wanted) {
        return switch (name.name()) {
            case "images" -> images(name, wanted);
            case "labels" ->
                fromImages(name.span(), name.name())
                        ? Optional.of(new DataExpr.Labels(TensorType.scalar(DType.I32), name.span()))
                        : Optional.empty();
            default -> {
                unknown(name.name(), name.span());
                yield Optional.empty();
            }
        };
    }

    private Optional<DataExpr> images(Expr.Name name, TensorType wanted) {
        if (!fromImages(name.span(), name.name())) {
            return Optional.empty();
        }
        boolean cifar = sources.stream().allMatch(s -> s.format() == TypedData.Format.CIFAR);
        var type = new TensorType(DType.U8, cifar ? CIFAR : wanted.dims());
        return Optional.of(new DataExpr.Images(type, name.span()));
    }

    /** True if all sources are image files; reports it otherwise. */
    private boolean fromImages(Span span, String what) {
        Optional<TypedData.Source> table =
                sources.stream().filter(s -> s.format() == TypedData.Format.CSV).findFirst();
        table.ifPresent(t -> c.report(Diagnostic.error(
                        "NND0410", span, "`" + what + "` needs a source of images, and `" + t.name() + "` is a table")
                .label(t.span(), "declared here")
                .help("a table has columns: `column(\"name\")`")));
        return table.isEmpty();
    }

    private void unknown(String name, Span span) {
        if (Unsupported.isKnown(name)) {
            c.report(Unsupported.error(name, span));
            return;
        }
        var known = new TreeSet<>(OTHERS);
        UNARY.forEach(p -> known.add(p.text()));
        Diagnostic error = Diagnostic.error("NND0406", span, "there is no `" + name + "` for a field");
        Optional<String> near = Nearest.to(name, known);
        c.report(
                near.isPresent()
                        ? Expressions.suggest(error, span, near)
                        : error.help("a field is made of `images`, `labels` or `column(\"name\")`"));
    }

    private Optional<DataExpr> pipe(Expr.Pipe pipe, TensorType wanted) {
        Optional<DataExpr> value = eval(pipe.value(), wanted);
        for (Expr.Stage stage : pipe.stages()) {
            if (value.isEmpty()) {
                return value;
            }
            DataExpr x = value.get();
            value = switch (stage.function()) {
                case Expr.Name n -> call(n.name(), Optional.of(x), empty(n), wanted);
                case Expr.Call call
                when call.callee() instanceof Expr.Name n -> call(n.name(), Optional.of(x), call, wanted);
                case Expr.Index i when isReshape(i) -> reshape(x, wanted, i.span());
                case Expr other -> {
                    c.unsupported("`" + other.span().text() + "` in a field", other.span());
                    yield Optional.empty();
                }
            };
        }
        return value;
    }

    private static boolean isReshape(Expr function) {
        return function instanceof Expr.Index(Expr.Name(String name, var s), var items, var span)
                && name.equals("reshape");
    }

    private static Expr.Call empty(Expr.Name name) {
        return new Expr.Call(name, List.of(), name.span());
    }

    private Optional<DataExpr> call(String name, Optional<DataExpr> piped, Expr.Call call, TensorType wanted) {
        Optional<Primitive> unary =
                UNARY.stream().filter(p -> p.text().equals(name)).findFirst();
        if (unary.isPresent()) {
            return operand(name, piped, call, wanted)
                    .map(x -> new DataExpr.Unary(unary.get(), x, floats(x.type()), call.span()));
        }
        return switch (name) {
            case "column" -> column(call, columnType(wanted));
            case "standardize" -> operand(name, piped, call, wanted).flatMap(x -> standardize(x, call));
            case "flatten" -> operand(name, piped, call, wanted).flatMap(x -> reshape(x, wanted, call.span()));
            case "normalize" -> new NormalizeRule(c, env).normalize(piped, call);
            case "minimum", "maximum" -> extreme(name, piped, call, wanted);
            default -> {
                unknown(name, call.callee().span());
                yield Optional.empty();
            }
        };
    }

    private Optional<DataExpr> extreme(String name, Optional<DataExpr> piped, Expr.Call call, TensorType wanted) {
        var operands = new ArrayList<DataExpr>();
        piped.ifPresent(operands::add);
        for (Expr.Argument argument : call.arguments()) {
            Optional<DataExpr> one = eval(argument.value(), wanted);
            if (one.isEmpty()) {
                return Optional.empty();
            }
            operands.add(one.get());
        }
        if (operands.size() != 2) {
            c.report(Diagnostic.error("NND0202", call.span(), "`" + name + "` takes 2 values, got " + operands.size()));
            return Optional.empty();
        }
        Primitive primitive = Primitive.valueOf(name.toUpperCase(Locale.ROOT));
        return both(primitive, operands.get(0), operands.get(1), call.span());
    }

    private Optional<DataExpr> operand(String name, Optional<DataExpr> piped, Expr.Call call, TensorType wanted) {
        int given = call.arguments().size() + (piped.isPresent() ? 1 : 0);
        if (given != 1) {
            c.report(Diagnostic.error(
                    given == 0 ? "NND0202" : "NND0203", call.span(), "`" + name + "` takes one value, got " + given));
            return Optional.empty();
        }
        return piped.isPresent() ? piped : eval(call.arguments().getFirst().value(), wanted);
    }

    private Optional<DataExpr> standardize(DataExpr x, Expr.Call call) {
        return Optional.of(new DataExpr.Standardize(learned++, x, floats(x.type()), call.span()));
    }

    /** One number of a table fits a field of one element. */
    private static TensorType columnType(TensorType wanted) {
        return wanted.elements().is(1) ? new TensorType(DType.F32, wanted.dims()) : TensorType.scalar(DType.F32);
    }

    private Optional<DataExpr> column(Expr.Call call, TensorType type) {
        var slots = List.of(new Arguments.Slot("name", true));
        var matched = c.arguments().match("`column`", slots, List.of(), call.arguments(), new At(call.span(), env));
        if (!matched.ok()) {
            return Optional.empty();
        }
        Arguments.Given name = matched.get("name").orElseThrow();
        if (!(name.value() instanceof Val.Const(Constant.Text(String text)))) {
            c.report(Diagnostic.error(
                    "NND0205", name.span(), "a column is named by a string, got " + Val.describe(name.value())));
            return Optional.empty();
        }
        Optional<TypedData.Source> images =
                sources.stream().filter(s -> s.format() != TypedData.Format.CSV).findFirst();
        if (images.isPresent()) {
            c.report(Diagnostic.error(
                            "NND0410",
                            call.span(),
                            "`column` needs a table, and the source `"
                                    + images.get().name() + "` has images")
                    .label(images.get().span(), "declared here")
                    .help("its parts are `images` and `labels`"));
            return Optional.empty();
        }
        return Optional.of(new DataExpr.Column(text, type, call.span()));
    }

    private Optional<DataExpr> binary(Expr.Binary binary, TensorType wanted) {
        Optional<DataExpr> left = eval(binary.left(), wanted);
        Optional<DataExpr> right = eval(binary.right(), wanted);
        Optional<Primitive> primitive = switch (binary.operator()) {
            case ADD -> Optional.of(Primitive.ADD);
            case SUBTRACT -> Optional.of(Primitive.SUBTRACT);
            case MULTIPLY -> Optional.of(Primitive.MULTIPLY);
            case DIVIDE -> Optional.of(Primitive.DIVIDE);
            case POWER -> Optional.of(Primitive.POWER);
            case REMAINDER, EQUAL, NOT_EQUAL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL, AND, OR -> Optional.empty();
        };
        if (primitive.isEmpty()) {
            c.unsupported("`" + binary.operator().text() + "` in a field", binary.span());
            return Optional.empty();
        }
        if (left.isEmpty() || right.isEmpty()) {
            return Optional.empty();
        }
        boolean byZero =
                primitive.get() == Primitive.DIVIDE && right.get() instanceof DataExpr.Number n && n.value() == 0;
        if (byZero) {
            c.report(Diagnostic.error("NND0214", binary.span(), "division by zero"));
            return Optional.empty();
        }
        return both(primitive.get(), left.get(), right.get(), binary.span());
    }

    private Optional<DataExpr> both(Primitive primitive, DataExpr left, DataExpr right, Span span) {
        TensorType a = left.type();
        TensorType b = right.type();
        boolean scalarLeft = a.rank() == 0;
        if (!scalarLeft && b.rank() != 0 && !a.dims().equals(b.dims())) {
            c.report(Diagnostic.error("NND0303", span, "`" + primitive.text() + "` cannot combine " + a + " and " + b)
                    .label(left.span(), "this is " + a)
                    .label(right.span(), "this is " + b));
            return Optional.empty();
        }
        var type = new TensorType(DType.F32, scalarLeft ? b.dims() : a.dims());
        return Optional.of(new DataExpr.Binary(primitive, left, right, type, span));
    }

    /** The same numbers in the field's dims: pixels are in row-major order, so only the type changes. */
    private Optional<DataExpr> reshape(DataExpr x, TensorType wanted, Span span) {
        if (!x.type().elements().equals(wanted.elements())) {
            c.report(Diagnostic.error(
                    "NND0310",
                    span,
                    "the field is " + wanted + " with " + wanted.elements() + " elements, and this has "
                            + x.type().elements() + " (" + x.type() + ")"));
            return Optional.empty();
        }
        Optional<DataExpr> moved = withDims(x, wanted.dims());
        if (moved.isEmpty()) {
            c.unsupported("a change of dims after `normalize`", span);
        }
        return moved;
    }

    private Optional<DataExpr> withDims(DataExpr x, List<Dim> dims) {
        if (x.type().rank() == 0) {
            return Optional.of(x);
        }
        TensorType type = x.type().withDims(dims);
        return switch (x) {
            case DataExpr.Images i -> Optional.of(new DataExpr.Images(type, i.span()));
            case DataExpr.Labels l -> Optional.of(l);
            case DataExpr.Column k -> Optional.of(new DataExpr.Column(k.name(), type, k.span()));
            case DataExpr.Number n -> Optional.of(n);
            case DataExpr.Unary u ->
                withDims(u.operand(), dims).map(o -> new DataExpr.Unary(u.function(), o, type, u.span()));
            case DataExpr.Standardize s ->
                withDims(s.operand(), dims).map(o -> new DataExpr.Standardize(s.id(), o, type, s.span()));
            case DataExpr.Binary b -> {
                Optional<DataExpr> left = withDims(b.left(), dims);
                Optional<DataExpr> right = withDims(b.right(), dims);
                yield left.isPresent() && right.isPresent()
                        ? Optional.of(new DataExpr.Binary(b.function(), left.get(), right.get(), type, b.span()))
                        : Optional.empty();
            }
            case DataExpr.Normalize n -> Optional.empty();
        };
    }
}
