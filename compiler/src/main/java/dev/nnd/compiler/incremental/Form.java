package dev.nnd.compiler.incremental;

/** What part of the positions an axis of a value holds in a step. */
enum Form {
    /** The axis has nothing to do with positions. */
    NONE,
    /** The positions that the step adds. */
    NOW,
    /** The last of these alone. */
    LAST,
    /** All positions that there is room for, those that are not known yet too. */
    FULL
}
