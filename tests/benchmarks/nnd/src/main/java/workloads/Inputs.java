package workloads;

import dev.nnd.benchmarks.Batch;
import dev.nnd.runtime.memory.Booleans;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Copies batches to where programs read them. */
final class Inputs {

    private Inputs() {}

    /** Copies the part of a batch that an input of this name is of. */
    static void copy(Batch batch, String name, MemorySegment to) {
        switch (name) {
            case "image" ->
                MemorySegment.copy(batch.numbers(), 0, to, ValueLayout.JAVA_FLOAT, 0, batch.numbers().length);
            case "tokens" -> MemorySegment.copy(batch.tokens(), 0, to, ValueLayout.JAVA_INT, 0, batch.tokens().length);
            case "segments" ->
                MemorySegment.copy(batch.segments(), 0, to, ValueLayout.JAVA_INT, 0, batch.segments().length);
            case "mask" -> Booleans.copy(batch.mask(), to);
            case "label" -> MemorySegment.copy(batch.labels(), 0, to, ValueLayout.JAVA_INT, 0, batch.labels().length);
            default -> throw new IllegalArgumentException("no batch has " + name);
        }
    }
}
