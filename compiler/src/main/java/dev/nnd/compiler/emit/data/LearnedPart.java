package dev.nnd.compiler.emit.data;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.typed.DataExpr;
import dev.nnd.compiler.typed.DataFunction;
import dev.nnd.compiler.typed.TypedData;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Something that a data section learns from the training split, or reads from a tokenizer's file.
 *
 * @param value what it is learned for, met first
 * @param name of the Java field that holds it
 * @param field that it was met in first
 * @param missing true if a missing number reaches it, since {@code impute} comes after it
 */
record LearnedPart(DataExpr value, String name, TypedData.Field field, boolean missing) {

    /** What tells one learned thing from another; empty for what is not learned. */
    static Optional<String> key(DataExpr expression) {
        return switch (expression) {
            case DataExpr.Standardize s -> Optional.of("standardizer" + s.id());
            case DataExpr.Apply a when isTokenizer(a.function()) -> Optional.of(tokenizerKey(a));
            case DataExpr.Apply a
            when a.learned().isPresent() ->
                Optional.of(word(a.function()) + a.learned().getAsInt());
            default -> Optional.empty();
        };
    }

    static boolean isTokenizer(DataFunction function) {
        return switch (function) {
            case WORDS, CHARACTERS, WORDPIECE, BPE, TOKENIZER -> true;
            default -> false;
        };
    }

    /** Tokens of the same text made in the same way have one vocabulary, however long they are cut. */
    private static String tokenizerKey(DataExpr.Apply tokens) {
        var options = new TreeMap<>(tokens.options());
        List.of("length", "pad", "cut").forEach(options::remove);
        String of =
                file(tokens).isPresent() ? "" : " of " + text(tokens.operands().getFirst());
        return tokens.function() + " " + options + of;
    }

    private static String text(DataExpr text) {
        return switch (text) {
            case DataExpr.TextColumn c -> "\"" + c.name() + "\"";
            case DataExpr.Stream s -> "text";
            case DataExpr.Apply a ->
                a.function()
                        + a.options().toString()
                        + a.learned()
                        + a.operands().stream().map(LearnedPart::text).toList();
            default -> text.toString();
        };
    }

    private static String word(DataFunction function) {
        return switch (function) {
            case IMPUTE -> "imputer";
            case MIN_MAX -> "minMax";
            case CATEGORIES -> "categories";
            default -> "learned";
        };
    }

    /** The wanted name of the Java field. */
    static String wantedName(DataExpr expression) {
        return expression instanceof DataExpr.Apply a && isTokenizer(a.function())
                ? switch (a.function()) {
                    case WORDPIECE -> "wordPieces";
                    case BPE -> "bytePairs";
                    default -> a.function().text();
                }
                : key(expression).orElseThrow();
    }

    private static Optional<String> file(DataExpr.Apply tokens) {
        return tokens.options().get("file") instanceof Constant.Text(String file)
                ? Optional.of(file)
                : Optional.empty();
    }

    private long elements() {
        return FieldCode.elements(value.type());
    }

    /** True if it is text that it learns from. */
    boolean ofText() {
        return value instanceof DataExpr.Apply a
                && FieldText.isText(a.operands().getFirst());
    }

    ClassName type() {
        return switch (value) {
            case DataExpr.Apply a ->
                switch (a.function()) {
                    case MIN_MAX -> RuntimeTypes.data("MinMax");
                    case IMPUTE -> RuntimeTypes.data(ofText() ? "TextImputer" : "Imputer");
                    case WORDPIECE -> RuntimeTypes.data("WordPieces");
                    case BPE -> RuntimeTypes.data("BytePairs");
                    case TOKENIZER -> RuntimeTypes.data("TokenizerFile");
                    default -> RuntimeTypes.data("Vocabulary");
                };
            default -> RuntimeTypes.STANDARDIZER;
        };
    }

    CodeBlock initializer() {
        return switch (value) {
            case DataExpr.Apply a -> initializer(a);
            default -> CodeBlock.of("new $T($S, $L)", type(), field.name(), elements());
        };
    }

    private CodeBlock initializer(DataExpr.Apply a) {
        return switch (a.function()) {
            case MIN_MAX -> CodeBlock.of("new $T($S, $L)", type(), field.name(), elements());
            case IMPUTE ->
                ofText()
                        ? CodeBlock.of("new $T($S)", type(), field.name())
                        : CodeBlock.of(
                                "new $T($S, $L, $T.$L)",
                                type(),
                                field.name(),
                                elements(),
                                type().nestedClass("Strategy"),
                                text(a, "strategy").toUpperCase(java.util.Locale.ROOT));
            case WORDPIECE, BPE, TOKENIZER -> {
                String vocab = number(a, "vocab", "Integer.MAX_VALUE");
                yield file(a).map(file -> CodeBlock.of("new $T($S, $S, $L)", type(), field.name(), file, vocab))
                        .orElseGet(() -> CodeBlock.of("$T.learned($S, $L)", type(), field.name(), vocab));
            }
            default ->
                CodeBlock.of(
                        "new $T($S, $T.$L, $L, $L)",
                        type(),
                        field.name(),
                        type().nestedClass("Kind"),
                        a.function().name(),
                        number(a, "vocab", "Integer.MAX_VALUE"),
                        number(a, "min_count", "1"));
        };
    }

    private static String text(DataExpr.Apply a, String option) {
        return a.options().get(option) instanceof Constant.Text(String text) ? text : "";
    }

    private static String number(DataExpr.Apply a, String option, String otherwise) {
        return a.options().get(option) instanceof Constant.Int(var dim) ? dim.toString() : otherwise;
    }

    /** What it is, for its comment. */
    String describe() {
        return switch (value) {
            case DataExpr.Standardize s -> "Mean and standard deviation of";
            case DataExpr.Apply a ->
                switch (a.function()) {
                    case MIN_MAX -> "Least and largest value of";
                    case IMPUTE -> "What stands for a missing value of";
                    case WORDPIECE, BPE, TOKENIZER -> "The tokenizer of";
                    default -> "The vocabulary of";
                };
            default -> "What is learned of";
        };
    }
}
