package dev.nnd.compiler.cli;

import dev.nnd.compiler.CompiledFile;
import dev.nnd.runtime.train.BadStep;
import dev.nnd.runtime.train.ProgressListener;
import java.util.Optional;

/** Knows the program's text, so that it can name the op that made a loss infinite. */
final class ExplainedProgress extends ForwardingProgress {

    private final CompiledFile.Training training;

    ExplainedProgress(ProgressListener to, CompiledFile.Training training) {
        super(to);
        this.training = training;
    }

    @Override
    public Optional<String> explain(BadStep step) {
        return FirstBadOp.of(training, step);
    }
}
