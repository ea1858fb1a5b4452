package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.DimCondition;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.Primitive;
import dev.nnd.compiler.typed.TypedExpr;
import dev.nnd.grammar.Diagnostic;
import java.util.List;
import java.util.Optional;

/** Operators: on constants at compile time, on tensors elementwise with broadcasting. */
final class Arithmetic {

    private final Checking c;
    private final ConstantFolding folding;
    private final Broadcasting broadcasting;

    Arithmetic(Checking c) {
        this.c = c;
        this.folding = new ConstantFolding(c);
        this.broadcasting = new Broadcasting(c);
    }

    Broadcasting broadcasting() {
        return broadcasting;
    }

    Val unary(Expr.Unary unary, Env env) {
        Val value = c.expressions().eval(unary.operand(), env);
        var at = new At(unary.span(), env);
        return switch (unary.operator()) {
            case NEGATE -> negate(value, at);
            case NOT -> not(value, at);
        };
    }

    private Val negate(Val value, At at) {
        return switch (value) {
            case Val.Const(Constant.Int(Dim d)) -> new Val.Const(new Constant.Int(Dim.ZERO.minus(d)));
            case Val.Const(Constant.Float(double d)) -> Val.Const.of(-d);
            case Val.Tensor t -> elementwise(Primitive.NEGATE, t, at);
            case Val other -> wrong("-", other, at);
        };
    }

    private Val not(Val value, At at) {
        return switch (value) {
            case Val.Const(Constant.Bool(boolean b)) -> Val.Const.of(!b);
            case Val.Condition(DimCondition condition) -> folding.decide(condition.not());
            case Val.Tensor t -> elementwise(Primitive.NOT, t, at);
            case Val other -> wrong("not", other, at);
        };
    }

    private Val wrong(String operator, Val value, At at) {
        if (value instanceof Val.Poison) {
            return value;
        }
        Diagnostic error =
                Diagnostic.error("NND0205", at.span(), "`" + operator + "` does not work on " + Val.describe(value));
        return c.fail(value instanceof Val.Outputs o ? several(error, o) : error);
    }

    static Diagnostic several(Diagnostic error, Val.Outputs outputs) {
        return error.help("take one of its outputs: `." + String.join("`, `.", outputs.names()) + "`");
    }

    Val binary(Expr.Binary binary, Env env) {
        var at = new At(binary.span(), env);
        if (ChainedComparison.is(binary)) {
            Val last = c.expressions().eval(binary.right(), env);
            return ChainedComparison.isMeant(last)
                    ? c.fail(ChainedComparison.error(binary))
                    : combine(binary.operator(), c.expressions().eval(binary.left(), env), last, at, binary);
        }
        Val left = c.expressions().eval(binary.left(), env);
        if (left instanceof Val.Const(Constant.Bool(boolean known)) && decides(binary.operator(), known)) {
            return left;
        }
        Val right = c.expressions().eval(binary.right(), env);
        return combine(binary.operator(), left, right, at, binary);
    }

    /** {@code and} and {@code or} stop at the first side that decides. */
    private static boolean decides(Expr.BinaryOperator operator, boolean left) {
        return (operator == Expr.BinaryOperator.AND && !left) || (operator == Expr.BinaryOperator.OR && left);
    }

    private Val combine(Expr.BinaryOperator operator, Val left, Val right, At at, Expr.Binary written) {
        if (left instanceof Val.Poison || right instanceof Val.Poison) {
            return Val.POISON;
        }
        boolean none = left instanceof Val.None || right instanceof Val.None;
        if (none && (operator == Expr.BinaryOperator.EQUAL || operator == Expr.BinaryOperator.NOT_EQUAL)) {
            boolean both = left instanceof Val.None && right instanceof Val.None;
            return Val.Const.of(both == (operator == Expr.BinaryOperator.EQUAL));
        }
        Optional<Val> condition = conditions(operator, left, right);
        if (condition.isPresent()) {
            return condition.get();
        }
        if (left instanceof Val.Const(Constant a) && right instanceof Val.Const(Constant b) && !atRunTime(a, b)) {
            return folding.fold(operator, a, b, at, written);
        }
        if (left instanceof Val.Const && right instanceof Val.Const && c.generic()) {
            return Val.POISON;
        }
        Optional<Val> joined = operator == Expr.BinaryOperator.ADD ? Lists.joined(left, right, c) : Optional.empty();
        if (joined.isPresent()) {
            return joined.get();
        }
        Optional<Val.Tensor> like = tensor(left)
                .or(() -> tensor(right))
                .or(() -> atRunTime(left, right) ? Optional.of(size(Dim.ONE, DType.F32, at)) : Optional.empty());
        if (like.isEmpty()) {
            return wrong(operator.text(), left instanceof Val.Const ? right : left, at);
        }
        Optional<Val.Tensor> a = operand(left, like.get(), operator.text(), at);
        Optional<Val.Tensor> b = operand(right, like.get(), operator.text(), at);
        if (a.isEmpty() || b.isEmpty()) {
            return Val.POISON;
        }
        return elementwise(primitive(operator), a.get(), b.get(), "`" + operator.text() + "`", at);
    }

