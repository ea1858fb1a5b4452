package dev.nnd.runtime.optimizer;

import dev.nnd.runtime.program.Parameter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** Copies a parameter's part of a slab to an array in row-major order and back; the memory for it is kept. */
final class RowMajor {
    private MemorySegment plain = MemorySegment.NULL;

    /** The array, which is made anew if it is too small. */
    static float[] sized(float[] array, long elements) {
        return array.length >= elements ? array : Arrays.copyOf(array, Math.toIntExact(elements));
    }

    private MemorySegment plain(Parameter parameter) {
        if (plain.byteSize() < parameter.elements() * Float.BYTES) {
            plain = Arena.ofAuto().allocate(parameter.elements() * Float.BYTES, 64);
        }
        return plain.asSlice(0, parameter.elements() * Float.BYTES);
    }

    /** The part of a slab in row-major order, until the next copy. */
    MemorySegment copied(Parameter parameter, MemorySegment slab) {
        var to = plain(parameter);
        parameter.toRowMajor(slab, to);
        return to;
    }

    float[] read(Parameter parameter, MemorySegment slab, float[] into) {
        var array = sized(into, parameter.elements());
        var from = plain(parameter);
        parameter.toRowMajor(slab, from);
        MemorySegment.copy(from, ValueLayout.JAVA_FLOAT, 0, array, 0, (int) parameter.elements());
        return array;
    }

    void write(Parameter parameter, float[] from, MemorySegment slab) {
        var to = plain(parameter);
        MemorySegment.copy(from, 0, to, ValueLayout.JAVA_FLOAT, 0, (int) parameter.elements());
        parameter.fromRowMajor(to, slab);
    }
}
