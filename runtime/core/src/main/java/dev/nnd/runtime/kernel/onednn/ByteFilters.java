package dev.nnd.runtime.kernel.onednn;

import dev.nnd.runtime.kernel.NativeMemory;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Layout;
import dev.nnd.runtime.memory.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;

/**
 * A convolution's weights of predictions as signed bytes from -127 to 127 in an order that oneDNN has chosen, with a scale for
 * each output: a quarter of the memory. Behind the bytes are oneDNN's own sums of them, then the scales. Their tensor is one
 * of floats; four bytes lie in the place of one.
 *
 * @param form of the bytes and oneDNN's sums
 * @param shape [outputs, channels, kernel...]
 * @param bytes of the form
 */
record ByteFilters(PackedForm form, List<Long> shape, long bytes) implements Layout {

    private static final ByteKernels KERNELS = ByteKernels.INSTANCE;

    /** Of packed weights with this descriptor. */
    static ByteFilters of(long descriptor) {
        var shape = Arrays.stream(Descriptors.dims(descriptor)).boxed().toList();
        return new ByteFilters(PackedForm.of(descriptor), shape, Descriptors.bytes(descriptor));
    }

    @Override
    public boolean plain() {
        return false;
    }

    @Override
    public boolean exact() {
        return false;
    }

    @Override
    public long storedElements() {
        return scalesAt() / ElementType.F32.bytes() + outputs();
    }

    /** Where the scales are. */
    long scalesAt() {
        return Math.ceilDiv(bytes, Memory.ALIGNMENT) * Memory.ALIGNMENT;
    }

    private long outputs() {
        return shape.getFirst();
    }

    /** Weights of one output. */
    private long features() {
        return shape.stream().skip(1).reduce(1L, Math::multiplyExact);
    }

    private long[] dims() {
        return shape.stream().mapToLong(Long::longValue).toArray();
    }

    @Override
    public void fromRowMajor(MemorySegment from, MemorySegment to) {
        long features = features();
        long x = NativeMemory.address(from, outputs() * features * Float.BYTES);
        try (var arena = Arena.ofConfined();
                var handles = new DnnlHandles()) {
            var quantized = arena.allocate(outputs() * features, Memory.ALIGNMENT);
            for (long output = 0; output < outputs(); output++) {
                long row = x + output * features * Float.BYTES;
                int largest = KERNELS.largest(row, features);
                long bytesOfRow = quantized.address() + output * features;
                KERNELS.quantize(row, bytesOfRow, features, ByteKernels.inverse(largest), 0);
                to.set(ValueLayout.JAVA_FLOAT, scalesAt() + output * Float.BYTES, ByteKernels.scale(largest));
            }
            long plain = new Descriptors(handles).signedBytes(dims(), Descriptors.rowMajorStrides(dims()));
            DnnlLayout.copy(handles, plain, quantized, form.descriptor(handles), to);
        }
    }

    /** By a loop of our own: oneDNN has none that leaves its sums aside. */
    @Override
    public void toRowMajor(MemorySegment from, MemorySegment to) {
        try (var handles = new DnnlHandles()) {
            var order = Descriptors.blocking(form.descriptor(handles));
            long features = features();
            for (long i = 0; i < outputs() * features; i++) {
                float scale = from.get(ValueLayout.JAVA_FLOAT, scalesAt() + i / features * Float.BYTES);
                to.setAtIndex(ValueLayout.JAVA_FLOAT, i, from.get(ValueLayout.JAVA_BYTE, order.place(i)) * scale);
            }
        }
    }
}
