package dev.nnd.compiler.onnx;

import dev.nnd.compiler.type.DType;

/** Numbers as the language writes them. */
final class Literals {

    private Literals() {}

    /** False for what has no literal: infinities, NaN, bools. */
    static boolean has(TensorData data) {
        return data.size() > 0 && data.dtype() != DType.BOOL && Double.isFinite(data.number(0));
    }

    static String of(TensorData data, int index) {
        return switch (data.dtype()) {
            case F32 -> text(Float.toString((float) data.number(index)));
            case F64 -> text(Double.toString(data.number(index)));
            default -> Long.toString(data.integer(index));
        };
    }

    /** A float with the digits that tell it from its neighbours. */
    static String of(float value) {
        return text(Float.toString(value));
    }

    static String of(double value) {
        return text(Double.toString(value));
    }

    private static String text(String java) {
        return java.replace("E", "e");
    }
}
