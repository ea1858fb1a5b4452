package dev.nnd.runtime.metric;

import dev.nnd.runtime.memory.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Reads the elements of row-major tensors. */
final class Elements {

    private Elements() {}

    /** A number, whatever its type. */
    static double number(Tensor tensor, long index) {
        MemorySegment memory = tensor.segment();
        return switch (tensor.type()) {
            case F32 -> memory.getAtIndex(ValueLayout.JAVA_FLOAT, index);
            case F64 -> memory.getAtIndex(ValueLayout.JAVA_DOUBLE, index);
            case I32 -> memory.getAtIndex(ValueLayout.JAVA_INT, index);
            case I64 -> memory.getAtIndex(ValueLayout.JAVA_LONG, index);
            case BF16 -> Float.intBitsToFloat(memory.getAtIndex(ValueLayout.JAVA_SHORT, index) << 16);
            case U8, BOOL -> memory.get(ValueLayout.JAVA_BYTE, index) & 0xFF;
        };
    }

    /** The class of a label. */
    static int label(Tensor tensor, long index) {
        return (int) number(tensor, index);
    }

    /** The index of the largest of {@code count} numbers, the first of equal ones. */
    static int largest(Tensor scores, long from, int count) {
        int best = 0;
        for (int i = 1; i < count; i++) {
            if (number(scores, from + i) > number(scores, from + best)) {
                best = i;
            }
        }
        return best;
    }

    /** The number of classes of scores for labels: 2 if there is one score for each label, else the last dim. */
    static int classes(Tensor scores, Tensor labels) {
        long[] dims = scores.dims();
        return dims.length == labels.dims().length ? 2 : Math.toIntExact(dims[dims.length - 1]);
    }
}
