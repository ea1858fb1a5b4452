package dev.nnd.runtime.kernel.reference;

import dev.nnd.runtime.kernel.BoundOp;
import dev.nnd.runtime.memory.Memory;
import dev.nnd.runtime.memory.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs one of the reference kernels. */
final class ReferenceOp extends BoundOp {

    /** The kernel, with its operands and sizes bound. */
    interface Body {
        void run();
    }

    /** Makes the body once the operands have memory. */
    interface Placement {
        Body place();
    }

    private final Placement placement;
    private @Nullable Body body;
    private @Nullable Memory memory;

    ReferenceOp(String name, List<Tensor> outputs, Placement placement) {
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
