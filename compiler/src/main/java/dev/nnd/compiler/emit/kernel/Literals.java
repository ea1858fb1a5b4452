package dev.nnd.compiler.emit.kernel;

import dev.nnd.compiler.type.DType;

/** Dtypes and constants in Java. */
final class Literals {

    private Literals() {}

    /** The Java type that holds one element in an expression. */
    static String javaType(DType dtype) {
        return switch (dtype) {
            case F64 -> "double";
            case F32 -> "float";
            case I64 -> "long";
            case I32, I8, U8 -> "int";
            case BOOL -> "boolean";
            case F16, BF16 -> throw unsupported(dtype);
        };
    }

    /** The constant of {@link java.lang.foreign.ValueLayout} for one element in memory. */
    static String layout(DType dtype) {
        return switch (dtype) {
            case F64 -> "JAVA_DOUBLE";
            case F32 -> "JAVA_FLOAT";
            case I64 -> "JAVA_LONG";
            case I32 -> "JAVA_INT";
            case I8, U8 -> "JAVA_BYTE";
            case BOOL -> "JAVA_BOOLEAN";
            case F16, BF16 -> throw unsupported(dtype);
        };
    }

    /** A constant of that dtype. */
    static Code constant(double value, DType dtype) {
        String text = switch (dtype) {
            case F64 -> floating(value, "Double", Double.toString(value), "");
            case F32 -> floating((float) value, "Float", Float.toString((float) value), "f");
            case I64 -> (long) value + "L";
            case I32, I8, U8 -> Long.toString((long) value);
            case BOOL -> value == 0 ? "false" : "true";
            case F16, BF16 -> throw unsupported(dtype);
        };
        return new Code(text, text.startsWith("-") ? Code.UNARY : Code.ATOM);
    }

    private static String floating(double value, String type, String text, String suffix) {
        if (Double.isNaN(value)) {
            return type + ".NaN";
        }
        if (Double.isInfinite(value)) {
            return type + (value < 0 ? ".NEGATIVE_INFINITY" : ".POSITIVE_INFINITY");
        }
        String shorter = text.replace(".0E", "e").replace("E", "e");
        if (!suffix.isEmpty() && shorter.endsWith(".0")) {
            shorter = shorter.substring(0, shorter.length() - 2);
        }
        return shorter + suffix;
    }

    static IllegalArgumentException unsupported(DType dtype) {
        return new IllegalArgumentException("generated kernels have no arithmetic in " + dtype);
    }
}
