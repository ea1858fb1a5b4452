package dev.nnd.compiler.ir;

import dev.nnd.grammar.SourceFile;
import dev.nnd.grammar.Span;
import java.util.List;
import java.util.stream.Stream;

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

    /** The records that ops are made of, those of a group among them. */
    public static Stream<Class<?>> ops() {
        return ops(Op.class);
    }

    private static Stream<Class<?>> ops(Class<?> type) {
        return type.isSealed() ? Stream.of(type.getPermittedSubclasses()).flatMap(TestGraphs::ops) : Stream.of(type);
    }

    /** The message of what was thrown. */
    public static String message(Throwable thrown) {
        return String.valueOf(thrown.getMessage());
    }

    /** A window without dilation and with the same padding on all sides. */
    public static Op.Window window(int kernel, int stride, int padding) {
        return window(
                List.of(kernel, kernel),
                List.of(stride, stride),
                List.of(padding, padding),
                List.of(padding, padding),
                List.of(1, 1));
    }

    /** A window that is not rounded up. */
    public static Op.Window window(
            List<Integer> kernel,
            List<Integer> stride,
            List<Integer> padBefore,
            List<Integer> padAfter,
            List<Integer> dilation) {
        return new Op.Window(kernel, stride, padBefore, padAfter, dilation, false);
    }
}
