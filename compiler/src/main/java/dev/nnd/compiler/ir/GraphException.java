package dev.nnd.compiler.ir;

import dev.nnd.grammar.Span;

/**
 * A graph that the compiler itself made wrong: never a user's error, those were reported before there was a graph. The
 * message names the op and the place in the .nnd file that it comes from.
 */
public final class GraphException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** A problem of one op. */
    public GraphException(Op op, Origin origin, String problem) {
        super(OpText.of(op) + ", from " + place(origin) + ": " + problem);
    }

    /** A problem of the graph as a whole. */
    public GraphException(String graph, String problem) {
        super("graph " + graph + ": " + problem);
    }

    /** {@code lenet.nnd:14:8 (Conv2d(32, kernel: 3))}. */
    private static String place(Origin origin) {
        Span span = origin.span();
        String text = origin.text().isEmpty() ? "" : " (" + origin.text() + ")";
        return span.file().name() + ":" + span.line() + ":" + span.column() + text;
    }
}
