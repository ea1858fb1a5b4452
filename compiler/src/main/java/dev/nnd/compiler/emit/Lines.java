package dev.nnd.compiler.emit;

/** Java statements with their indentation; long ones are broken. */
public final class Lines {

    private static final int WIDTH = 110;

    /** A line is not broken further left than this. */
    private static final int EARLIEST = 24;

    private final StringBuilder text = new StringBuilder();
    private int depth;

    /** No lines yet. */
    public Lines() {}

    /** {@code header {}, and one level deeper. */
    public Lines open(String header) {
        indent().append(header).append(" {\n");
        depth++;
        return this;
    }

    /** Ends the innermost block. */
    public Lines close() {
        depth--;
        indent().append("}\n");
        return this;
    }

    /** A statement without its semicolon; a long one is broken before a dot or an operator. */
    public Lines add(String statement) {
        String rest = statement + ";";
        int room = WIDTH - 4 * depth;
        while (rest.length() > room) {
            int at = breakBefore(rest, room);
            if (at <= 0) {
                break;
            }
            indent().append(rest, 0, at).append('\n');
            rest = "        " + rest.substring(at).strip();
        }
        indent().append(rest).append('\n');
        return this;
    }

    /** A line comment. */
    public Lines comment(String words) {
        indent().append("// ").append(words).append('\n');
        return this;
    }

    /** The lines so far, each with a line break. */
    @Override
    public String toString() {
        return text.toString();
    }

    private StringBuilder indent() {
        return text.append("    ".repeat(depth));
    }

    /** Where a line is best broken: inside as few parentheses as possible, and there as late as possible. */
    private static int breakBefore(String line, int room) {
        int best = -1;
        int fewest = Integer.MAX_VALUE;
        int open = 0;
        for (int i = 0; i < line.length() && i <= room; i++) {
            char c = line.charAt(i);
            open += c == '(' ? 1 : c == ')' ? -1 : 0;
            boolean indentation = line.substring(0, i).isBlank();
            if (!indentation && i > EARLIEST && open <= fewest && isBreak(line, i, open)) {
                best = i;
                fewest = open;
            }
        }
        return best;
    }

    private static boolean isBreak(String line, int i, int open) {
        boolean operator = line.charAt(i) == ' '
                && i + 2 < line.length()
                && line.charAt(i + 2) == ' '
                && "+-*/<>?:|&".indexOf(line.charAt(i + 1)) >= 0;
        boolean dot = open == 0 && line.charAt(i) == '.' && line.charAt(i - 1) == ')';
        boolean comma = line.charAt(i) == ' ' && line.charAt(i - 1) == ',';
        return operator || dot || comma;
    }
}
