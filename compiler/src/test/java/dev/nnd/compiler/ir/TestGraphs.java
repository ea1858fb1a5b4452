package dev.nnd.compiler.ir;

import dev.nnd.grammar.SourceFile;
import dev.nnd.grammar.Span;

/** What tests need to build graphs by hand. */
public final class TestGraphs {

    /** Line 2, column 6 of a file {@code test.nnd}. */
    public static final Origin ORIGIN =
            new Origin(new Span(new SourceFile("test.nnd", "model M {\n  x -> relu\n}\n"), 15, 19), "", "relu");

    private TestGraphs() {}

    /** An empty graph whose nodes come from {@link #ORIGIN}. */
    public static GraphBuilder builder() {
        return new GraphBuilder("Test").at(ORIGIN);
    }

    /** The message of what was thrown. */
    public static String message(Throwable thrown) {
        return String.valueOf(thrown.getMessage());
    }

    /** A window without dilation and with the same padding on all sides. */
    public static Op.Window window(int kernel, int stride, int padding) {
        return new Op.Window(kernel, kernel, stride, stride, padding, padding, padding, padding, 1, 1);
    }
}
