package dev.nnd.runtime.kernel;

import dev.nnd.runtime.memory.Memory;
import dev.nnd.runtime.memory.Tensor;
import java.util.List;

/**
 * An op whose operands are fixed. {@link #run()} reads and writes their memory and allocates nothing on the Java heap.
 * One program runs in one thread at a time.
 */
public abstract class BoundOp {

    private final String name;
    private final List<Tensor> outputs;

    protected BoundOp(String name, List<Tensor> outputs) {
        this.name = name;
        this.outputs = List.copyOf(outputs);
    }

    /** The name that the program gave it. */
    public final String name() {
        return name;
    }

    /** Computes the outputs from what the inputs hold now. */
    public abstract void run();

    /** The first output. */
    public final Tensor output() {
        return outputs.getFirst();
    }

    /** One of the outputs. */
    public final Tensor output(int index) {
        return outputs.get(index);
    }

    /** Called once, when all operands have their memory. */
    public abstract void place(Memory memory);

    /** Called once, before the memory goes. */
    public abstract void close();
}
