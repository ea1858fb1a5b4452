package dev.nnd.runtime.kernel.onednn;

import dev.nnd.runtime.memory.ElementType;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * Weights of predictions in bfloat16, in an order that oneDNN has chosen: half of the memory, and nothing to convert when
 * they are multiplied. Their tensor is one of floats; two numbers lie in the place of one.
 *
 * @param shape the dims under which they are ordered
 */
record NarrowLayout(PackedForm form, List<Long> shape, long bytes) implements NativeLayout {

    static NarrowLayout of(long descriptor) {
        var shape = Arrays.stream(Descriptors.dims(descriptor)).boxed().toList();
        return new NarrowLayout(PackedForm.of(descriptor), shape, Descriptors.bytes(descriptor));
    }

    @Override
    public long descriptor(DnnlHandles handles) {
        return form.descriptor(handles);
    }

    @Override
    public long[] dims() {
        return shape.stream().mapToLong(Long::longValue).toArray();
    }

    @Override
    public boolean exact() {
        return false;
    }

    @Override
    public long storedElements() {
        return Math.ceilDiv(bytes, ElementType.F32.bytes());
    }

    @Override
    public void toRowMajor(MemorySegment from, MemorySegment to) {
        try (var handles = new DnnlHandles()) {
            DnnlLayout.copy(handles, descriptor(handles), from, plain(handles), to);
        }
    }

    @Override
    public void fromRowMajor(MemorySegment from, MemorySegment to) {
        try (var handles = new DnnlHandles()) {
            DnnlLayout.copy(handles, plain(handles), from, descriptor(handles), to);
        }
    }

    private long plain(DnnlHandles handles) {
        return new Descriptors(handles).plain(ElementType.F32, dims());
    }
}
