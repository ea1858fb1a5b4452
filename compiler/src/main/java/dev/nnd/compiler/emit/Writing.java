package dev.nnd.compiler.emit;

/**
 * How the sources of a file are written; what they compute is the same.
 *
 * @param timed with timers around all ops, which report to {@code dev.nnd.runtime.profile.Profile}
 * @param rolled with loops over steps that repeat; without, every step is written out, which tests compare
 */
public record Writing(boolean timed, boolean rolled) {

    /** As users get them. */
    public static final Writing USUAL = new Writing(false, true);

    /** As {@code nnd profile} runs them. */
    public static final Writing TIMED = new Writing(true, true);

    /** Without loops over repeated steps. */
    public static final Writing WRITTEN_OUT = new Writing(false, false);
}
