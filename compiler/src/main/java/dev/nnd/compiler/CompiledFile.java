package dev.nnd.compiler;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.lower.LoweredParameter;
import dev.nnd.compiler.plan.ExecutionPlan;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.compiler.typed.TypedModel;
import dev.nnd.compiler.typed.TypedProgram;
import dev.nnd.compiler.typed.TypedTrain;
import java.util.List;
import java.util.stream.Stream;

/**
 * One source on its way to Java: what {@code nnd summary} shows and the emitter writes.
 *
 * @param program the checked declarations
 * @param models in the order of the file
 * @param trainings in the order of the file
 */
public record CompiledFile(TypedProgram program, List<Model> models, List<Training> trainings) {

    public CompiledFile {
        models = List.copyOf(models);
        trainings = List.copyOf(trainings);
    }

    /**
     * A model for inference.
     *
     * @param parameters in the order of the instances in the file
     * @param graph the ops after all rewrites
     * @param plan what its program executes
     */
    public record Model(TypedModel model, List<LoweredParameter> parameters, Graph graph, ExecutionPlan plan) {}

    /**
     * A train section.
     *
     * @param graph forward and backward ops after all rewrites
     * @param step forward and backward over a batch
     * @param evaluation loss and metrics over a batch
     * @param update the optimizer's rule over one parameter
     * @param model the model that it trains, which may be of another file
     */
    public record Training(
            TypedTrain train, Graph graph, ExecutionPlan step, ExecutionPlan evaluation, Graph update, Model model) {}

    /** The Java package of its declarations; empty for none. */
    public String packageName() {
        return Stream.of(
                        program.models().stream().map(TypedModel::packageName),
                        program.data().stream().map(TypedData::packageName),
                        program.trains().stream().map(TypedTrain::packageName))
                .flatMap(s -> s)
                .findFirst()
                .orElse("");
    }
}
