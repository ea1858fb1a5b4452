package dev.nnd.runtime.kernel;

/** What a pooling makes of the elements of a window. */
public enum Pooling {
    /** The largest; padding never wins. */
    MAXIMUM,
    /** The mean of those that are no padding. */
    AVERAGE,
    /** The mean with the padding as zeros; what a window that is rounded up covers behind the padding does not count. */
    AVERAGE_WITH_PADDING
}
