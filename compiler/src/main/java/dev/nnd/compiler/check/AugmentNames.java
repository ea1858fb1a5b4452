package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.typed.Augmentation;
import dev.nnd.grammar.Diagnostic;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The names of the augmentations, and what other libraries call them. */
final class AugmentNames {
    private AugmentNames() {}

    static List<String> all() {
        return Arrays.stream(Augmentation.Kind.values())
                .map(Augmentation.Kind::text)
                .toList();
    }

    static Diagnostic unknown(Expr callee) {
        Diagnostic error = Diagnostic.error(
                "NND0426",
                callee.span(),
                "there is no augmentation `" + callee.span().text() + "`");
        Optional<String> near = Optional.ofNullable(usual(callee.span().text()))
                .or(() -> Nearest.to(callee.span().text(), all()));
        return near.isPresent()
                ? Expressions.suggest(error, callee.span(), near)
                : error.help("there are " + String.join(", ", all()));
    }

    private static @Nullable String usual(String name) {
        return switch (name.replace("_", "").toLowerCase(Locale.ROOT)) {
            case "randomhorizontalflip", "horizontalflip", "flip", "hflip", "fliplr" -> "random_flip";
            case "randomrotation", "randomrotate" -> "rotate";
            case "randomzoom", "zoom", "randomscale" -> "scale";
            case "randomtranslation", "shift" -> "translate";
            case "gaussiannoise" -> "noise";
            case "gaussianblur" -> "blur";
            case "crop", "randomresizedcrop" -> "random_crop";
            case "colorjitter", "randomcolorjitter" -> "colour_jitter";
            case "randomerase" -> "random_erasing";
            case "mixup" -> "mixup";
            case "cutmix" -> "cutmix";
            default -> null;
        };
    }
}
