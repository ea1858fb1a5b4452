package dev.nnd.compiler.onnx;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Names of a file as names of the language: letters, digits and underscores, each used once. */
final class NndNames {

    private static final int LONGEST = 48;

    private static final List<String> WORDS = List.of(
            "package",
            "import",
            "as",
            "fn",
            "train",
            "tune",
            "input",
            "output",
            "let",
            "var",
            "param",
            "buffer",
            "for",
            "in",
            "if",
            "else",
            "then",
            "require",
            "and",
            "or",
            "not",
            "none",
            "true",
            "false",
            "parameters",
            "flops",
            "activation_bytes",
            "source",
            "split",
            "field",
            "augment",
            "minimize",
            "over",
            "using",
            "from",
            "frozen",
            "freeze",
            "adapt",
            "f16",
            "f32",
            "f64",
            "bf16",
            "i8",
            "i32",
            "i64",
            "u8",
            "bool",
            "int",
            "float",
            "string",
            "tensor",
            "initializer",
            "pair",
            "triple",
            "padding");

    private final Set<String> used = new HashSet<>(WORDS);

    /** Words that stand in expressions are no names. */
    void reserve(String text) {
        for (String word : text.split("\\W+", -1)) {
            used.add(word);
        }
    }

    /** A name like the hint that is not used yet. */
    String unique(String hint, String otherwise) {
        String name = plain(hint, otherwise);
        String chosen = name;
        for (int i = 2; !used.add(chosen); i++) {
            chosen = name + "_" + i;
        }
        return chosen;
    }

    private static String plain(String hint, String otherwise) {
        if (hint.equalsIgnoreCase("input") || hint.equalsIgnoreCase("output")) {
            return otherwise;
        }
        String tail = hint.replaceAll("_output_0$", "");
        if (tail.length() > LONGEST || tail.startsWith("/")) {
            String[] segments = tail.split("/", -1);
            tail = segments[segments.length - 1];
            for (int i = segments.length - 2; i >= 0 && tail.length() + segments[i].length() < LONGEST; i--) {
                tail = segments[i] + "_" + tail;
            }
        }
        String name = words(tail);
        if (name.isEmpty() || Character.isDigit(name.charAt(0))) {
            name = otherwise + (name.isEmpty() ? "" : "_" + name);
        }
        name = name.length() > LONGEST ? name.substring(name.length() - LONGEST).replaceAll("^[^A-Za-z]+", "") : name;
        return Character.toLowerCase(name.charAt(0)) + name.substring(1);
    }

    private static String words(String text) {
        return text.replaceAll("[^A-Za-z0-9]+", "_").replaceAll("^_+|_+$", "");
    }

    /** A dim variable: it starts with a capital. */
    static String dim(String name) {
        var made = new StringBuilder();
        for (String word : words(name).split("_", -1)) {
            if (!word.isEmpty()) {
                made.append(word.substring(0, 1).toUpperCase(Locale.ROOT)).append(word.substring(1));
            }
        }
        String text = made.toString();
        return text.isEmpty() || Character.isDigit(text.charAt(0)) ? "D" + text : text;
    }

    /** The name of a model: letters and digits with a capital in front. */
    static String model(String name) {
        return dim(name.isEmpty() ? "Model" : name);
    }
}
