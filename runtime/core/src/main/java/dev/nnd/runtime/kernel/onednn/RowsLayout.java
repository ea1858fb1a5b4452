package dev.nnd.runtime.kernel.onednn;

import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Layout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Weights [o, f] of an inner product whose features lie in the order of a convolution's output: flattening that output
 * then costs nothing.
 *
 * @param order of the features in a row
 * @param packed how the matrix [rows, order.stored()] lies in memory
 */
record RowsLayout(FeatureOrder order, long rows, Layout packed) implements Layout {

    /** Features in row-major order need no layout of their own. */
    static Layout of(FeatureOrder order, long rows, Layout packed) {
        return order.plain() ? packed : new RowsLayout(order, rows, packed);
    }

    @Override
    public boolean plain() {
        return false;
    }

    @Override
    public boolean exact() {
        return packed.exact();
    }

    @Override
    public long storedElements() {
        return packed.storedElements();
    }

    @Override
    public void toRowMajor(MemorySegment from, MemorySegment to) {
        try (var arena = Arena.ofConfined();
                var handles = new DnnlHandles()) {
            var matrix = packed.plain() ? from : matrix(arena);
            if (!packed.plain()) {
                packed.toRowMajor(from, matrix);
            }
            var descriptors = new Descriptors(handles);
            DnnlLayout.copy(
                    handles, order.descriptor(descriptors, rows), matrix, order.plainDescriptor(descriptors, rows), to);
        }
    }

    @Override
    public void fromRowMajor(MemorySegment from, MemorySegment to) {
        try (var arena = Arena.ofConfined();
                var handles = new DnnlHandles()) {
            var matrix = packed.plain() ? to : matrix(arena);
            var descriptors = new Descriptors(handles);
            DnnlLayout.copy(
                    handles,
                    order.plainDescriptor(descriptors, rows),
                    from,
                    order.descriptor(descriptors, rows),
                    matrix);
            if (!packed.plain()) {
                packed.fromRowMajor(matrix, to);
            }
        }
    }

    private MemorySegment matrix(Arena arena) {
        return arena.allocate(rows * order.stored() * ElementType.F32.bytes(), ElementType.F32.bytes());
    }
}
