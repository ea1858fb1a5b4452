package dev.nnd.runtime.kernel.onednn;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** A descriptor as oneDNN serializes it, which owns nothing native. */
final class PackedForm {

    private final byte[] blob;

    private PackedForm(byte[] blob) {
        this.blob = blob;
    }

    static PackedForm of(long descriptor) {
        try (var arena = Arena.ofConfined()) {
            var size = arena.allocate(ValueLayout.JAVA_LONG);
            DnnlFunction.DESC_GET_BLOB.call(0L, size.address(), descriptor);
            var bytes = arena.allocate(size.get(ValueLayout.JAVA_LONG, 0));
            DnnlFunction.DESC_GET_BLOB.call(bytes.address(), size.address(), descriptor);
            return new PackedForm(bytes.toArray(ValueLayout.JAVA_BYTE));
        }
    }

    /** A new native descriptor, owned by the handles. */
    long descriptor(DnnlHandles handles) {
        try (var arena = Arena.ofConfined()) {
            var bytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, blob);
            return handles.keep(DnnlFunction.DESC_WITH_BLOB.create(bytes.address()), DnnlFunction.DESC_DESTROY);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PackedForm form && Arrays.equals(blob, form.blob);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(blob);
    }
}
