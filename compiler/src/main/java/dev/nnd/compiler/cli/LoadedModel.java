package dev.nnd.compiler.cli;

import dev.nnd.compiler.emit.program.ProgramEmitter;
import dev.nnd.compiler.emit.training.Prediction;
import dev.nnd.compiler.typed.TypedBlock;
import dev.nnd.compiler.typed.TypedModel;
import dev.nnd.runtime.NndException;
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
    private final AutoCloseable call;
    private final List<MemorySegment> inputs = new ArrayList<>();
    private final MemorySegment output;
    private final Method run;

    private LoadedModel(Object model, AutoCloseable call, Prediction prediction, Map<String, String> accessors)
            throws ReflectiveOperationException {
        this.model = model;
        this.call = call;
        for (TypedBlock.Input input : prediction.model().model().block().inputs()) {
            inputs.add(segment(accessors, input.name()));
        }
        this.output = segment(accessors, prediction.output().name());
        this.run = call.getClass().getMethod("run");
    }

    private MemorySegment segment(Map<String, String> accessors, String name) throws ReflectiveOperationException {
        return (MemorySegment) call.getClass()
                .getMethod(Objects.requireNonNull(accessors.get(name)))
                .invoke(call);
    }

    /** Loads weights and borrows memory for one example. */
    static LoadedModel load(TrainSection section, Prediction prediction, Path weights) {
        TypedModel model = prediction.model().model();
        int index = section.index(prediction);
        Map<String, String> accessors =
                ProgramEmitter.accessors(section.training().models().get(index).plan());
        return invoked(() -> {
            Class<?> type = section.generated(model.packageName(), model.name());
            Object loaded = type.getMethod("load", Path.class).invoke(null, weights);
            Method borrow = Arrays.stream(type.getMethods())
                    .filter(m -> m.getName().equals("call")
                            && m.getParameterCount() == prediction.freeDims().size())
                    .findFirst()
                    .orElseThrow(() -> new NoSuchMethodException(type.getName() + ".call"));
            var sizes = new Object[prediction.freeDims().size()];
            for (int i = 0; i < sizes.length; i++) {
                long size = prediction.freeDims().get(i);
                sizes[i] = borrow.getParameterTypes()[i] == int.class ? (Object) Math.toIntExact(size) : (Object) size;
            }
            return new LoadedModel(loaded, (AutoCloseable) borrow.invoke(loaded, sizes), prediction, accessors);
        });
    }

    /** Memory of the inputs for one example, in the order of the model. */
    List<MemorySegment> inputs() {
        return inputs;
    }

    /** Memory of the output that the loss looks at. */
    MemorySegment output() {
        return output;
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
    private interface Reflective<T> {
        T get() throws Exception;
    }

    private static <T> T invoked(Reflective<T> work) {
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
