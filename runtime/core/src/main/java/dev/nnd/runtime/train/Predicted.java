package dev.nnd.runtime.train;

/**
 * What a section's model predicts.
 *
 * @param kind what its output means
 * @param field the field of the data section that it is compared with
 */
public record Predicted(Kind kind, String field) {

    /** What an output means. */
    public enum Kind {
        /** A logit for each class of a label. */
        SOFTMAX,
        /** The logit of the second of two classes. */
        SIGMOID,
        /** The numbers of the field. */
        NUMBERS
    }
}
