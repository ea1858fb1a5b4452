package dev.nnd.runtime.program;

import dev.nnd.runtime.memory.Tensor;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Memory of one tensor and the ticks between which it is alive. */
final class Slot {
    final Tensor tensor;
    long from;
    long to;
    /** A sequence in the same memory, one entry away; else null. */
    @Nullable
    Tensor shifted;
    /** Whether the entry of the other sequence comes first. */
    boolean behind;

    Slot(Tensor tensor, long from, long to) {
        this.tensor = tensor;
        this.from = from;
        this.to = to;
    }

    /** Bytes of an entry more than the tensor has. */
    long more() {
        return shifted == null ? 0 : tensor.storedBytes() / tensor.dim(0);
    }

    void place(MemorySegment memory) {
        long bytes = tensor.storedBytes();
        tensor.place(memory.asSlice(behind ? more() : 0, bytes));
        if (shifted != null) {
            shifted.place(memory.asSlice(behind ? 0 : more(), bytes));
        }
    }

    void takeBack() {
        tensor.place(null);
        if (shifted != null) {
            shifted.place(null);
        }
    }
}
