package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.DType;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.ArrayList;

/** {@code 1 <= T <= 512}, which is no comparison of this language: it would compare a bool with 512. */
final class ChainedComparison {

    private ChainedComparison() {}

    /** True for a comparison whose left side is one. */
    static boolean is(Expr.Binary binary) {
        return compares(binary) && binary.left() instanceof Expr.Binary left && compares(left);
    }

    private static boolean compares(Expr.Binary binary) {
        return switch (binary.operator()) {
            case EQUAL, NOT_EQUAL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL -> true;
            case ADD, SUBTRACT, MULTIPLY, DIVIDE, REMAINDER, POWER, AND, OR -> false;
        };
    }

    /** True if the right side cannot be compared with what a comparison gives. */
    static boolean isMeant(Val right) {
        return switch (right) {
            case Val.Const(Constant k) -> !(k instanceof Constant.Bool);
            case Val.Tensor t -> t.type().dtype() != DType.BOOL;
            case Val other -> false;
        };
    }

    /** The error, with the comparisons joined by {@code and}. */
    static Diagnostic error(Expr.Binary chain) {
        var parts = new ArrayList<String>();
        Expr.Binary rest = chain;
        while (is(rest) && rest.left() instanceof Expr.Binary left) {
            parts.addFirst(comparison(left.right(), rest));
            rest = left;
        }
        parts.addFirst(comparison(rest.left(), rest));
        Span span = chain.span();
        String joined = String.join(" and ", parts);
        String before = span.file().text().substring(0, span.start()).stripTrailing();
        String text = before.endsWith("not") ? "(" + joined + ")" : joined;
        String sides = parts.size() == 2 ? "three" : "" + (parts.size() + 1);
        return Diagnostic.error("NND0261", span, "a comparison has two sides, this one has " + sides)
                .help("write `" + text + "`")
                .candidate("write `" + text + "`", span, text);
    }

    private static String comparison(Expr left, Expr.Binary of) {
        return left.span().text() + " " + of.operator().text() + " "
                + of.right().span().text();
    }
}
