package dev.nnd.compiler.emit.data;

import com.palantir.javapoet.CodeBlock;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.typed.DataExpr;
import dev.nnd.compiler.typed.DataFunction;
import java.util.Locale;

/** Java expressions of type String for texts. */
final class FieldText {

    private final FieldCode code;

    FieldText(FieldCode code) {
        this.code = code;
    }

    /** True for what is text and no numbers. */
    static boolean isText(DataExpr expression) {
        return switch (expression) {
            case DataExpr.TextColumn t -> true;
            case DataExpr.Stream s -> true;
            case DataExpr.Apply a ->
                switch (a.function()) {
                    case LOWERCASE, UPPERCASE, STRIP -> true;
                    case IMPUTE -> isText(a.operands().getFirst());
                    case FILL -> a.type().equals(DataExpr.TEXT);
                    default -> false;
                };
            default -> false;
        };
    }

    CodeBlock of(DataExpr expression) {
        return switch (expression) {
            case DataExpr.TextColumn t ->
                CodeBlock.of(
                        "row.text($L)", FieldCode.columnConstant(code.shape().columns(), t.name()));
            case DataExpr.Stream s -> code.stream();
            case DataExpr.Apply a -> apply(a);
            default -> throw new IllegalArgumentException(expression + " is no text");
        };
    }

    private CodeBlock apply(DataExpr.Apply a) {
        if (a.function() == DataFunction.FILL) {
            return CodeBlock.of("$S", put(a));
        }
        CodeBlock text = of(a.operands().getFirst());
        return switch (a.function()) {
            case LOWERCASE -> CodeBlock.of("$L.toLowerCase($T.ROOT)", text, Locale.class);
            case UPPERCASE -> CodeBlock.of("$L.toUpperCase($T.ROOT)", text, Locale.class);
            case STRIP -> CodeBlock.of("$L.strip()", text);
            case IMPUTE ->
                a.learned().isPresent()
                        ? CodeBlock.of("$L.apply($L)", code.learned(a), text)
                        : CodeBlock.of("$T.orElse($L, $S)", RuntimeTypes.VALUES, text, put(a));
            default -> throw new IllegalArgumentException(a.function() + " makes no text");
        };
    }

    private static String put(DataExpr.Apply a) {
        return a.options().get("value") instanceof Constant.Text(String text) ? text : "";
    }
}
