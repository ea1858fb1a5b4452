package dev.nnd.compiler.emit;

import dev.nnd.compiler.ir.Origin;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.grammar.Span;

/** Text of the author and of the compiler made fit for Javadoc. */
public final class Docs {

    private static final int LONGEST_CODE = 90;

    private Docs() {}

    /** An author's {@code ///} text as Javadoc: markup and anything that could end or steer the comment is escaped. */
    public static String text(String written) {
        var text = new StringBuilder();
        for (String line : written.strip().split("\n", -1)) {
            text.append(text.isEmpty() ? "" : "\n").append(escape(line.strip()));
        }
        return text.toString();
    }

    /** An author's text as a part of a sentence: on one line, without its final period. */
    public static String remark(String written) {
        String line = text(written).replace('\n', ' ');
        return line.endsWith(".") ? line.substring(0, line.length() - 1) : line;
    }

    /** A piece of source in code font on one line; cut after 90 characters. */
    public static String code(String source) {
        String line = source.strip().replaceAll("\\s+", " ");
        if (line.length() > LONGEST_CODE) {
            line = line.substring(0, LONGEST_CODE - 3) + "...";
        }
        boolean plain = balanced(line) && !line.contains("*/") && !line.contains("\\") && !line.contains("@");
        return plain ? "{@code " + line + "}" : "<code>" + escape(line) + "</code>";
    }

    /** A piece of source for a line comment: one line of at most 90 characters. */
    public static String plain(String source) {
        String line = source.strip().replaceAll("\\s+", " ").replace("\\", "/");
        return line.length() > LONGEST_CODE ? line.substring(0, LONGEST_CODE - 3) + "..." : line;
    }

    /** {@code mnist_cnn.nnd:9}. */
    public static String place(Span span) {
        return fileName(span.file().name()) + ":" + span.line();
    }

    /** {@code {@code Conv2d(32, kernel: 3) -> relu}: f32[N, 1, 28, 28] to f32[N, 32, 26, 26]. mnist_cnn.nnd:9}. */
    public static String stage(Origin origin, TensorType from, TensorType to) {
        return code(origin.text()) + ": " + from + " to " + to + ". " + place(origin.span());
    }

    /** The part of a name after the last {@code /}, on one line. */
    public static String fileName(String name) {
        String slashes = name.replace('\\', '/');
        return slashes.substring(slashes.lastIndexOf('/') + 1).replaceAll("[\\r\\n]", " ");
    }

    private static String escape(String line) {
        return line.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("*/", "*&#47;")
                .replace("\\", "&#92;")
                .replace("@", "&#64;")
                .replace("{", "&#123;")
                .replace("}", "&#125;");
    }

    private static boolean balanced(String line) {
        int open = 0;
        for (int i = 0; i < line.length() && open >= 0; i++) {
            char c = line.charAt(i);
            open += c == '{' ? 1 : c == '}' ? -1 : 0;
        }
        return open == 0;
    }
}
