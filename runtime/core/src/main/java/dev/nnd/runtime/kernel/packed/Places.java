package dev.nnd.runtime.kernel.packed;

import dev.nnd.runtime.kernel.NativeMemory;
import dev.nnd.runtime.memory.Tensor;

/** Where things are: addresses of tensors, and offsets behind an address. */
final class Places {

    private Places() {}

    /** The address of a placed tensor in row-major order. */
    static long of(Tensor tensor) {
        if (!tensor.plain()) {
            throw new IllegalArgumentException(tensor + " is not in row-major order");
        }
        return NativeMemory.address(tensor.segment(), tensor.storedBytes());
    }

    /** 0, step, 2 step, ... */
    static long[] every(long step, int count) {
        var places = new long[count];
        for (int i = 0; i < count; i++) {
            places[i] = i * step;
        }
        return places;
    }

    /** The same for pairs: 0, 0, a, b, 2 a, 2 b, ... */
    static long[] pairs(long a, long b, int count) {
        var places = new long[2 * count];
        for (int i = 0; i < count; i++) {
            places[2 * i] = i * a;
            places[2 * i + 1] = i * b;
        }
        return places;
    }
}
