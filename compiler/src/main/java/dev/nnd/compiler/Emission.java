package dev.nnd.compiler;

import dev.nnd.compiler.emit.GeneratedFile;
import dev.nnd.compiler.emit.data.DataEmitter;
import dev.nnd.compiler.emit.kernel.KernelFile;
import dev.nnd.compiler.emit.kernel.UpdateKernel;
import dev.nnd.compiler.emit.model.ModelEmitter;
import dev.nnd.compiler.emit.model.WeightsEmitter;
import dev.nnd.compiler.emit.program.ProgramEmitter;
import dev.nnd.compiler.emit.training.TrainingEmitter;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.typed.TypedTrain;
import java.util.ArrayList;
import java.util.List;

/** Writes all that a file's declarations become; its programs share one class of kernels. */
final class Emission {

    private final KernelFile kernels;
    private final List<GeneratedFile> files = new ArrayList<>();

    private Emission(CompiledFile file) {
        this.kernels =
                new KernelFile(file.packageName(), file.program().source().name());
    }

    /** The sources of a file, in the order of its declarations; kernels come last. */
    static List<GeneratedFile> emit(CompiledFile file) {
        var emission = new Emission(file);
        file.models().forEach(emission::model);
        file.program().data().forEach(d -> emission.files.add(DataEmitter.emit(d)));
        file.trainings().forEach(emission::training);
        emission.files.addAll(emission.kernels.files());
        return emission.files;
    }

    private void model(CompiledFile.Model model) {
        files.addAll(ModelEmitter.emit(model.model(), model.parameters(), model.plan(), kernels));
    }

    private void training(CompiledFile.Training training) {
        TypedTrain train = training.train();
        CompiledFile.Model model = training.model();
        Graph update = training.update();
        UpdateKernel kernel = kernels.update(update.name() + "Update", update);
        files.addAll(TrainingEmitter.emit(train, kernel, ProgramEmitter.accessors(model.plan())));
        files.addAll(ProgramEmitter.trainStep(train, training.step(), kernels));
        files.addAll(ProgramEmitter.evaluation(train, training.evaluation(), kernels));
        if (!model.model().packageName().equals(train.packageName())) {
            // The weights' class is not public, so the section's package has one of its own.
            files.add(WeightsEmitter.emit(train.packageName(), model.model(), model.parameters(), model.plan()));
        }
    }
}
