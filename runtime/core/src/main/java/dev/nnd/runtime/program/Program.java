package dev.nnd.runtime.program;

/** A bound program: generated classes implement it. For one thread at a time. */
public interface Program extends AutoCloseable {

    /** Computes the outputs from what the inputs hold now; allocates nothing. */
    void run();

    /** Bytes of the one block of memory that it uses. */
    long arenaBytes();

    @Override
    void close();
}
