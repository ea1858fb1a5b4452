package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.DimAnswer;
import dev.nnd.compiler.type.DimCondition;
import dev.nnd.grammar.Diagnostic;
import java.util.ArrayList;
import java.util.OptionalDouble;

/** Operators on values known at compile time: ints as dims, floats as doubles. */
final class ConstantFolding {

    private final Checking c;

    ConstantFolding(Checking c) {
        this.c = c;
    }

    Val fold(Expr.BinaryOperator operator, Constant a, Constant b, At at, Expr.Binary written) {
        if (a instanceof Constant.Int(Dim x) && b instanceof Constant.Int(Dim y)) {
            return ints(operator, x, y, at, written);
        }
        OptionalDouble x = number(a);
        OptionalDouble y = number(b);
        if (x.isPresent() && y.isPresent()) {
            return floats(operator, x.getAsDouble(), y.getAsDouble(), a, b, at);
        }
        if (a instanceof Constant.Bool(boolean p) && b instanceof Constant.Bool(boolean q)) {
            return switch (operator) {
                case AND -> Val.Const.of(p && q);
                case OR -> Val.Const.of(p || q);
                case EQUAL -> Val.Const.of(p == q);
                case NOT_EQUAL -> Val.Const.of(p != q);
                default -> wrong(operator, a, b, at);
            };
        }
        return others(operator, a, b, at);
    }

    private Val others(Expr.BinaryOperator operator, Constant a, Constant b, At at) {
        boolean alike = a.getClass().equals(b.getClass());
        return switch (operator) {
            case EQUAL -> alike ? Val.Const.of(a.equals(b)) : wrong(operator, a, b, at);
            case NOT_EQUAL -> alike ? Val.Const.of(!a.equals(b)) : wrong(operator, a, b, at);
            case ADD -> {
                if (a instanceof Constant.ListOf(var x) && b instanceof Constant.ListOf(var y)) {
                    var both = new ArrayList<>(x);
                    both.addAll(y);
                    yield new Val.Const(new Constant.ListOf(both));
                }
                yield a instanceof Constant.Text(String x) && b instanceof Constant.Text(String y)
                        ? new Val.Const(new Constant.Text(x + y))
                        : wrong(operator, a, b, at);
            }
            case MULTIPLY -> {
                boolean times = a instanceof Constant.ListOf
                        && ConstantFolding.number(b).isPresent();
                yield times && b instanceof Constant.Int ? repeated(a, b, at) : wrong(operator, a, b, at);
            }
            default -> wrong(operator, a, b, at);
        };
    }

    /** {@code [64] * 4}. */
    private Val repeated(Constant list, Constant count, At at) {
        double times = number(count).orElse(0);
        if (list instanceof Constant.ListOf(var items) && times >= 0 && times * items.size() <= 100_000) {
            return new Val.Const(new Constant.ListOf(java.util.Collections.nCopies((int) times, items).stream()
                    .flatMap(java.util.List::stream)
                    .toList()));
        }
        return c.fail(Diagnostic.error("NND0215", at.span(), "a list is repeated from 0 times up to 100000 items"));
    }

    /** The number, if it is one without variables. */
    static OptionalDouble number(Constant constant) {
        return switch (constant) {
            case Constant.Float(double d) -> OptionalDouble.of(d);
            case Constant.Int(Dim d)
            when d.constant().isPresent() ->
                OptionalDouble.of((double) d.constant().getAsLong());
            case Constant k -> OptionalDouble.empty();
        };
    }

    private Val wrong(Expr.BinaryOperator operator, Constant a, Constant b, At at) {
        return c.fail(Diagnostic.error(
                "NND0205",
                at.span(),
                "`" + operator.text() + "` does not work on " + Val.describe(a) + " and " + Val.describe(b)));
    }

