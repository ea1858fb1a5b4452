package dev.nnd.runtime.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * What generated kernels do to one row among many, on the Vector API. A kernel runs once a step, so that it would be slow for
 * hundreds of steps; a method that it calls for each row is compiled within one. Addresses are those of {@link NativeMemory}.
 */
public final class RowVectors {

    private static final MemorySegment MEMORY = NativeMemory.ALL;
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    private RowVectors() {}

    /** Adds some floats to others that do not overlap with them. */
    public static void add(long from, long to, long count) {
        long k = 0;
        for (; k <= count - LANES; k += LANES) {
            FloatVector.fromMemorySegment(SPECIES, MEMORY, to + 4 * k, ORDER)
                    .add(FloatVector.fromMemorySegment(SPECIES, MEMORY, from + 4 * k, ORDER))
                    .intoMemorySegment(MEMORY, to + 4 * k, ORDER);
        }
        for (; k < count; k++) {
            float sum = MEMORY.get(JAVA_FLOAT, to + 4 * k) + MEMORY.get(JAVA_FLOAT, from + 4 * k);
            MEMORY.set(JAVA_FLOAT, to + 4 * k, sum);
        }
    }
}
