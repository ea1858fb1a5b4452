package dev.nnd.runtime.program;

/** A bound program: generated classes implement it. For one thread at a time. */
public interface Program extends AutoCloseable {

    /** Computes the outputs from what the inputs hold now; allocates nothing. */
    void run();

    /**
     * What the random functions of the next runs draw from: equal numbers give equal results. A new program has 0 and 0; one
     * that draws nothing ignores them.
     *
     * @param step changes from run to run
     */
    default void random(long seed, long step) {}

    /** Bytes of the one block of memory that it uses. */
    long arenaBytes();

    @Override
    void close();
}
