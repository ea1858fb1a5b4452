package dev.nnd.runtime.memory;

/** What one element of a tensor is, with its size in memory. */
public enum ElementType {
    F64(8),
    F32(4),
    /** Operands inside a provider's ops; no tensor of a program has it. */
    BF16(2),
    I64(8),
    I32(4),
    U8(1),
    BOOL(1);

    private final int bytes;

    ElementType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }
}
