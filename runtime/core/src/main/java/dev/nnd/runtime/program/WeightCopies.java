package dev.nnd.runtime.program;

import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Layout;
import dev.nnd.runtime.memory.Memory;
import dev.nnd.runtime.memory.Tensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/** Values of parameters in other layouts beside their home: once for all programs. For whoever holds the lock of their set. */
final class WeightCopies {

    private record Copy(Tensor weight, Tensor copy) {

        void fill() {
            if (weight.plain()) {
                copy.layout().fromRowMajor(weight.segment(), copy.segment());
                return;
            }
            try (var arena = Arena.ofConfined()) {
                var plain = arena.allocate(weight.elements() * Float.BYTES, Memory.ALIGNMENT);
                weight.layout().toRowMajor(weight.segment(), plain);
                copy.layout().fromRowMajor(plain, copy.segment());
            }
        }
    }

    private final List<Copy> copies = new ArrayList<>();

    /** How many of them have memory. */
    private int placed;

    boolean isEmpty() {
        return copies.isEmpty();
    }

    @SuppressWarnings("ReferenceEquality") // the same weight, not an equal one
    Tensor of(Tensor weight, Layout layout) {
        for (var known : copies) {
            if (known.weight == weight && known.copy.layout().equals(layout)) {
                return known.copy;
            }
        }
        var copy = Tensor.of(weight.name() + ".copy", ElementType.F32, layout, weight.dims());
        copies.add(new Copy(weight, copy));
        return copy;
    }

    /** Gives memory to those that have none, and values, which the weights must have. */
    void place(Memory memory) {
        for (; placed < copies.size(); placed++) {
            var next = copies.get(placed);
            next.copy.place(memory.allocate(next.copy.storedBytes()));
            next.fill();
        }
    }

    /** Makes all anew from changed weights. */
    void renew() {
        for (int i = 0; i < placed; i++) {
            copies.get(i).fill();
        }
    }
}
