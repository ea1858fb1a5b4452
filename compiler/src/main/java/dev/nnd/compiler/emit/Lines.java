package dev.nnd.compiler.emit;

import java.util.ArrayList;
import java.util.List;

/** Java statements with their indentation; long ones are broken. */
public final class Lines {

    /** What a line is. */
    enum Kind {
        OPEN,
        CLOSE,
        STATEMENT,
        COMMENT
    }

    /** A line before it is indented and broken; its numbers may be {@link Indexed}. */
    record Line(Kind kind, String text) {}

    private static final int WIDTH = 110;

    /** A line is not broken further left than this. */
    private static final int EARLIEST = 24;

    private final List<Line> lines = new ArrayList<>();

    /** No lines yet. */
    public Lines() {}

    /** {@code header {}, and one level deeper. */
    public Lines open(String header) {
        return add(Kind.OPEN, header);
    }

    /** Ends the innermost block. */
    public Lines close() {
        return add(Kind.CLOSE, "");
    }

    /** A statement without its semicolon; a long one is broken before a dot or an operator. */
    public Lines add(String statement) {
        return add(Kind.STATEMENT, statement);
    }

    /** A line comment. */
    public Lines comment(String words) {
        return add(Kind.COMMENT, words);
    }

    /** The lines of another one. */
    public Lines add(Lines others) {
        lines.addAll(others.lines);
        return this;
    }

    Lines add(Kind kind, String text) {
        lines.add(new Line(kind, text));
        return this;
    }

    /** The lines so far. */
    List<Line> lines() {
        return List.copyOf(lines);
    }

    /** How many lines there are, before long ones are broken. */
    public int size() {
        return lines.size();
    }

    /** The lines so far, each with a line break. */
    @Override
    public String toString() {
        var text = new StringBuilder();
        int depth = 0;
        for (Line line : lines) {
            String words = Indexed.plain(line.text());
            depth -= line.kind() == Kind.CLOSE ? 1 : 0;
            switch (line.kind()) {
                case OPEN -> indent(text, depth).append(words).append(" {\n");
                case CLOSE -> indent(text, depth).append("}\n");
                case COMMENT -> indent(text, depth).append("// ").append(words).append('\n');
                case STATEMENT -> statement(text, depth, words);
            }
            depth += line.kind() == Kind.OPEN ? 1 : 0;
        }
        return text.toString();
    }

    private static void statement(StringBuilder text, int depth, String words) {
        String rest = words + ";";
        int room = WIDTH - 4 * depth;
        while (rest.length() > room) {
            int at = breakBefore(rest, room);
            if (at <= 0) {
                break;
            }
            indent(text, depth).append(rest, 0, at).append('\n');
            rest = "        " + rest.substring(at).strip();
        }
        indent(text, depth).append(rest).append('\n');
    }

    private static StringBuilder indent(StringBuilder text, int depth) {
        return text.append("    ".repeat(depth));
    }

    /** Where a line is best broken: inside as few parentheses as possible, and there as late as possible. */
    private static int breakBefore(String line, int room) {
        int best = -1;
        int fewest = Integer.MAX_VALUE;
        int open = 0;
        for (int i = 0; i < line.length() && i <= room; i++) {
            char c = line.charAt(i);
            open += c == '(' || c == '[' ? 1 : c == ')' || c == ']' ? -1 : 0;
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
