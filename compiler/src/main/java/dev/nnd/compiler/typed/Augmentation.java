package dev.nnd.compiler.typed;

import dev.nnd.compiler.type.Constant;
import dev.nnd.grammar.Span;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What is done at random to a field of the training examples, in order; shapes stay as they are.
 *
 * @param field the field's name
 * @param steps at least one
 */
public record Augmentation(String field, List<Step> steps, Span span) {

    /** One function with its options by the language's names, as written; what was left out is absent. */
    public record Step(Kind kind, Map<String, Constant> options, Span span) {}

    /** The functions. */
    public enum Kind {
        RANDOM_CROP,
        RANDOM_FLIP,
        RANDOM_ERASING,
        RANDOM_GRAYSCALE,
        ROTATE,
        SCALE,
        TRANSLATE,
        SHEAR,
        COLOUR_JITTER,
        CUTOUT,
        BLUR,
        NOISE,
        MIXUP,
        CUTMIX;

        /** True for those that mix examples of a batch with each other. */
        public boolean mixes() {
            return this == MIXUP || this == CUTMIX;
        }

        /** The name in the language. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
