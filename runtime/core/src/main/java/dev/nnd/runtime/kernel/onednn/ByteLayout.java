package dev.nnd.runtime.kernel.onednn;

import dev.nnd.runtime.kernel.NativeMemory;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Layout;
import dev.nnd.runtime.memory.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Weights of predictions as signed bytes from -127 to 127 in an order that oneDNN has chosen, with a scale for each of the
 * {@code outputs}: a quarter of the memory. Behind the bytes are the scales, then what is to be subtracted from the sums of
 * products because the other operand's bytes are 128 larger than they mean. Their tensor is one of floats; four bytes lie in
 * the place of one.
 *
 * @param form of the bytes as a matrix [features, outputs]
 * @param bytes of that
 * @param transposed whether the logical matrix is [features, outputs], too; else it is [outputs, features]
 */
record ByteLayout(PackedForm form, long bytes, long outputs, long features, boolean transposed) implements Layout {

    private static final ByteKernels KERNELS = ByteKernels.INSTANCE;

    /** Of packed weights with this descriptor. */
    static ByteLayout of(long descriptor, boolean transposed) {
        var dims = Descriptors.dims(descriptor);
        return new ByteLayout(PackedForm.of(descriptor), Descriptors.bytes(descriptor), dims[1], dims[0], transposed);
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
        return (correctionsAt() + outputs * Integer.BYTES) / ElementType.F32.bytes();
    }

    /** Where the scales are. */
    long scalesAt() {
        return Math.ceilDiv(bytes, Memory.ALIGNMENT) * Memory.ALIGNMENT;
    }

    /** Where the corrections are. */
    long correctionsAt() {
        return scalesAt() + outputs * Float.BYTES;
    }

    @Override
    public void fromRowMajor(MemorySegment from, MemorySegment to) {
        try (var arena = Arena.ofConfined();
                var handles = new DnnlHandles()) {
            var descriptors = new Descriptors(handles);
            var rows = transposed ? arena.allocate(from.byteSize(), Memory.ALIGNMENT) : from;
            if (transposed) {
                long columns = descriptors.strided(ElementType.F32, dims(), strides());
                DnnlLayout.copy(handles, descriptors.plain(ElementType.F32, dims()), from, columns, rows);
            }
            var quantized = arena.allocate(outputs * features, Memory.ALIGNMENT);
            for (long row = 0; row < outputs; row++) {
                quantize(row, rows, quantized, to);
            }
            long signed = descriptors.signedBytes(dims(), strides());
            DnnlLayout.copy(handles, signed, quantized, form.descriptor(handles), to);
        }
    }

    private void quantize(long row, MemorySegment rows, MemorySegment quantized, MemorySegment to) {
        long x = NativeMemory.address(rows, outputs * features * Float.BYTES) + row * features * Float.BYTES;
        int largest = KERNELS.largest(x, features);
        KERNELS.quantize(x, quantized.address() + row * features, features, ByteKernels.inverse(largest), 0);
        int sum = 0;
        for (long i = row * features; i < (row + 1) * features; i++) {
            sum += quantized.get(ValueLayout.JAVA_BYTE, i);
        }
        to.set(ValueLayout.JAVA_FLOAT, scalesAt() + row * Float.BYTES, ByteKernels.scale(largest));
        to.set(ValueLayout.JAVA_INT, correctionsAt() + row * Integer.BYTES, ByteKernels.OFFSET * sum);
    }

    @Override
    public void toRowMajor(MemorySegment from, MemorySegment to) {
        try (var arena = Arena.ofConfined();
                var handles = new DnnlHandles()) {
            var quantized = arena.allocate(outputs * features, Memory.ALIGNMENT);
            long signed = new Descriptors(handles).signedBytes(dims(), transposed ? plainStrides() : strides());
            DnnlLayout.copy(handles, form.descriptor(handles), from, signed, quantized);
            for (long i = 0; i < outputs * features; i++) {
                long row = transposed ? i % outputs : i / features;
                float scale = from.get(ValueLayout.JAVA_FLOAT, scalesAt() + row * Float.BYTES);
                to.setAtIndex(ValueLayout.JAVA_FLOAT, i, quantized.get(ValueLayout.JAVA_BYTE, i) * scale);
            }
        }
    }

    private long[] dims() {
        return new long[] {features, outputs};
    }

    /** Of a matrix [features, outputs] whose outputs lie one behind the other. */
    private long[] strides() {
        return new long[] {1, features};
    }

    private long[] plainStrides() {
        return new long[] {outputs, 1};
    }
}
