package dev.nnd.runtime.train;

import java.util.Optional;

/** Hears of a run as it goes. Called on the training thread, which waits meanwhile. */
public interface ProgressListener {
    /** Hears nothing. */
    ProgressListener NONE = new ProgressListener() {};

    /** Data is read, memory is planned; the first step follows. */
    default void started(TrainingStart start) {}

    /** A step is done. The argument is one object that is changed at every step: read it, don't keep it. */
    default void batch(TrainingProgress progress) {}

    /** A pass over the training split, or what lies between two evaluations, is done and evaluated. */
    default void epoch(EpochResult result, boolean best) {}

    /** The run ends early; one plain sentence without a period says why. */
    default void stopped(String reason) {}

    /** Something that does not stop the run; one plain sentence. */
    default void warning(String message) {}

    /** The loss of a step is not finite, which ends the run: one sentence that says where that comes from, if it can be told. */
    default Optional<String> explain(BadStep step) {
        return Optional.empty();
    }

    /** The run is over, complete or interrupted. */
    default void finished(TrainingRun run) {}
}
