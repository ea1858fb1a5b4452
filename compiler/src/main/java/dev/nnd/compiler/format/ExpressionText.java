package dev.nnd.compiler.format;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.Expr.BinaryOperator;
import dev.nnd.compiler.ast.Expr.UnaryOperator;
import dev.nnd.compiler.ast.TypeExpr;
import dev.nnd.grammar.Escapes;
import java.math.BigInteger;
import java.util.List;
import java.util.stream.Collectors;

/** Expressions and types on one line, with the parentheses that the grammar needs and no others. */
final class ExpressionText {

    // Levels of the grammar, lowest first.
    private static final int PIPE = 0;
    private static final int OR = 1;
    private static final int AND = 2;
    private static final int NOT = 3;
    private static final int COMPARISON = 4;
    private static final int RANGE = 5;
    private static final int SUM = 6;
    private static final int PRODUCT = 7;
    private static final int NEGATION = 8;
    private static final int POWER = 9;
    private static final int POSTFIX = 10;

    private ExpressionText() {}

    static String of(Expr expression) {
        return switch (expression) {
            case Expr.Name e -> e.name();
            case Expr.IntLiteral e -> grouped(e.value());
            case Expr.FloatLiteral e -> e.text();
            case Expr.PercentLiteral e -> e.text();
            case Expr.DurationLiteral e -> duration(e);
            case Expr.StringLiteral e -> Escapes.escape(e.value());
            case Expr.BoolLiteral e -> String.valueOf(e.value());
            case Expr.NoneLiteral e -> "none";
            case Expr.Ellipsis e -> "...";
            case Expr.ListLiteral e -> list("[", e.items(), "]");
            case Expr.Tuple e -> list("(", e.items(), ")");
            case Expr.Unary e -> unary(e);
            case Expr.Binary e -> binary(e);
            case Expr.If e -> "if " + of(e.condition()) + " then " + of(e.then()) + " else " + of(e.otherwise());
            case Expr.Range e -> at(RANGE, e.from()) + ".." + at(RANGE + 1, e.to());
            case Expr.Call e ->
                at(POSTFIX, e.callee())
                        + e.arguments().stream()
                                .map(ExpressionText::argument)
                                .collect(Collectors.joining(", ", "(", ")"));
            case Expr.Index e ->
                at(POSTFIX, e.target())
                        + e.items().stream().map(ExpressionText::item).collect(Collectors.joining(", ", "[", "]"));
            case Expr.Member e -> at(POSTFIX, e.target()) + "." + e.member().name();
            case Expr.Rearrange e -> "rearrange[" + axes(e.from(), ", ") + " -> " + axes(e.to(), ", ") + "]";
            case Expr.Einsum e -> einsum(e);
            case Expr.Pipe e ->
                pipeHead(e) + e.stages().stream().map(s -> " -> " + of(s)).collect(Collectors.joining());
        };
    }

    /** The value of a pipe, in front of its first arrow. */
    static String pipeHead(Expr.Pipe pipe) {
        return at(OR, pipe.value());
    }

    static String of(Expr.Stage stage) {
        return at(POSTFIX, stage.function())
                + stage.name().map(n -> " as " + n.name()).orElse("")
                + stage.repeat().map(r -> " * " + at(POSTFIX, r)).orElse("");
    }

    static String of(TypeExpr type) {
        return switch (type) {
            case TypeExpr.Named t -> t.name().name();
            case TypeExpr.Tensor t -> t.dtype().name() + list("[", t.dims(), "]");
            case TypeExpr.Classes t -> "class" + list("[", t.items(), "]");
            case TypeExpr.ListOf t -> "[" + of(t.element()) + "]";
            case TypeExpr.Function t ->
                t.parameters().stream().map(ExpressionText::of).collect(Collectors.joining(", ", "fn(", ")"))
                        + t.result().map(r -> " -> " + of(r)).orElse("");
        };
    }

    /** In parentheses if it binds less than the place needs. */
    private static String at(int level, Expr expression) {
        return level(expression) >= level ? of(expression) : "(" + of(expression) + ")";
    }

