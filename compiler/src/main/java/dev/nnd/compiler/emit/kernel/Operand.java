package dev.nnd.compiler.emit.kernel;

import dev.nnd.compiler.type.DType;

/**
 * A value of a kernel body as an expression.
 *
 * @param code the expression
 * @param form what it holds
 * @param dtype the element type
 */
record Operand(Code code, Form form, DType dtype) {

    /** What an expression holds. */
    enum Form {
        /** One number. */
        SCALAR,
        /** A {@code FloatVector}. */
        VECTOR,
        /** A {@code VectorMask<Float>}. */
        MASK
    }

    static Operand scalar(Code code, DType dtype) {
        return new Operand(code, Form.SCALAR, dtype);
    }

    static Operand vector(Code code) {
        return new Operand(code, Form.VECTOR, DType.F32);
    }

    static Operand mask(Code code) {
        return new Operand(code, Form.MASK, DType.BOOL);
    }

    /** The Java type of a local variable for it. */
    String javaType() {
        return switch (form) {
            case SCALAR -> Literals.javaType(dtype);
            case VECTOR -> "FloatVector";
            case MASK -> "VectorMask<Float>";
        };
    }

    /** The same value by the name of a local variable. */
    Operand named(String name) {
        return new Operand(Code.atom(name), form, dtype);
    }

    boolean isScalar() {
        return form == Form.SCALAR;
    }

    /** A vector, all lanes of which hold it if it is one number. */
    Code spread() {
        return isScalar() ? Code.call("FloatVector.broadcast", Code.atom("SPECIES"), code) : code;
    }
}
