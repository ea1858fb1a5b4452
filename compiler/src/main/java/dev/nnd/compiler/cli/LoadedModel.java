package dev.nnd.compiler.cli;

import dev.nnd.compiler.CompiledFile;
import dev.nnd.compiler.emit.program.ProgramEmitter;
import dev.nnd.compiler.emit.training.Drawing;
import dev.nnd.compiler.emit.training.Prediction;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.typed.TypedBlock;
import dev.nnd.compiler.typed.TypedModel;
import dev.nnd.compiler.typed.TypedTrain;
import dev.nnd.runtime.NndException;
import dev.nnd.runtime.kernel.Provider;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A generated model class, called by the names that its text gives: the class itself is known at run time only. */
final class LoadedModel implements AutoCloseable {

    private final Object model;
    private final Object[] sizes;
    private final AutoCloseable call;
    private final List<Input> inputs = new ArrayList<>();
    private final MemorySegment output;
    private final Method run;

    private LoadedModel(
            Object model,
            List<Long> freeDims,
            TypedBlock block,
            TypedBlock.Output output,
            Map<String, String> accessors)
            throws ReflectiveOperationException {
        this.model = model;
        this.sizes = freeDims.stream().map(d -> (Object) Math.toIntExact(d)).toArray();
        this.call = borrow(model);
        for (TypedBlock.Input input : block.inputs()) {
            inputs.add(new Input(input.type().dtype(), segment(accessors, input.name())));
        }
        this.output = segment(accessors, output.name());
        this.run = call.getClass().getMethod("run");
    }

    /** Memory of an input. */
    record Input(DType dtype, MemorySegment memory) {}

    private AutoCloseable borrow(Object model) throws ReflectiveOperationException {
        return (AutoCloseable) withSizes(model, "call").invoke(model, sizes);
    }

    private Method withSizes(Object model, String name) throws NoSuchMethodException {
        return Arrays.stream(model.getClass().getMethods())
                .filter(m -> m.getName().equals(name) && m.getParameterCount() == sizes.length)
                .findFirst()
                .orElseThrow(() -> new NoSuchMethodException(model.getClass().getName() + "." + name));
    }

    private MemorySegment segment(Map<String, String> accessors, String name) throws ReflectiveOperationException {
        return (MemorySegment) call.getClass()
                .getMethod(Objects.requireNonNull(accessors.get(name)))
                .invoke(call);
    }

    /** Loads weights and borrows memory for one example. */
    static LoadedModel load(TrainSection section, Prediction prediction, Path weights, Provider provider) {
        return load(section, prediction.model(), prediction.freeDims(), prediction.output(), weights, provider);
    }

    /** Loads weights of a model that draws, and borrows memory for so many pictures. */
    static LoadedModel load(TrainSection section, Drawing drawing, int count, Path weights, Provider provider) {
        return load(section, drawing.model(), drawing.freeDims(count), drawing.output(), weights, provider);
    }

    private static LoadedModel load(
            TrainSection section,
            TypedTrain.Trained trained,
            List<Long> freeDims,
            TypedBlock.Output output,
            Path weights,
            Provider provider) {
        TypedModel model = trained.model();
        int index = section.index(trained.name());
        Map<String, String> accessors =
                ProgramEmitter.accessors(section.training().models().get(index).plan());
        return invoked(() -> {
            Class<?> type = section.generated(model.packageName(), model.name());
            Object loaded = type.getMethod("load", Path.class, Provider.class).invoke(null, weights, provider);
            return new LoadedModel(loaded, freeDims, model.block(), output, accessors);
        });
    }

    /** A model with random weights, and memory for these sizes of its free dims. */
    static LoadedModel initialized(
            CompiledFile.Model compiled, ClassLoader loader, List<Long> freeDims, Provider provider) {
        TypedModel model = compiled.model();
        return invoked(() -> {
            Class<?> type = Class.forName(qualified(model), true, loader);
            Object made =
                    type.getMethod("initialize", long.class, Provider.class).invoke(null, 0L, provider);
            return new LoadedModel(
                    made,
                    freeDims,
                    model.block(),
                    model.block().outputs().getFirst(),
                    ProgramEmitter.accessors(compiled.plan()));
        });
    }

    private static String qualified(TypedModel model) {
        return model.packageName().isEmpty() ? model.name() : model.packageName() + "." + model.name();
    }

    /** The inputs, in the order of the model. */
    List<Input> inputs() {
        return inputs;
    }

    /** Memory of the inputs, in the order of the model. */
    List<MemorySegment> inputSegments() {
        return inputs.stream().map(Input::memory).toList();
    }

    /** Memory of the output that the loss looks at. */
    MemorySegment output() {
        return output;
    }

    /** Bytes of memory for these sizes, beside the weights. */
    long arenaBytes() {
        return (long) invoked(() -> withSizes(model, "arenaBytes").invoke(model, sizes));
    }

    /** From inputs to output. */
    void run() {
        invoked(() -> run.invoke(call));
    }

    @Override
    public void close() {
        invoked(() -> {
            call.close();
            ((AutoCloseable) model).close();
            return this;
        });
    }

    /** Something that may throw what its generated code throws. */
    interface Reflective<T> {
        T get() throws Exception;
    }

    /** What generated code gives, and its exceptions as they were. */
    static <T> T invoked(Reflective<T> work) {
        try {
            return work.get();
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof NndException known) {
                throw known;
            }
            throw new IllegalStateException("the generated model failed: " + e.getCause(), e.getCause());
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("the generated model is not as expected: " + e, e);
        }
    }
}
