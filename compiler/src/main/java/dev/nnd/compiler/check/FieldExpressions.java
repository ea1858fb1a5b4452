package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.DataExpr;
import dev.nnd.compiler.typed.DataFunction;
import dev.nnd.compiler.typed.Primitive;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Gives the expressions of fields their meaning: one example at a time, over what the sources hold. */
final class FieldExpressions {

    private static final int MOST_STAGES = 500;

    private final Checking c;
    private final FieldContext context;
    private final FieldArithmetic arithmetic;
    private final FieldSources sources;

    FieldExpressions(FieldContext context) {
        this.c = context.c();
        this.context = context;
        this.arithmetic = new FieldArithmetic(context);
        this.sources = new FieldSources(context);
    }

    private Cell fail(Diagnostic error) {
        c.report(error);
        return Cell.POISON;
    }

    /** The meaning of an expression; {@code wanted} is the field's type, empty where the value has another shape. */
    Cell eval(Expr expr, Optional<TensorType> wanted) {
        return switch (expr) {
            case Expr.Name n -> name(n, wanted);
            case Expr.Call call -> called(call, wanted);
            case Expr.Pipe p -> pipe(p, wanted);
            case Expr.Binary b -> binary(b, wanted);
            case Expr.Unary u -> unary(u, wanted);
            case Expr.IntLiteral i -> number(i);
            case Expr.FloatLiteral f -> number(f);
            case Expr.Index i -> index(i, Optional.empty(), wanted);
            case Expr.StringLiteral s -> constantText(s);
            case Expr.If i ->
                fail(Diagnostic.error(
                                "NND0406", i.span(), "`if` chooses once, and a field has a value for every example")
                        .help("write `select(condition, a, b)`"));
            case Expr.PercentLiteral p -> noPart(p);
            case Expr.DurationLiteral d -> noPart(d);
            case Expr.BoolLiteral b -> noPart(b);
            case Expr.NoneLiteral n -> noPart(n);
            case Expr.Ellipsis e -> noPart(e);
            case Expr.ListLiteral l -> noPart(l);
            case Expr.Tuple t -> noPart(t);
            case Expr.Range r -> noPart(r);
            case Expr.Member m -> noPart(m);
            case Expr.Rearrange r -> noPart(r);
            case Expr.Einsum e -> noPart(e);
        };
    }

    private Cell noPart(Expr expr) {
        return fail(Diagnostic.error("NND0406", expr.span(), "`" + expr.span().text() + "` is no value of a field")
                .help(sources.help()));
    }

    private Cell constantText(Expr.StringLiteral text) {
        return new Cell.Text(new DataExpr.Apply(
                DataFunction.FILL,
                List.of(),
                Map.of("value", new Constant.Text(text.value())),
                DataExpr.TEXT,
                FieldContext.nothing(),
                text.span()));
    }

    private Cell number(Expr expr) {
        Val value = c.expressions().eval(expr, context.env());
        return value instanceof Val.Const(Constant k)
                        && ConstantFolding.number(k).isPresent()
                ? new Cell.Numbers(new DataExpr.Number(
                        ConstantFolding.number(k).getAsDouble(), TensorType.scalar(DType.F32), expr.span()))
                : Cell.POISON;
    }

    private Cell unary(Expr.Unary unary, Optional<TensorType> wanted) {
        boolean literal = unary.operand() instanceof Expr.IntLiteral || unary.operand() instanceof Expr.FloatLiteral;
        if (unary.operator() == Expr.UnaryOperator.NEGATE && literal) {
            return number(unary);
        }
        Cell operand = eval(unary.operand(), wanted);
        boolean not = unary.operator() == Expr.UnaryOperator.NOT;
        DataExpr x = switch (operand) {
            case Cell.Numbers n -> n.expr();
            case Cell.Raw r -> r.number();
            case Cell.Text t -> t.expr();
            case Cell.Poison p -> new DataExpr.Number(0, TensorType.scalar(DType.F32), unary.span());
        };
        if (operand instanceof Cell.Poison) {
            return operand;
        }
        boolean bool = x.type().dtype() == DType.BOOL;
        if (operand instanceof Cell.Text || bool != not) {
            return fail(Diagnostic.error(
                            "NND0422",
                            unary.span(),
                            "`" + unary.operator().text() + "` works on " + (not ? "bool" : "numbers")
                                    + ", and this is " + operand.describe())
                    .label(x.span(), "this is " + operand.describe()));
        }
        TensorType type = bool || x.type().dtype() == DType.I32 || x.type().dtype() == DType.I64
                ? x.type()
                : NumberFunctions.floats(x.type());
        return new Cell.Numbers(new DataExpr.Unary(not ? Primitive.NOT : Primitive.NEGATE, x, type, unary.span()));
    }

