package dev.nnd.runtime.train;

/**
 * How long a run is.
 *
 * @param steps optimizer steps from its beginning to its end
 * @param stepsPerEpoch steps in a pass over the training split
 */
public record RunLength(long steps, long stepsPerEpoch) {

    /** Before a run has begun. */
    public static final RunLength UNKNOWN = new RunLength(1, 1);
}
