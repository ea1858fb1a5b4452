package dev.nnd.compiler.ast;

import dev.nnd.grammar.Span;
import java.util.List;
import java.util.Optional;

/** An expression as written. Precedence, lowest first: {@code ->}, if-then-else, or, and, not, comparison, {@code ..}, + -, * / %, unary -, **, postfix. */
public sealed interface Expr {

    Span span();

    /** A name: {@code x}, {@code Dense}, {@code relu}. */
    record Name(String name, Span span) implements Expr {}

    /** A whole number, value of the digits without {@code _}; may be huge. */
    record IntLiteral(java.math.BigInteger value, Span span) implements Expr {}

    /** A number with a point or an exponent; {@code text} is as written. */
    record FloatLiteral(double value, String text, Span span) implements Expr {}

    /** {@code 90%}. */
    record PercentLiteral(double percent, String text, Span span) implements Expr {}

    /** {@code 2 epochs}, {@code 100 steps}; {@code epochs} tells which. */
    record DurationLiteral(Expr count, boolean epochs, Span span) implements Expr {}

    /** A string, unescaped. */
    record StringLiteral(String value, Span span) implements Expr {}

    /** {@code true} or {@code false}. */
    record BoolLiteral(boolean value, Span span) implements Expr {}

    /** {@code none}: in an index, a new axis of length 1. */
    record NoneLiteral(Span span) implements Expr {}

    /** {@code ...}: leading dims in a type or an index. */
    record Ellipsis(Span span) implements Expr {}

    /** {@code [3, 4, 6, 3]}. */
    record ListLiteral(List<Expr> items, Span span) implements Expr {}

    /** {@code (h, mask)}: two or more items. */
    record Tuple(List<Expr> items, Span span) implements Expr {}

    /** {@code -x} or {@code not x}. */
    record Unary(UnaryOperator operator, Expr operand, Span span) implements Expr {}

    /** {@code a + b} and the like. */
    record Binary(BinaryOperator operator, Expr left, Expr right, Span span) implements Expr {}

    /** {@code if c then a else b}. */
    record If(Expr condition, Expr then, Expr otherwise, Span span) implements Expr {}

    /** {@code 0..depth}: from inclusive, to exclusive. */
    record Range(Expr from, Expr to, Span span) implements Expr {}

    /** {@code Dense(10, bias: false)}. */
    record Call(Expr callee, List<Argument> arguments, Span span) implements Expr {}

    /** {@code x[:, 0]}, {@code reshape[N, 128]}, {@code one_hot["a", "b"]}: what it means depends on the callee. */
    record Index(Expr target, List<IndexItem> items, Span span) implements Expr {}

    /** {@code embed.weight}. */
    record Member(Expr target, Ident member, Span span) implements Expr {}

    /** {@code rearrange[N, T, (heads d) -> N, heads, T, d]}: each entry is one axis, a group if it has several names. */
    record Rearrange(List<Axis> from, List<Axis> to, Span span) implements Expr {}

    /** {@code einsum[n t d, d e -> n t e]}: axes of each operand, then of the result. */
    record Einsum(List<List<Axis>> operands, List<Axis> result, Span span) implements Expr {}

    /** {@code value -> stage -> stage}: flat, at least one stage, in order. */
    record Pipe(Expr value, List<Stage> stages, Span span) implements Expr {}

    /**
     * One stage of a pipe: {@code Dense(10) as head} or {@code Decoder(heads) * depth}.
     *
     * @param function a name, call, index, rearrange or einsum
     * @param name the instance name after {@code as}
     * @param repeat the count after {@code *}
     */
    record Stage(Expr function, Optional<Ident> name, Optional<Expr> repeat, Span span) {}

    /** One argument; named if {@code name} is present. */
    record Argument(Optional<Ident> name, Expr value, Span span) {}

    /** One axis of a pattern: names, {@code 1}, or {@code ...}; more than one part is a group in parentheses. */
    record Axis(List<Expr> parts, boolean group, Span span) {}

    /** One entry between index brackets. */
    sealed interface IndexItem {
        Span span();

        /** A single index, {@code none}, {@code ...} or any expression. */
        record At(Expr value, Span span) implements IndexItem {}

        /** {@code from:to:step}, each optional. */
        record Slice(Optional<Expr> from, Optional<Expr> to, Optional<Expr> step, Span span) implements IndexItem {}
    }

    /** Operators before an operand. */
    enum UnaryOperator {
        NEGATE("-"),
        NOT("not");

        private final String text;

        UnaryOperator(String text) {
            this.text = text;
        }

        /** As written. */
        public String text() {
            return text;
        }
    }

    /** Operators between two operands. */
    enum BinaryOperator {
        ADD("+"),
        SUBTRACT("-"),
        MULTIPLY("*"),
        DIVIDE("/"),
        REMAINDER("%"),
        POWER("**"),
        EQUAL("=="),
        NOT_EQUAL("!="),
        LESS("<"),
        LESS_EQUAL("<="),
        GREATER(">"),
        GREATER_EQUAL(">="),
        AND("and"),
        OR("or");

        private final String text;

        BinaryOperator(String text) {
            this.text = text;
        }

        /** As written. */
        public String text() {
            return text;
        }
    }
}