    private Cell binary(Expr.Binary binary, Optional<TensorType> wanted) {
        Cell left = eval(binary.left(), wanted);
        Cell right = eval(binary.right(), wanted);
        Primitive primitive = switch (binary.operator()) {
            case ADD -> Primitive.ADD;
            case SUBTRACT -> Primitive.SUBTRACT;
            case MULTIPLY -> Primitive.MULTIPLY;
            case DIVIDE, REMAINDER -> Primitive.DIVIDE;
            case POWER -> Primitive.POWER;
            case EQUAL -> Primitive.EQUAL;
            case NOT_EQUAL -> Primitive.NOT_EQUAL;
            case LESS -> Primitive.LESS;
            case LESS_EQUAL -> Primitive.LESS_EQUAL;
            case GREATER -> Primitive.GREATER;
            case GREATER_EQUAL -> Primitive.GREATER_EQUAL;
            case AND -> Primitive.AND;
            case OR -> Primitive.OR;
        };
        Cell made = arithmetic.binary(primitive, left, right, binary.span());
        boolean remainder = binary.operator() == Expr.BinaryOperator.REMAINDER;
        return remainder && made instanceof Cell.Numbers(DataExpr.Binary b, var ids)
                ? new Cell.Numbers(new DataExpr.Apply(
                        DataFunction.REMAINDER, b.operands(), Map.of(), b.type(), FieldContext.nothing(), b.span()))
                : made;
    }

    private Cell name(Expr.Name name, Optional<TensorType> wanted) {
        Optional<Cell> held = sources.name(name, wanted);
        if (held.isPresent()) {
            return held.get();
        }
        FieldContext.Declared field = context.declared().get(name.name());
        if (field != null && !name.name().equals(context.field())) {
            var value = new DataExpr.FieldValue(name.name(), field.type(), name.span());
            return new Cell.Numbers(value, context.idsOf(name.name()));
        }
        if (FieldFunctions.named(name.name()).isPresent()) {
            FieldFunctions.Entry entry = FieldFunctions.named(name.name()).get();
            return fail(Diagnostic.error("NND0406", name.span(), "`" + name.name() + "` is a function and not a value")
                    .help("such as `" + entry.example() + "`"));
        }
        return fail(field != null ? sources.itself(name) : sources.unknown(name, true));
    }

    private Cell pipe(Expr.Pipe pipe, Optional<TensorType> wanted) {
        boolean resized = pipe.stages().stream().anyMatch(s -> changesShape(s.function()));
        Cell value = eval(pipe.value(), resized ? Optional.empty() : wanted);
        if (pipe.stages().size() > MOST_STAGES) {
            return fail(Diagnostic.error(
                    "NND0434",
                    pipe.span(),
                    "a field has at most " + MOST_STAGES + " stages, got "
                            + pipe.stages().size()));
        }
        for (Expr.Stage stage : pipe.stages()) {
            stage.name()
                    .ifPresent(n -> c.report(
                            Diagnostic.error("NND0208", n.span(), "`as` names a layer, and a field has no weights")));
            stage.repeat().ifPresent(this::noPart);
            value = stage(stage.function(), value, wanted);
        }
        return value;
    }

    private static boolean changesShape(Expr stage) {
        return switch (stage) {
            case Expr.Name n -> ImageFunctions.NAMES.contains(n.name());
            case Expr.Call call ->
                call.callee() instanceof Expr.Name n
                        && (ImageFunctions.NAMES.contains(n.name()) || n.name().equals("one_hot"));
            case Expr.Index i -> i.target() instanceof Expr.Name n && n.name().endsWith("_hot");
            case Expr other -> false;
        };
    }

    private Cell stage(Expr function, Cell value, Optional<TensorType> wanted) {
        Optional<Cell> piped = Optional.of(value);
        return switch (function) {
            case Expr.Name n -> call(n, piped, new Expr.Call(n, List.of(), n.span()), wanted);
            case Expr.Call call when call.callee() instanceof Expr.Name n -> call(n, piped, call, wanted);
            case Expr.Index i -> index(i, piped, wanted);
            case Expr other ->
                fail(Diagnostic.error(
                                "NND0406", other.span(), "`" + other.span().text() + "` is no function of data")
                        .help("the functions are " + String.join(", ", FieldFunctions.names())));
        };
    }

    private Cell called(Expr.Call call, Optional<TensorType> wanted) {
        if (!(call.callee() instanceof Expr.Name name)) {
            return noPart(call);
        }
        return name.name().equals("column") ? sources.column(call, wanted) : call(name, Optional.empty(), call, wanted);
    }

    private Cell call(Expr.Name name, Optional<Cell> piped, Expr.Call call, Optional<TensorType> wanted) {
        Optional<FieldFunctions.Entry> entry = FieldFunctions.named(name.name());
        if (entry.isEmpty()) {
            call.arguments().stream()
                    .filter(a -> a.value() instanceof Expr.Call || a.value() instanceof Expr.Pipe)
                    .forEach(a -> eval(a.value(), Optional.empty()));
            return piped.isPresent() && piped.get() instanceof Cell.Poison && !isNear(name)
                    ? Cell.POISON
                    : fail(sources.unknown(name, false));
        }
        var operands = new ArrayList<Cell>();
        piped.ifPresent(operands::add);
        Optional<TensorType> inner = innerType(name.name(), wanted);
        var rest = new ArrayList<>(call.arguments());
        while (operands.size() < entry.get().operands() && !rest.isEmpty() && isOperand(rest.getFirst(), entry.get())) {
            operands.add(eval(rest.removeFirst().value(), inner));
        }
        var at = new At(call.span(), context.env());
        var options = c.arguments().match("`" + name.name() + "`", entry.get().options(), List.of(), rest, at);
        if (operands.size() < entry.get().operands() && !complete(name, entry.get(), operands, call)) {
            return Cell.POISON;
        }
        boolean poisoned = operands.stream().anyMatch(o -> o instanceof Cell.Poison)
                || options.values().values().stream().anyMatch(g -> g.value() instanceof Val.Poison);
        return !options.ok() || poisoned
                ? Cell.POISON
                : entry.get().rule().apply(new FieldCall(context, name.name(), operands, options, call.span(), wanted));
    }

