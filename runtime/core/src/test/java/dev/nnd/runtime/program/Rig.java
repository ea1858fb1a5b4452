package dev.nnd.runtime.program;

import dev.nnd.runtime.kernel.BoundOp;
import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Memory;
import dev.nnd.runtime.memory.Tensor;
import dev.nnd.runtime.random.Philox;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A small program for tests: inputs filled with reproducible numbers, ops in order, wanted results in row-major order. */
public final class Rig implements AutoCloseable {

    public final ParameterSet parameters;
    public final Binding at;
    private final long seed;
    private final List<Runnable> steps = new ArrayList<>();
    private final List<Tensor> inputs = new ArrayList<>();
    private final Map<String, Tensor> wanted = new LinkedHashMap<>();
    private boolean coarse;
    private @Nullable Memory memory;

    public Rig(Provider provider, long seed) {
        this(provider, seed, new ParameterSet("test.Rig"));
        parameters.enableGradients();
        parameters.initialize(seed);
    }

    public Rig(Provider provider, long seed, ParameterSet parameters) {
        this.seed = seed;
        this.parameters = parameters;
        this.at = new Binding("Rig", provider, parameters);
    }

    /** A parameter with normal values in the provider's layout. */
    public Parameter parameter(String name, long... dims) {
        return parameters.add(name, new Initializer.Normal(0, 1), true, dims);
    }

    /** An input with normal values. */
    public Tensor input(String name, long... dims) {
        var input = at.port(name, ElementType.F32, dims);
        inputs.add(input);
        return input;
    }

    /**
     * Rounds inputs and parameters to multiples of 1/2 from -2 to 2. Sums of their products are then exact in f32 in any
     * order (as long as they stay below 2^24 units of the last place), so two providers agree to the bit on what is
     * positive and on which of several values is the largest. Without this, a sum within rounding of 0 or of its
     * neighbour may fall on either side, and a gradient with it: as large a difference as the gradient itself.
     */
    public Rig coarse() {
        coarse = true;
        return this;
    }

    /** Appends an op and returns it. */
    public BoundOp op(BoundOp op) {
        steps.add(op::run);
        return op;
    }

    /** Appends a kernel such as a compiler would generate. */
    public void kernel(Runnable kernel) {
        steps.add(kernel);
    }

    /** dz = dy where y is positive, else 0: flat over all stored elements. */
    public Tensor reluBackward(String name, Tensor dy, Tensor y) {
        var dz = at.valueLike(name, y);
        kernel(() -> {
            for (long i = 0; i < dz.storedElements(); i++) {
                float positive = y.segment().getAtIndex(ValueLayout.JAVA_FLOAT, i);
                float value = dy.segment().getAtIndex(ValueLayout.JAVA_FLOAT, i);
                dz.segment().setAtIndex(ValueLayout.JAVA_FLOAT, i, positive > 0 ? value : 0);
            }
        });
        return dz;
    }

    /** Has a tensor reported by {@link #run}. */
    public Tensor want(String name, Tensor tensor) {
        wanted.put(name, op(at.reorder(name + "Plain", tensor)).output());
        return tensor;
    }

    /** Commits and fills the inputs. */
    public Rig commit() {
        memory = at.commit();
        for (var input : inputs) {
            new Philox(seed, "input." + input.name()).fillNormal(input.segment(), 0, 1);
        }
        if (coarse) {
            inputs.forEach(input -> round(input.segment()));
            round(parameters.values());
        }
        return this;
    }

    private static void round(MemorySegment floats) {
        for (long i = 0; i < floats.byteSize() / Float.BYTES; i++) {
            double value = floats.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            floats.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) Math.clamp(Math.rint(value * 2) / 2, -2, 2));
        }
    }

    /** Runs all steps once. */
    public void step() {
        for (int i = 0; i < steps.size(); i++) {
            steps.get(i).run();
        }
    }

    public Memory memory() {
        if (memory == null) {
            throw new IllegalStateException("not committed");
        }
        return memory;
    }

    /** Runs, and reads what was wanted. */
    public Map<String, float[]> run() {
        if (memory == null) {
            commit();
        }
        step();
        var result = new LinkedHashMap<String, float[]>();
        wanted.forEach((name, tensor) -> result.put(name, floats(tensor.segment(), tensor.elements())));
        return result;
    }

    private static float[] floats(MemorySegment segment, long count) {
        return segment.asSlice(0, count * Float.BYTES).toArray(ValueLayout.JAVA_FLOAT);
    }

    @Override
    public void close() {
        if (memory != null) {
            memory.close();
        }
        parameters.close();
    }
}
