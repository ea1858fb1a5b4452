package dev.nnd.runtime.kernel.packed;

import dev.nnd.runtime.kernel.BoundOp;
import dev.nnd.runtime.memory.Memory;
import dev.nnd.runtime.memory.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs what is made once its operands have memory. */
final class JavaOp extends BoundOp {

    /** Binds the addresses of the operands. */
    interface Placement {
        Runnable place();
    }

    private final Placement placement;
    private @Nullable Runnable body;
    private @Nullable Memory memory;

    JavaOp(String name, List<Tensor> outputs, Placement placement) {
        super(name, outputs);
        this.placement = placement;
    }

    @Override
    public void place(Memory placed) {
        memory = placed;
        body = placement.place();
    }

    @Override
    public void run() {
        var bound = body;
        if (bound == null) {
            if (memory != null) {
                memory.requireOpen();
            }
            throw new IllegalStateException(name() + " has no memory yet: its program is not committed");
        }
        bound.run();
    }

    @Override
    public void close() {
        body = null;
    }
}
