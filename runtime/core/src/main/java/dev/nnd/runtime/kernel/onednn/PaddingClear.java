package dev.nnd.runtime.kernel.onednn;

import dev.nnd.runtime.memory.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes zeros into the padding of a tensor of floats in a blocked layout. Element idx of dim d lies in outer block
 * {@code idx / blocks[d]}, at {@code idx % blocks[d]} in it; padded dims are multiples of their blocks.
 */
final class PaddingClear implements Preparation {

    private final Tensor tensor;
    private final Descriptors.Blocking blocking;
    private final long[] blocks;
    private final long[] index;
    private @Nullable MemorySegment segment;

    PaddingClear(Tensor tensor, Descriptors.Blocking blocking) {
        this.tensor = tensor;
        this.blocking = blocking;
        this.index = new long[blocking.dims().length];
        this.blocks = new long[blocking.dims().length];
        Arrays.fill(blocks, 1);
        for (int i = 0; i < blocking.innerBlocks().length; i++) {
            blocks[(int) blocking.innerAxes()[i]] *= blocking.innerBlocks()[i];
        }
    }

    @Override
    public void place() {
        segment = tensor.segment();
    }

    @Override
    public void run() {
        var target = segment;
        if (target == null) {
            throw new IllegalStateException(tensor + " is not placed");
        }
        for (int axis = 0; axis < index.length; axis++) {
            if (blocking.dims()[axis] < blocking.paddedDims()[axis]) {
                clear(target, axis);
            }
        }
    }

    /** All elements whose index of one axis lies behind its dim; the other axes run over their padded dims. */
    private void clear(MemorySegment target, int axis) {
        Arrays.fill(index, 0);
        boolean run = contiguous(axis);
        long first = blocking.dims()[axis];
        long count = blocking.paddedDims()[axis] - first;
        do {
            index[axis] = first;
            long at = offset();
            for (long i = 0; i < count; i++) {
                if (!run) {
                    index[axis] = first + i;
                }
                target.setAtIndex(ValueLayout.JAVA_FLOAT, run ? at + i : offset(), 0f);
            }
        } while (next(axis));
    }

    /** Whether the padding of an axis is a run of neighbours: it lies in one block, which is the innermost. */
    private boolean contiguous(int axis) {
        int inner = blocking.innerBlocks().length;
        return inner > 0
                && blocking.innerAxes()[inner - 1] == axis
                && blocking.innerBlocks()[inner - 1] == blocks[axis]
                && blocking.paddedDims()[axis] - blocking.dims()[axis] < blocks[axis];
    }

    private boolean next(int fixed) {
        for (int axis = index.length - 1; axis >= 0; axis--) {
            if (axis != fixed) {
                if (++index[axis] < blocking.paddedDims()[axis]) {
                    return true;
                }
                index[axis] = 0;
            }
        }
        return false;
    }

    private long offset() {
        long offset = 0;
        for (int axis = 0; axis < index.length; axis++) {
            offset += index[axis] / blocks[axis] * blocking.strides()[axis];
        }
        // Inner blocks are listed from the outermost in; of an axis that is split twice, the outer digit comes first.
        long stride = 1;
        for (int i = blocking.innerBlocks().length - 1; i >= 0; i--) {
            int axis = (int) blocking.innerAxes()[i];
            long below = 1;
            for (int j = i + 1; j < blocking.innerBlocks().length; j++) {
                below *= blocking.innerAxes()[j] == axis ? blocking.innerBlocks()[j] : 1;
            }
            offset += index[axis] % blocks[axis] / below % blocking.innerBlocks()[i] * stride;
            stride *= blocking.innerBlocks()[i];
        }
        return offset;
    }
}