    /** {@code and} and {@code or} of which one side at least is a condition on dims. */
    private Optional<Val> conditions(Expr.BinaryOperator operator, Val left, Val right) {
        boolean and = operator == Expr.BinaryOperator.AND;
        if (!and && operator != Expr.BinaryOperator.OR) {
            return Optional.empty();
        }
        if (left instanceof Val.Condition(DimCondition a) && right instanceof Val.Condition(DimCondition b)) {
            List<DimCondition> both = List.of(a, b);
            return Optional.of(folding.decide(and ? new DimCondition.All(both) : new DimCondition.Any(both)));
        }
        boolean leftOpen = left instanceof Val.Condition;
        Val known = leftOpen ? right : left;
        if (!(known instanceof Val.Const(Constant.Bool(boolean truth))) || leftOpen == right instanceof Val.Condition) {
            return Optional.empty();
        }
        // A known side either decides or leaves it to the other.
        return Optional.of(truth == and ? (leftOpen ? left : right) : known);
    }

    /** A fraction with a dim that is known when the model runs. */
    private static boolean atRunTime(Val left, Val right) {
        return left instanceof Val.Const(Constant a) && right instanceof Val.Const(Constant b) && atRunTime(a, b);
    }

    private static boolean atRunTime(Constant a, Constant b) {
        return (open(a) && b instanceof Constant.Float) || (a instanceof Constant.Float && open(b));
    }

    private static boolean open(Constant value) {
        return value instanceof Constant.Int(Dim d) && d.constant().isEmpty();
    }

    private static Optional<Val.Tensor> tensor(Val value) {
        return value instanceof Val.Tensor t ? Optional.of(t) : Optional.empty();
    }

    private Optional<Val.Tensor> operand(Val value, Val.Tensor like, String operator, At at) {
        return switch (value) {
            case Val.Tensor t -> Optional.of(t);
            case Val.Const(Constant constant) -> number(constant, like.type().dtype(), at);
            case Val other -> {
                wrong(operator, other, at);
                yield Optional.empty();
            }
        };
    }

    /** A constant as a scalar of that dtype; what is not a number, or does not fit, is reported. */
    Optional<Val.Tensor> number(Constant constant, DType dtype, At at) {
        double value;
        switch (constant) {
            case Constant.Int(Dim d)
            when d.constant().isPresent() -> value = d.constant().getAsLong();
            case Constant.Int(Dim d) -> {
                return Optional.of(size(d, dtype, at));
            }
            case Constant.Float(double f) -> value = f;
            case Constant.Bool(boolean b) -> value = b ? 1 : 0;
            case Constant k -> {
                wrong("arithmetic", new Val.Const(k), at);
                return Optional.empty();
            }
        }
        boolean isBool = constant instanceof Constant.Bool;
        if (isBool != (dtype == DType.BOOL) || (constant instanceof Constant.Float && !dtype.isFloat())) {
            c.report(Diagnostic.error(
                            "NND0305",
                            at.span(),
                            Val.describe(constant) + " does not fit a tensor of dtype " + dtype.text())
                    .help("convert the tensor first, such as `cast[f32](x)`"));
            return Optional.empty();
        }
        var expr = new TypedExpr.Number(
                value, dtype, c.problems().place(at.span(), at.env().body().file()));
        return Optional.of(new Val.Tensor(expr, Trace.at(c.problems().place(at.span()), "is " + dtype.text())));
    }

    /** A dim as a scalar; one with variables is known when the model runs. */
    Val.Tensor size(Dim dim, DType dtype, At at) {
        if (dim.constant().isEmpty()) {
            List<Constant> attributes = List.of(new Constant.Int(dim));
            return c.apply(Primitive.SIZE, List.of(), attributes, TensorType.scalar(dtype), at);
        }
        var expr = new TypedExpr.Number(
                dim.constant().getAsLong(),
                dtype,
                c.problems().place(at.span(), at.env().body().file()));
        return new Val.Tensor(expr, Trace.at(c.problems().place(at.span()), "is " + dtype.text()));
    }

