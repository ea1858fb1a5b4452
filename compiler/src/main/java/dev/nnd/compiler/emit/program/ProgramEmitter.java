package dev.nnd.compiler.emit.program;

import com.palantir.javapoet.ClassName;
import dev.nnd.compiler.emit.GeneratedFile;
import dev.nnd.compiler.emit.WeightNames;
import dev.nnd.compiler.emit.kernel.KernelFile;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.lower.RandomLowering;
import dev.nnd.compiler.lower.TrainingLowering;
import dev.nnd.compiler.plan.BatchRows;
import dev.nnd.compiler.plan.Buffer;
import dev.nnd.compiler.plan.ExecutionPlan;
import dev.nnd.compiler.plan.FunctionPlan;
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

    /**
     * {@code SimpleCnnForward}: a model for inference, bound to free dims.
     *
     * @param rows those of its batch, if it may be run for some of them at a time
     */
    public static List<GeneratedFile> forward(
            TypedModel model,
            WeightNames weightNames,
            ExecutionPlan plan,
            Optional<BatchRows> rows,
            KernelFile kernels) {
        var unit = new ProgramUnit(
                ProgramUnit.Kind.FORWARD,
                ClassName.get(model.packageName(), model.name() + "Forward"),
                ClassName.get(model.packageName(), model.name()),
                ClassName.get(model.packageName(), model.name() + "Weights"),
                weightNames,
                model.declaration().span(),
                Optional.empty(),
                List.of());
        return files(unit.with(rows.filter(_ -> !kernels.writing().timed())), plan, kernels);
    }

    /** {@code GptStep}: a step of a decoder. */
    public static List<GeneratedFile> decoderStep(
            TypedModel model, WeightNames weightNames, ExecutionPlan plan, KernelFile kernels) {
        var unit = new ProgramUnit(
                ProgramUnit.Kind.DECODE,
                ClassName.get(model.packageName(), plan.name()),
                ClassName.get(model.packageName(), model.name()),
                ClassName.get(model.packageName(), model.name() + "Weights"),
                weightNames,
                model.declaration().span(),
                Optional.empty(),
                List.of());
        return files(unit, plan, kernels);
    }

    /** The program's class, and one for each function that it calls. */
    static List<GeneratedFile> files(ProgramUnit unit, ExecutionPlan plan, KernelFile kernels) {
        var functions = new FunctionClasses(unit.name(), plan, kernels.writing().rolled());
        var files = new ArrayList<GeneratedFile>();
        files.add(new ProgramClass(unit, plan, functions, kernels).file());
        for (FunctionPlan function : functions.all()) {
            files.add(new FunctionClass(function, unit, functions, kernels).file());
        }
        return files;
    }

    /** The Java names of a forward program's inputs and outputs by the names of their ports. */
    public static Map<String, String> accessors(ExecutionPlan plan) {
        var names = PlanNames.ofProgram(
                plan, new FunctionClasses(ClassName.get("", "Program"), plan, true), WeightNames.NONE);
        var accessors = new LinkedHashMap<String, String>();
        for (Buffer buffer : plan.buffers()) {
            if (buffer.storage() == Buffer.Storage.PORT) {
                accessors.put(buffer.port().orElseThrow().name(), names.field(buffer.id()));
            }
        }
        return accessors;
    }

    /**
     * {@code MnistTrainingStep}: forward and backward over a batch; the class has the plan's name.
     *
     * @param weights the class of the section's parameters
     * @param weightNames where they are in it
     */
    public static List<GeneratedFile> trainStep(
            TypedTrain train, String weights, WeightNames weightNames, ExecutionPlan plan, KernelFile kernels) {
        return files(
                unit(train, ProgramUnit.Kind.STEP, weights, weightNames, plan, List.of(), Map.of()), plan, kernels);
    }

    /**
     * {@code MnistTrainingEvaluation}: losses and metrics over a batch.
     *
     * @param weights the class of the section's parameters
     * @param weightNames where they are in it
     * @param losses the names of several statements' losses; empty for one
     * @param compared the field that the model's predictions are compared with
     */
    public static List<GeneratedFile> evaluation(
            TypedTrain train,
            String weights,
            WeightNames weightNames,
            ExecutionPlan plan,
            List<String> losses,
            Optional<String> compared,
            KernelFile kernels) {
        Map<Integer, List<String>> streams = new LinkedHashMap<>();
        for (int i = 0; i < train.metrics().size(); i++) {
            TypedTrain.Metric metric = train.metrics().get(i);
            if (metric.aggregation() == TypedTrain.Aggregation.STREAMING) {
                streams.put(i, TrainingLowering.operands(train, metric));
            }
        }
        compared.ifPresent(field -> streams.put(ProgramUnit.PREDICTIONS, List.of(TrainingLowering.PREDICTION, field)));
        return files(
                unit(train, ProgramUnit.Kind.EVALUATION, weights, weightNames, plan, losses, streams), plan, kernels);
    }

    /** The settings that a program of a section computes with, in the order of its constructor's last parameters. */
    public static List<String> settings(ExecutionPlan plan) {
        return plan.buffers().stream()
                .flatMap(b -> b.port().stream())
                .filter(p -> p.role() == Port.Role.SCALAR)
                .map(Port::name)
                .filter(n -> !n.equals(RandomLowering.SEED) && !n.equals(RandomLowering.STEP))
                .toList();
    }

    private static ProgramUnit unit(
            TypedTrain train,
            ProgramUnit.Kind kind,
            String weights,
            WeightNames weightNames,
            ExecutionPlan plan,
            List<String> losses,
            Map<Integer, List<String>> streams) {
        return new ProgramUnit(
                kind,
                ClassName.get(train.packageName(), plan.name()),
                ClassName.get(train.packageName(), train.name()),
                ClassName.get(train.packageName(), weights),
                weightNames,
                train.declaration().span(),
                Optional.of(train.data()),
                train.metrics().stream().map(TypedTrain.Metric::name).toList(),
                losses,
                Optional.empty(),
                streams);
    }
}
