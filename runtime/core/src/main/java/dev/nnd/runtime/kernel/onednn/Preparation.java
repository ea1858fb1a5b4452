package dev.nnd.runtime.kernel.onednn;

/** What is done in Java before the primitives of an op run. */
interface Preparation {

    /** The tensors have memory now. */
    void place();

    /** Runs before each run of the op. */
    void run();
}
