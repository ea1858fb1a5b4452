package dev.nnd.compiler.emit.model;

import com.palantir.javapoet.ClassName;
import dev.nnd.compiler.emit.DimCode;
import dev.nnd.compiler.emit.GeneratedFile;
import dev.nnd.compiler.emit.kernel.KernelFile;
import dev.nnd.compiler.emit.program.ProgramEmitter;
import dev.nnd.compiler.lower.LoweredParameter;
import dev.nnd.compiler.lower.RandomLowering;
import dev.nnd.compiler.plan.BatchRows;
import dev.nnd.compiler.plan.ExecutionPlan;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.TypedModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes a model's classes: the public one, its parameters and its forward program. */
public final class ModelEmitter {

    private ModelEmitter() {}

    /**
     * The files of a model: {@code SimpleCnn}, {@code SimpleCnnWeights} and {@code SimpleCnnForward}.
     *
     * @param parameters in the order of the instances in the file
     * @param plan for inference
     * @param decoder for a model that generates tokens
     * @param kernels of the file; the forward program's are added
     */
    public static List<GeneratedFile> emit(
            TypedModel model,
            List<LoweredParameter> parameters,
            ExecutionPlan plan,
            Optional<BatchRows> rows,
            Optional<DecoderMethods> decoder,
            KernelFile kernels) {
        Map<String, String> names = ProgramEmitter.accessors(plan);
        List<String> variables = List.copyOf(model.freeDims());
        var types = new ArrayList<TensorType>();
        model.block().inputs().forEach(i -> types.add(i.type()));
        model.block().outputs().forEach(o -> types.add(o.type()));
        Optional<String> batch = ExampleSizes.batch(variables, types);
        var inputs = new ArrayList<Edge>();
        model.block()
                .inputs()
                .forEach(i -> inputs.add(Edge.of(i.name(), java(names, i.name()), i.doc(), i.type(), batch)));
        var outputs = new ArrayList<Edge>();
        model.block()
                .outputs()
                .forEach(o -> outputs.add(Edge.of(o.name(), java(names, o.name()), o.doc(), o.type(), batch)));
        var dims = new DimCode(plan.freeDims());
        var program = ClassName.get(model.packageName(), model.name() + "Forward");
        boolean draws = names.containsKey(RandomLowering.SEED);
        var predict = new PredictMethod(ExampleSizes.of(variables, batch, dims, inputs), inputs, outputs, draws);
        var files = new ArrayList<GeneratedFile>();
        files.add(new ModelClass(model, program, dims, inputs, outputs, predict, draws, decoder).file());
        var weights = WeightsClass.of(model.packageName(), model, parameters, plan, decoder.map(DecoderMethods::plan));
        files.add(weights.file());
        files.addAll(ProgramEmitter.forward(model, weights.names(), plan, rows, kernels));
        decoder.ifPresent(d -> files.addAll(ProgramEmitter.decoderStep(model, weights.names(), d.plan(), kernels)));
        return files;
    }

    private static String java(Map<String, String> names, String port) {
        String name = names.get(port);
        if (name == null) {
            throw new IllegalArgumentException("the plan has no port " + port);
        }
        return name;
    }
}
