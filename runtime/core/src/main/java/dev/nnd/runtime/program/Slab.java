package dev.nnd.runtime.program;

import dev.nnd.runtime.memory.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Memory of floats in which parameters lie one after the other, each at a multiple of 64 bytes. */
final class Slab {

    private static final long ALIGNED_ELEMENTS = Memory.ALIGNMENT / Float.BYTES;

    private Slab() {}

    /** Gives parameters their places, one after the other; returns where the next one would be. */
    static long offsets(List<Parameter> placed, long from) {
        long at = from;
        for (var parameter : placed) {
            parameter.offset(at);
            at = end(parameter);
        }
        return at;
    }

    /** Where the next parameter would be. */
    static long end(Parameter parameter) {
        return Math.addExact(parameter.offset(), parameter.storedElements() + ALIGNED_ELEMENTS - 1) & -ALIGNED_ELEMENTS;
    }

    /** Writes values in the parameters' home layouts. */
    static void fill(List<Parameter> parameters, MemorySegment slab, WeightsSource from) {
        for (var parameter : parameters) {
            var home = part(slab, parameter);
            var layout = parameter.value().layout();
            if (layout.plain()) {
                from.fill(parameter, home);
                continue;
            }
            try (var scratch = Arena.ofConfined()) {
                var plain = scratch.allocate(parameter.elements() * Float.BYTES, Memory.ALIGNMENT);
                from.fill(parameter, plain);
                layout.fromRowMajor(plain, home);
            }
        }
    }

    /** Where a parameter lies. */
    static MemorySegment part(MemorySegment slab, Parameter parameter) {
        return slab.asSlice(parameter.offset() * Float.BYTES, parameter.storedElements() * Float.BYTES);
    }
}
