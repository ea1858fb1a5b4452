package dev.nnd.compiler.emit.kernel;

/**
 * A Java expression and how tightly it binds.
 *
 * @param text the expression
 * @param binding one of the constants here; operands that bind less tightly than their place needs get parentheses
 */
record Code(String text, int binding) {

    static final int TERNARY = 0;
    static final int OR = 1;
    static final int AND = 2;
    static final int EQUALITY = 3;
    static final int RELATION = 4;
    static final int SUM = 5;
    static final int PRODUCT = 6;
    static final int UNARY = 7;
    static final int ATOM = 8;

    static Code atom(String text) {
        return new Code(text, ATOM);
    }

    /** {@code function(operand, ...)}. */
    static Code call(String function, Code... operands) {
        var text = new StringBuilder(function).append('(');
        for (int i = 0; i < operands.length; i++) {
            text.append(i == 0 ? "" : ", ").append(operands[i].text);
        }
        return atom(text.append(')').toString());
    }

    /** {@code left operator right}, left-associative. */
    static Code infix(Code left, String operator, Code right, int binding) {
        return new Code(left.in(binding) + " " + operator + " " + right.in(binding + 1), binding);
    }

    /** {@code operator operand} for a sign, a {@code !} or a cast. */
    static Code prefix(String operator, Code operand) {
        boolean signs = operator.equals("-") && operand.text.startsWith("-");
        return new Code(operator + (signs ? "(" + operand.text + ")" : operand.in(UNARY)), UNARY);
    }

    /** {@code condition ? yes : no}. */
    static Code choice(Code condition, Code yes, Code no) {
        return new Code(condition.in(TERNARY + 1) + " ? " + yes.in(TERNARY + 1) + " : " + no.in(TERNARY), TERNARY);
    }

    /** {@code this.method(operand, ...)}. */
    Code then(String method, Code... operands) {
        return atom(in(ATOM) + "." + call(method, operands).text);
    }

    /** The text, in parentheses if it binds less tightly than {@code place}. */
    String in(int place) {
        return binding < place ? "(" + text + ")" : text;
    }
}