    private static int level(Expr expression) {
        return switch (expression) {
            case Expr.Pipe e -> PIPE;
            case Expr.If e -> PIPE;
            case Expr.Binary e -> level(e.operator());
            case Expr.Unary e -> e.operator() == UnaryOperator.NOT ? NOT : NEGATION;
            case Expr.Range e -> RANGE;
            case Expr.Name e -> POSTFIX;
            case Expr.IntLiteral e -> POSTFIX;
            case Expr.FloatLiteral e -> POSTFIX;
            case Expr.PercentLiteral e -> POSTFIX;
            case Expr.DurationLiteral e -> POSTFIX;
            case Expr.StringLiteral e -> POSTFIX;
            case Expr.BoolLiteral e -> POSTFIX;
            case Expr.NoneLiteral e -> POSTFIX;
            case Expr.Ellipsis e -> POSTFIX;
            case Expr.ListLiteral e -> POSTFIX;
            case Expr.Tuple e -> POSTFIX;
            case Expr.Call e -> POSTFIX;
            case Expr.Index e -> POSTFIX;
            case Expr.Member e -> POSTFIX;
            case Expr.Rearrange e -> POSTFIX;
            case Expr.Einsum e -> POSTFIX;
        };
    }

    private static int level(BinaryOperator operator) {
        return switch (operator) {
            case OR -> OR;
            case AND -> AND;
            case EQUAL, NOT_EQUAL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL -> COMPARISON;
            case ADD, SUBTRACT -> SUM;
            case MULTIPLY, DIVIDE, REMAINDER -> PRODUCT;
            case POWER -> POWER;
        };
    }

    private static String unary(Expr.Unary e) {
        return e.operator() == UnaryOperator.NOT ? "not " + at(NOT, e.operand()) : "-" + at(NEGATION, e.operand());
    }

    private static String binary(Expr.Binary e) {
        int level = level(e.operator());
        boolean power = e.operator() == BinaryOperator.POWER;
        // A power is right-associative, and its right side may have a minus: 2 ** -x.
        String left = at(power ? POSTFIX : level, e.left());
        String right = at(power ? NEGATION : level + 1, e.right());
        return left + " " + e.operator().text() + " " + right;
    }

    private static String duration(Expr.DurationLiteral e) {
        boolean one =
                e.count() instanceof Expr.IntLiteral count && count.value().equals(BigInteger.ONE);
        return of(e.count()) + (e.epochs() ? " epoch" : " step") + (one ? "" : "s");
    }

    private static String argument(Expr.Argument argument) {
        return argument.name().map(n -> n.name() + ": ").orElse("") + of(argument.value());
    }

    private static String item(Expr.IndexItem item) {
        return switch (item) {
            case Expr.IndexItem.At i -> of(i.value());
            case Expr.IndexItem.Slice s ->
                s.from().map(ExpressionText::of).orElse("")
                        + ":"
                        + s.to().map(ExpressionText::of).orElse("")
                        + s.step().map(step -> ":" + of(step)).orElse("");
        };
    }

    private static String einsum(Expr.Einsum e) {
        String operands = e.operands().stream().map(o -> axes(o, " ")).collect(Collectors.joining(", "));
        return "einsum[" + operands + " -> " + axes(e.result(), " ") + "]";
    }

    private static String axes(List<Expr.Axis> axes, String between) {
        return axes.stream().map(ExpressionText::axis).collect(Collectors.joining(between));
    }

    private static String axis(Expr.Axis axis) {
        String parts = axis.parts().stream().map(ExpressionText::of).collect(Collectors.joining(" "));
        return axis.group() ? "(" + parts + ")" : parts;
    }

    private static String list(String open, List<Expr> items, String close) {
        return items.stream().map(ExpressionText::of).collect(Collectors.joining(", ", open, close));
    }

    /** Digits in groups of three from five digits on: {@code 11_200_000}, {@code 30_522}, {@code 5000}. */
    private static String grouped(BigInteger value) {
        String digits = value.toString();
        if (digits.length() < 5) {
            return digits;
        }
        var result = new StringBuilder(digits);
        for (int i = digits.length() - 3; i > 0; i -= 3) {
            result.insert(i, '_');
        }
        return result.toString();
    }
}
