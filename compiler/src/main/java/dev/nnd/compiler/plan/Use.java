package dev.nnd.compiler.plan;

/** What a plan is made for. */
enum Use {
    /** A program of its own, which takes and gives row-major values. */
    PROGRAM,
    /** Calls of a function, whose edges have the layouts of its callers. */
    CALLED,
    /** The body of a scan, which takes and gives entries of row-major sequences. */
    REPEATED
}
