package dev.nnd.compiler.cli;

import dev.nnd.runtime.train.BadStep;
import dev.nnd.runtime.train.EpochResult;
import dev.nnd.runtime.train.ProgressListener;
import dev.nnd.runtime.train.TrainingProgress;
import dev.nnd.runtime.train.TrainingRun;
import dev.nnd.runtime.train.TrainingStart;
import java.util.Optional;

/** Passes everything on to another listener; what extends it adds to some of it. */
abstract class ForwardingProgress implements ProgressListener {

    private final ProgressListener to;

    ForwardingProgress(ProgressListener to) {
        this.to = to;
    }

    @Override
    public Optional<String> explain(BadStep step) {
        return to.explain(step);
    }

    @Override
    public void started(TrainingStart start) {
        to.started(start);
    }

    @Override
    public void batch(TrainingProgress progress) {
        to.batch(progress);
    }

    @Override
    public void epoch(EpochResult result, boolean best) {
        to.epoch(result, best);
    }

    @Override
    public void stopped(String reason) {
        to.stopped(reason);
    }

    @Override
    public void warning(String message) {
        to.warning(message);
    }

    @Override
    public void finished(TrainingRun run) {
        to.finished(run);
    }
}
