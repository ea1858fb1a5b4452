package dev.nnd.compiler.cli;

import dev.nnd.compiler.CompiledFile;
import dev.nnd.compiler.typed.TypedTrain;
import dev.nnd.runtime.train.RunDirectory;
import java.nio.file.Path;

/** Where a run has put the weights of one of its models. */
record RunDirectoryWeights(RunDirectory directory, Path file) {

    /** Those of a model of a section. */
    static RunDirectoryWeights of(TrainSection section, CompiledFile.Model model, RunDirectory directory) {
        if (section.train().models().size() == 1) {
            return new RunDirectoryWeights(directory, directory.weights());
        }
        int at = section.training().models().indexOf(model);
        TypedTrain.Trained trained = section.train().models().get(at);
        return new RunDirectoryWeights(directory, directory.weights(trained.name()));
    }
}
