package dev.nnd.compiler.type;

import java.util.Arrays;
import java.util.Optional;

/** The element types of tensors, with the words of the language. */
public enum DType {
    F64("f64", 8, Kind.FLOAT),
    F32("f32", 4, Kind.FLOAT),
    F16("f16", 2, Kind.FLOAT),
    BF16("bf16", 2, Kind.FLOAT),
    I64("i64", 8, Kind.INTEGER),
    I32("i32", 4, Kind.INTEGER),
    I8("i8", 1, Kind.INTEGER),
    U8("u8", 1, Kind.INTEGER),
    BOOL("bool", 1, Kind.BOOL);

    /** What arithmetic a dtype has. */
    public enum Kind {
        FLOAT,
        INTEGER,
        BOOL
    }

    private final String text;
    private final int bytes;
    private final Kind kind;

    DType(String text, int bytes, Kind kind) {
        this.text = text;
        this.bytes = bytes;
        this.kind = kind;
    }

    /** As written in the language. */
    public String text() {
        return text;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }

    /** What arithmetic it has. */
    public Kind kind() {
        return kind;
    }

    /** True for f64, f32, f16 and bf16. */
    public boolean isFloat() {
        return kind == Kind.FLOAT;
    }

    /** The dtype of that name. */
    public static Optional<DType> named(String text) {
        return Arrays.stream(values()).filter(t -> t.text.equals(text)).findFirst();
    }

    @Override
    public String toString() {
        return text;
    }
}