    private static boolean isNear(Expr.Name name) {
        return Nearest.to(name.name(), FieldFunctions.names()).isPresent();
    }

    /** Values that are joined are single numbers; what is resized has a shape of its own. */
    private static Optional<TensorType> innerType(String function, Optional<TensorType> wanted) {
        return switch (function) {
            case "concat" -> Optional.of(TensorType.of(DType.F32, Dim.ONE));
            case "select" -> wanted.map(w -> w.as(DType.F32));
            default -> ImageFunctions.NAMES.contains(function) ? Optional.empty() : wanted;
        };
    }

    /** An argument without a name that is no plain constant is a value of the example. */
    private static boolean isOperand(Expr.Argument argument, FieldFunctions.Entry entry) {
        boolean literal = argument.value() instanceof Expr.StringLiteral
                || argument.value() instanceof Expr.ListLiteral
                || argument.value() instanceof Expr.BoolLiteral;
        boolean number = argument.value() instanceof Expr.IntLiteral || argument.value() instanceof Expr.FloatLiteral;
        return argument.name().isEmpty()
                && !literal
                && !(number && !entry.options().isEmpty());
    }

    /** Fills in what a text source stands for; reports operands that are missing. */
    private boolean complete(Expr.Name name, FieldFunctions.Entry entry, List<Cell> operands, Expr.Call call) {
        if (entry.operands() == FieldFunctions.ANY) {
            return true;
        }
        boolean text = context.sources().stream().allMatch(s -> s.format() == TypedData.Format.TEXT);
        if (entry.ofText() && text) {
            operands.add(new Cell.Text(new DataExpr.Stream(DataExpr.TEXT, call.span())));
            return true;
        }
        c.report(Diagnostic.error(
                        "NND0202",
                        call.span(),
                        "`" + name.name() + "` takes "
                                + (entry.operands() == 1 ? "one value" : entry.operands() + " values") + ", got "
                                + operands.size())
                .help("such as `" + entry.example() + "`"));
        return false;
    }

    private Cell index(Expr.Index index, Optional<Cell> piped, Optional<TensorType> wanted) {
        var items = new ArrayList<Expr>();
        for (Expr.IndexItem item : index.items()) {
            if (item instanceof Expr.IndexItem.At(Expr value, Span span)) {
                items.add(value);
            }
        }
        boolean plain = items.size() == index.items().size();
        if (!plain || !(index.target() instanceof Expr.Name name)) {
            return noPart(index);
        }
        boolean fills = name.name().equals("zeros") || name.name().equals("ones");
        if (fills && piped.isEmpty()) {
            return ShapeFunctions.fill(context, name.name().equals("ones") ? 1 : 0, items, index.span(), wanted);
        }
        boolean known = List.of("one_hot", "multi_hot", "reshape", "cast").contains(name.name());
        if (!known) {
            Optional<String> near =
                    Nearest.to(name.name(), List.of("one_hot", "multi_hot", "reshape", "cast", "zeros", "ones"));
            return near.isPresent()
                    ? fail(Expressions.suggest(
                            Diagnostic.error(
                                    "NND0406", name.span(), "there is no `" + name.name() + "[...]` for a field"),
                            name.span(),
                            near))
                    : noPart(index);
        }
        if (piped.isEmpty()) {
            return fail(Diagnostic.error("NND0202", index.span(), "`" + name.name() + "[...]` takes one value, got 0")
                    .help("write `column(\"x\") -> " + index.span().text() + "`"));
        }
        return bracketed(name.name(), piped.get(), items, index.span());
    }

    private Cell bracketed(String name, Cell value, List<Expr> items, Span span) {
        if (value instanceof Cell.Poison) {
            return value;
        }
        if (name.endsWith("_hot")) {
            var function = name.equals("one_hot") ? DataFunction.ONE_HOT : DataFunction.MULTI_HOT;
            return new OneHotRule(context).brackets(function, value, items, span);
        }
        var call = new FieldCall(
                context, name, List.of(value), new Arguments.Matched(Map.of(), true), span, Optional.empty());
        Optional<Cell.Numbers> x = call.numbers();
        if (x.isEmpty()) {
            return Cell.POISON;
        }
        return name.equals("cast")
                ? ShapeFunctions.cast(context, x.get(), items, span)
                : ShapeFunctions.reshape(context, x.get(), items, span);
    }
}
