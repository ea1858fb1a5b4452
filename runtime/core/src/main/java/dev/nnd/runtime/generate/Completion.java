package dev.nnd.runtime.generate;

/**
 * What was generated behind a prompt.
 *
 * @param tokens without those of the prompt, and without the stop token
 * @param finish why it ends
 */
public record Completion(int[] tokens, Finish finish) {

    /** Why a generation ends. */
    public enum Finish {
        /** It has as many tokens as were asked for. */
        LENGTH,
        /** A stop token was chosen. */
        STOP,
        /** The model's context is full. */
        CONTEXT
    }
}
