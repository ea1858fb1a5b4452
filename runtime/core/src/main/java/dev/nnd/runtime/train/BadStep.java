package dev.nnd.runtime.train;

/**
 * A step whose loss is not finite, as it can be run again: the weights are those that it began with.
 *
 * @param statement its statement {@code minimize}
 * @param batch holds the batch
 * @param seed of its random numbers
 * @param draw the number of the step for its random numbers
 */
public record BadStep(TrainingProgram program, int statement, BatchProgram batch, long seed, long draw) {}
