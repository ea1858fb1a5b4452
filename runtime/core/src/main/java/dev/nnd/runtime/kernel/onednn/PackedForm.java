package dev.nnd.runtime.kernel.onednn;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** A descriptor as oneDNN serializes it, which owns nothing native. */
final class PackedForm {

    private final byte[] blob;
    private final int hash;

    private PackedForm(byte[] blob, int hash) {
        this.blob = blob;
        this.hash = hash;
    }

    static PackedForm of(long descriptor) {
        try (var arena = Arena.ofConfined()) {
            var size = arena.allocate(ValueLayout.JAVA_LONG);
            DnnlFunction.DESC_GET_BLOB.call(0L, size.address(), descriptor);
            var bytes = arena.allocate(size.get(ValueLayout.JAVA_LONG, 0));
            DnnlFunction.DESC_GET_BLOB.call(bytes.address(), size.address(), descriptor);
            return new PackedForm(bytes.toArray(ValueLayout.JAVA_BYTE), Arrays.hashCode(Descriptors.dims(descriptor)));
        }
    }

    /** A new native descriptor, owned by the handles. */
    long descriptor(DnnlHandles handles) {
        try (var arena = Arena.ofConfined()) {
            var bytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, blob);
            return handles.keep(DnnlFunction.DESC_WITH_BLOB.create(bytes.address()), DnnlFunction.DESC_DESTROY);
        }
    }

    /** Of the same order: bytes between the fields may differ, which the library leaves as they were. */
    @Override
    public boolean equals(Object other) {
        if (!(other instanceof PackedForm form) || hash != form.hash) {
            return false;
        }
        if (Arrays.equals(blob, form.blob)) {
            return true;
        }
        try (var handles = new DnnlHandles()) {
            return Descriptors.same(descriptor(handles), form.descriptor(handles));
        }
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
