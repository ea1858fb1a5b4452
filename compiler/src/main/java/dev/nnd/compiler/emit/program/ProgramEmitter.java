package dev.nnd.compiler.emit.program;

import com.palantir.javapoet.ClassName;
import dev.nnd.compiler.emit.GeneratedFile;
import dev.nnd.compiler.emit.kernel.KernelFile;
import dev.nnd.compiler.plan.Buffer;
import dev.nnd.compiler.plan.ExecutionPlan;
import dev.nnd.compiler.plan.FunctionPlan;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.compiler.typed.TypedModel;
import dev.nnd.compiler.typed.TypedTrain;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes the classes that run execution plans; their kernels go to the file's {@link KernelFile}. */
public final class ProgramEmitter {

    private ProgramEmitter() {}

    /** {@code SimpleCnnForward}: a model for inference, bound to free dims. */
    public static List<GeneratedFile> forward(TypedModel model, ExecutionPlan plan, KernelFile kernels) {
        var unit = new ProgramUnit(
                ProgramUnit.Kind.FORWARD,
                ClassName.get(model.packageName(), model.name() + "Forward"),
                ClassName.get(model.packageName(), model.name()),
                ClassName.get(model.packageName(), model.name() + "Weights"),
                model.declaration().span(),
                Optional.empty(),
                List.of());
        return files(unit, plan, kernels);
    }

    /** The program's class, and one for each function that it calls. */
    static List<GeneratedFile> files(ProgramUnit unit, ExecutionPlan plan, KernelFile kernels) {
        var functions = new FunctionClasses(unit.name(), plan);
        var files = new ArrayList<GeneratedFile>();
        files.add(new ProgramClass(unit, plan, functions, kernels).file());
        for (FunctionPlan function : functions.all()) {
            files.add(new FunctionClass(function, unit, functions, kernels).file());
        }
        return files;
    }

    /** The Java names of a forward program's inputs and outputs by the names of their ports. */
    public static Map<String, String> accessors(ExecutionPlan plan) {
        var names = PlanNames.ofProgram(plan, new FunctionClasses(ClassName.get("", "Program"), plan));
        var accessors = new LinkedHashMap<String, String>();
        for (Buffer buffer : plan.buffers()) {
            if (buffer.storage() == Buffer.Storage.PORT) {
                accessors.put(buffer.port().orElseThrow().name(), names.field(buffer.id()));
            }
        }
        return accessors;
    }

    /** {@code MnistTrainingStep}: forward and backward over a batch. */
    public static List<GeneratedFile> trainStep(TypedTrain train, ExecutionPlan plan, KernelFile kernels) {
        return files(unit(train, ProgramUnit.Kind.STEP, "Step"), plan, kernels);
    }

    /** {@code MnistTrainingEvaluation}: loss and metrics over a batch. */
    public static List<GeneratedFile> evaluation(TypedTrain train, ExecutionPlan plan, KernelFile kernels) {
        return files(unit(train, ProgramUnit.Kind.EVALUATION, "Evaluation"), plan, kernels);
    }

    /** The weights' class stands in the train section's package: it is not public. */
    private static ProgramUnit unit(TypedTrain train, ProgramUnit.Kind kind, String suffix) {
        TypedModel model = train.models().getFirst().model();
        TypedData data = train.data();
        return new ProgramUnit(
                kind,
                ClassName.get(train.packageName(), train.name() + suffix),
                ClassName.get(train.packageName(), train.name()),
                ClassName.get(train.packageName(), model.name() + "Weights"),
                train.declaration().span(),
                Optional.of(data),
                train.metrics().stream().map(TypedTrain.Metric::name).toList());
    }
}
