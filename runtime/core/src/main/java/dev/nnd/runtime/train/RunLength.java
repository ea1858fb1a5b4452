package dev.nnd.runtime.train;

/**
 * How long a run is.
 *
 * @param steps optimizer steps from its beginning to its end
 * @param stepsPerEpoch steps in a pass over the training split; a fraction if a step takes several batches
 */
public record RunLength(long steps, double stepsPerEpoch) {

    /** Before a run has begun. */
    public static final RunLength UNKNOWN = new RunLength(1, 1);
}
