package dev.nnd.runtime.train;

/** How far a run is. One object for the whole run, changed at every step. */
public final class TrainingProgress {
    private static final double NANOS = 1e9;

    private final Means means;
    private final int batches;
    private final long steps;
    private final long epochs;
    private long epoch;
    private int batchInEpoch;
    private long step;
    private long stepsHere;
    private long samplesHere;
    private double loss;
    private long trainNanos;
    private long allNanos;

    TrainingProgress(Means means, int batches, long steps, long epochs) {
        this.epochs = epochs;
        this.means = means;
        this.batches = batches;
        this.steps = steps;
    }

    void at(long epoch, int batchInEpoch, long step) {
        this.epoch = epoch;
        this.batchInEpoch = batchInEpoch;
        this.step = step;
    }

    void stepDone(double loss, int samples, long trainNanos, long allNanos) {
        this.loss = loss;
        this.samplesHere += samples;
        this.stepsHere++;
        this.trainNanos = trainNanos;
        this.allNanos = allNanos;
    }

    /** The current pass over the training split, from 1. */
    public long epoch() {
        return epoch;
    }

    /** Passes at the end of the run; the last may be partial. */
    public long epochs() {
        return epochs;
    }

    /** Batches done in this pass. */
    public int batchInEpoch() {
        return batchInEpoch;
    }

    /** Batches in a pass. */
    public int batches() {
        return batches;
    }

    /** Steps done, including those of a run that is resumed. */
    public long step() {
        return step;
    }

    /** Steps at the end of the run. */
    public long steps() {
        return steps;
    }

    /** The loss of the latest batch. */
    public double batchLoss() {
        return loss;
    }

    /** The mean loss of this pass so far. */
    public double loss() {
        return means.loss();
    }

    /** The mean of a metric over this pass so far; the index is that of {@link RunSettings#metrics}. */
    public double metric(int index) {
        return means.metric(index);
    }

    /** Training examples per second since the start, without evaluation and saving. */
    public double samplesPerSecond() {
        return trainNanos == 0 ? 0 : samplesHere * NANOS / trainNanos;
    }

    /** Estimated seconds to the end of the run, with evaluation and saving. */
    public double secondsLeft() {
        return stepsHere == 0 ? 0 : allNanos / NANOS / stepsHere * (steps - step);
    }
}
