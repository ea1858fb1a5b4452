package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.Ident;
import dev.nnd.compiler.ast.TrainItem;
import dev.nnd.compiler.typed.TypedTrain;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The setting {@code precision}: in which numbers a train section's products are computed. */
final class PrecisionRule {

    private static final List<String> PRECISIONS = List.of("f32", "tf32", "bf16", "f16");
    /** What users of other libraries call 8 bits. */
    private static final Set<String> INTEGERS =
            Set.of("int8", "i8", "s8", "u8", "uint8", "qint8", "quint8", "quantized", "int8_dynamic", "w8a8", "8bit");

    private PrecisionRule() {}

    /** What a train section says; empty, and reported, if it is not one. */
    static Optional<TypedTrain.Precision> read(Checking c, TrainItem.Setting setting) {
        Expr written = setting.value();
        Ident word = switch (written) {
            case Expr.Name n -> new Ident(n.name(), n.span());
            case Expr.StringLiteral s -> new Ident(s.value(), s.span());
            case Expr other -> new Ident(other.span().text(), other.span());
        };
        if (written instanceof Expr.Name && PRECISIONS.contains(word.name())) {
            return Optional.of(TypedTrain.Precision.valueOf(word.name().toUpperCase(Locale.ROOT)));
        }
        if (INTEGERS.contains(word.name().toLowerCase(Locale.ROOT))) {
            integers(c, word, written.span());
            return Optional.empty();
        }
        Optional<String> meant = PRECISIONS.contains(word.name())
                ? Optional.of(word.name())
                : foreign(word.name()).or(() -> Nearest.to(word.name(), PRECISIONS));
        Diagnostic error = Diagnostic.error(
                "NND0539",
                word.span(),
                "there is no precision `" + written.span().text() + "`");
        c.report(
                meant.isPresent()
                        ? Expressions.suggest(error, word.span(), meant)
                        : error.help("the precisions are " + String.join(", ", PRECISIONS)));
        return Optional.empty();
    }

    /** Eight bits are too few for gradients, which must be said, since predictions can be computed in them. */
    private static void integers(Checking c, Ident word, Span written) {
        c.report(Diagnostic.error(
                        "NND0539",
                        word.span(),
                        "nothing can be trained in `" + written.text() + "`: 8 bits are too few for gradients")
                .help("train in `bf16` or `f32`, and ask for 8 bits when the weights are loaded for predictions:"
                        + " `load(weights, Provider.best(1).with(Precision.INT8))`")
                .fix(written, "bf16"));
    }

    private static Optional<String> foreign(String name) {
        return Optional.ofNullable(
                switch (name.toLowerCase(Locale.ROOT).replace("-", "_")) {
                    case "float16", "half", "fp16", "mixed_float16", "16_mixed", "16" -> "f16";
                    case "bfloat16", "bfloat", "mixed_bfloat16", "bf16_mixed", "mixed", "amp" -> "bf16";
                    case "float32", "float", "single", "fp32", "full", "32" -> "f32";
                    default -> null;
                });
    }
}