    private static Primitive primitive(Expr.BinaryOperator operator) {
        return switch (operator) {
            case ADD -> Primitive.ADD;
            case SUBTRACT -> Primitive.SUBTRACT;
            case MULTIPLY -> Primitive.MULTIPLY;
            case DIVIDE -> Primitive.DIVIDE;
            case REMAINDER -> Primitive.REMAINDER;
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
    }

    /** A function of one tensor, element by element. */
    Val elementwise(Primitive primitive, Val.Tensor operand, At at) {
        DType dtype = operand.type().dtype();
        boolean fits = switch (primitive) {
            case NOT -> dtype == DType.BOOL;
            case NEGATE, ABS, SIGN, SQUARE, RELU -> dtype != DType.BOOL;
            default -> dtype.isFloat();
        };
        if (!fits) {
            return c.fail(operand.trace()
                    .mark(Diagnostic.error(
                            "NND0305",
                            at.span(),
                            "`" + primitive.text() + "` takes "
                                    + (primitive == Primitive.NOT ? "bool" : "a float dtype") + ", got "
                                    + operand.type())));
        }
        Val.Tensor made = c.apply(primitive, List.of(operand), List.of(), operand.type(), at);
        return made;
    }

    /** A function of two tensors, element by element, with broadcasting. */
    Val elementwise(Primitive primitive, Val.Tensor a, Val.Tensor b, String what, At at) {
        if (a.type().dtype() != b.type().dtype()) {
            return c.fail(b.trace()
                    .mark(a.trace()
                            .mark(Diagnostic.error(
                                    "NND0305",
                                    at.span(),
                                    what + " needs one dtype on both sides, got " + a.type() + " and " + b.type())))
                    .help("convert one side, such as `cast[" + a.type().dtype().text() + "](...)`"));
        }
        if (!dtypeFits(primitive, a.type().dtype())) {
            return c.fail(a.trace()
                    .mark(Diagnostic.error(
                            "NND0305",
                            at.span(),
                            what + " does not work on dtype " + a.type().dtype().text()))
                    .help(
                            a.type().dtype() == DType.BOOL
                                    ? "use `cast[f32](...)` to count with truth values"
                                    : primitive == Primitive.DIVIDE
                                            ? "write `floor_div(a, b)` for whole numbers, or `cast[f32](...)` for a"
                                                    + " fraction"
                                            : "use `cast[f32](...)`"));
        }
        Optional<List<Dim>> dims = broadcasting.together(List.of(a, b), what, at);
        if (dims.isEmpty() || !sameClasses(a, b, what, at)) {
            return Val.POISON;
        }
        if (!isComparison(primitive)) {
            broadcasting.warnOfPairs(a, b, dims.get(), what, at);
        }
        var type =
                new TensorType(isComparison(primitive) ? DType.BOOL : a.type().dtype(), dims.get());
        boolean fromRight =
                !a.type().dims().equals(dims.get()) && b.type().dims().equals(dims.get());
        Val.Tensor made = c.apply(primitive, List.of(a, b), List.of(), type, at);
        return fromRight ? made.with(c.trace(b, type, at.span(), Optional.empty())) : made;
    }

    private static boolean dtypeFits(Primitive primitive, DType dtype) {
        return switch (primitive) {
            case AND, OR -> dtype == DType.BOOL;
            case EQUAL, NOT_EQUAL -> true;
            case DIVIDE, POWER -> dtype.isFloat();
            default -> dtype != DType.BOOL;
        };
    }

    private static boolean isComparison(Primitive primitive) {
        return switch (primitive) {
            case EQUAL, NOT_EQUAL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL -> true;
            default -> false;
        };
    }

    private boolean sameClasses(Val.Tensor a, Val.Tensor b, String what, At at) {
        if (a.classes().isEmpty() || b.classes().isEmpty()) {
            return true;
        }
        Val.Classes x = a.classes().get();
        Val.Classes y = b.classes().get();
        if (c.generic() || x.count().equals(y.count()) || x.ids() || y.ids()) {
            return true;
        }
        c.report(Diagnostic.error(
                        "NND0319",
                        at.span(),
                        what + " compares one of " + x.count() + " classes with one of " + y.count())
                .label(x.span(), "gives one of " + x.count() + " classes")
                .label(y.span(), "has " + y.count() + " classes"));
        return false;
    }
}
