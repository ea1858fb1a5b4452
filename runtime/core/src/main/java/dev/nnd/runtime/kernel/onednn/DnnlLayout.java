package dev.nnd.runtime.kernel.onednn;

import dev.nnd.runtime.kernel.Precision;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Layout;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * An order of elements that oneDNN has chosen. Its
 * dims may be another reading of the tensor's: grouped weights have a dim of groups.
 */
final class DnnlLayout implements NativeLayout {

    private final PackedForm form;
    private final ElementType type;
    private final long[] dims;
    private final long storedElements;
    private final boolean padded;

    private DnnlLayout(PackedForm form, ElementType type, long[] dims, long storedElements) {
        this.form = form;
        this.type = type;
        this.dims = dims;
        this.storedElements = storedElements;
        this.padded = storedElements != product(dims);
    }

    /** The layout that a descriptor describes; a row-major one if that is what it amounts to. */
    static Layout of(long descriptor) {
        var dims = Descriptors.dims(descriptor);
        var type = Descriptors.type(descriptor);
        long stored = Descriptors.bytes(descriptor) / type.bytes();
        if (Descriptors.blocked(descriptor) && rowMajor(Descriptors.blocking(descriptor))) {
            return Layout.rowMajor(product(dims));
        }
        return new DnnlLayout(PackedForm.of(descriptor), type, dims, stored);
    }

    /** Strides of dims of size 1 don't matter. */
    private static boolean rowMajor(Descriptors.Blocking blocking) {
        if (blocking.innerBlocks().length > 0 || !Arrays.equals(blocking.dims(), blocking.paddedDims())) {
            return false;
        }
        var expected = Descriptors.rowMajorStrides(blocking.dims());
        for (int i = 0; i < expected.length; i++) {
            if (blocking.dims()[i] > 1 && blocking.strides()[i] != expected[i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public long descriptor(DnnlHandles handles) {
        return form.descriptor(handles);
    }

    @Override
    public long[] dims() {
        return dims.clone();
    }

    /** Whether there are elements in memory that the tensor does not have. */
    boolean padded() {
        return padded;
    }

    @Override
    public long storedElements() {
        return storedElements;
    }

    @Override
    public void toRowMajor(MemorySegment from, MemorySegment to) {
        try (var handles = new DnnlHandles()) {
            copy(handles, descriptor(handles), from, new Descriptors(handles).plain(type, dims), to);
        }
    }

    @Override
    public void fromRowMajor(MemorySegment from, MemorySegment to) {
        try (var handles = new DnnlHandles()) {
            copy(handles, new Descriptors(handles).plain(type, dims), from, descriptor(handles), to);
        }
    }

    /** Copies between two descriptors, off the path of a step. */
    static void copy(
            DnnlHandles handles, long fromDescriptor, MemorySegment from, long toDescriptor, MemorySegment to) {
        try (var session = new DnnlSession(1, Precision.F32, false)) {
            session.reorderOnce(handles, fromDescriptor, from, toDescriptor, to);
        }
    }

    private static long product(long[] dims) {
        return Arrays.stream(dims).reduce(1, Math::multiplyExact);
    }
}