    private Val ints(Expr.BinaryOperator operator, Dim a, Dim b, At at, Expr.Binary written) {
        boolean divides = operator == Expr.BinaryOperator.DIVIDE || operator == Expr.BinaryOperator.REMAINDER;
        if (divides && b.is(0)) {
            return c.fail(Diagnostic.error(
                    "NND0214",
                    at.span(),
                    "division by zero: `" + written.right().span().text() + "` is 0"));
        }
        return switch (operator) {
            case ADD -> dim(a.plus(b));
            case SUBTRACT -> dim(a.minus(b));
            case MULTIPLY -> dim(a.times(b));
            case DIVIDE -> {
                warnLostRest(a, b, written);
                yield dim(a.floorDivide(b));
            }
            case REMAINDER -> dim(a.remainder(b));
            case POWER -> power(a, b, at);
            case EQUAL -> decide(DimCondition.equal(a, b));
            case NOT_EQUAL -> decide(DimCondition.differ(a, b));
            case LESS_EQUAL -> decide(DimCondition.atMost(a, b));
            case GREATER_EQUAL -> decide(DimCondition.atMost(b, a));
            case LESS -> decide(DimCondition.less(a, b));
            case GREATER -> decide(DimCondition.less(b, a));
            case AND, OR -> wrong(operator, new Constant.Int(a), new Constant.Int(b), at);
        };
    }

    private static Val dim(Dim dim) {
        return new Val.Const(new Constant.Int(dim));
    }

    /** {@code 1 / 2} is 0: right for dims, seldom meant between two literals. */
    private void warnLostRest(Dim a, Dim b, Expr.Binary written) {
        boolean literals = written.left() instanceof Expr.IntLiteral && written.right() instanceof Expr.IntLiteral;
        if (literals && !a.remainder(b).is(0)) {
            c.report(Diagnostic.warning(
                            "NND0226",
                            written.span(),
                            "`" + written.span().text() + "` is " + a.floorDivide(b)
                                    + ": a division of ints drops the rest")
                    .help("write `" + a + ".0 / " + b + "` for a fraction")
                    .fix(written.left().span(), a + ".0"));
        }
    }

    private Val power(Dim a, Dim b, At at) {
        boolean small = b.constant().isPresent()
                && b.constant().getAsLong() >= 0
                && b.constant().getAsLong() <= 62;
        if (small) {
            return dim(a.power((int) b.constant().getAsLong()));
        }
        if (a.constant().isPresent() && b.constant().isPresent() && b.constant().getAsLong() < 0) {
            return Val.Const.of(Math.pow(a.constant().getAsLong(), b.constant().getAsLong()));
        }
        return c.generic()
                ? Val.POISON
                : c.fail(Diagnostic.error("NND0222", at.span(), "an int is raised to a power from 0 to 62, got " + b));
    }

    /** What a comparison of dims gives: a truth value, or a condition if it holds for some calls only. */
    Val decide(DimCondition condition) {
        return switch (c.assumptions().decide(condition)) {
            case DimAnswer.Proved p -> Val.Const.of(true);
            case DimAnswer.Refuted r -> Val.Const.of(false);
            case DimAnswer.CanFail f -> new Val.Condition(condition);
            case DimAnswer.Undecided u -> new Val.Condition(condition);
        };
    }

    private Val floats(Expr.BinaryOperator operator, double a, double b, Constant x, Constant y, At at) {
        if (operator == Expr.BinaryOperator.DIVIDE && b == 0) {
            return c.fail(Diagnostic.error("NND0214", at.span(), "division by zero"));
        }
        return switch (operator) {
            case ADD -> Val.Const.of(a + b);
            case SUBTRACT -> Val.Const.of(a - b);
            case MULTIPLY -> Val.Const.of(a * b);
            case DIVIDE -> Val.Const.of(a / b);
            case REMAINDER -> Val.Const.of(a % b);
            case POWER -> Val.Const.of(Math.pow(a, b));
            case EQUAL -> Val.Const.of(a == b);
            case NOT_EQUAL -> Val.Const.of(a != b);
            case LESS -> Val.Const.of(a < b);
            case LESS_EQUAL -> Val.Const.of(a <= b);
            case GREATER -> Val.Const.of(a > b);
            case GREATER_EQUAL -> Val.Const.of(a >= b);
            case AND, OR -> wrong(operator, x, y, at);
        };
    }
}
