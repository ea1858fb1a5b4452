package dev.nnd.compiler.emit.data;

import com.palantir.javapoet.CodeBlock;
import dev.nnd.compiler.type.DType;

/**
 * A Java expression of one element: its text, how tightly its outermost operator binds, and its Java type.
 *
 * @param binding one of the constants, from loose to tight
 */
record JavaValue(CodeBlock text, int binding, Type type) {

    static final int LOOSE = 0;
    static final int COMPARISON = 1;
    static final int ADDITIVE = 2;
    static final int MULTIPLICATIVE = 3;
    static final int PRIMARY = 4;

    /** The Java types of elements. */
    enum Type {
        BOOLEAN,
        INT,
        LONG,
        FLOAT,
        DOUBLE
    }

    static JavaValue of(Type type, String format, Object... arguments) {
        return new JavaValue(CodeBlock.of(format, arguments), PRIMARY, type);
    }

    /** The text, in parentheses unless it binds that tightly. */
    CodeBlock atLeast(int needed) {
        return binding >= needed ? text : CodeBlock.of("($L)", text);
    }

    /** The Java type of a dtype that fields can have; bytes of images are floats. */
    static Type type(DType dtype) {
        return switch (dtype) {
            case BOOL -> Type.BOOLEAN;
            case I32, I8 -> Type.INT;
            case I64 -> Type.LONG;
            case F64 -> Type.DOUBLE;
            case F32, F16, BF16, U8 -> Type.FLOAT;
        };
    }

    /** The value in another Java type, as a cast gives it: truth values are 1 and 0, and what is not 0 is true. */
    JavaValue as(Type wanted) {
        if (type == wanted) {
            return this;
        }
        if (type == Type.BOOLEAN) {
            String one = wanted == Type.FLOAT ? "1f : 0f" : "1 : 0";
            return new JavaValue(CodeBlock.of("$L ? $L", atLeast(COMPARISON), one), LOOSE, wanted);
        }
        return switch (wanted) {
            case BOOLEAN -> new JavaValue(CodeBlock.of("$L != 0", atLeast(ADDITIVE)), COMPARISON, wanted);
            case INT -> cast("int", wanted);
            case LONG -> type == Type.INT ? new JavaValue(text, binding, wanted) : cast("long", wanted);
            case FLOAT -> cast("float", wanted);
            case DOUBLE -> new JavaValue(text, binding, wanted);
        };
    }

    private JavaValue cast(String java, Type wanted) {
        return new JavaValue(CodeBlock.of("($L) $L", java, atLeast(PRIMARY)), PRIMARY, wanted);
    }

    /** Where a float is taken: whole numbers become one by themselves. */
    CodeBlock asArgument() {
        return type == Type.BOOLEAN || type == Type.DOUBLE ? as(Type.FLOAT).text() : text;
    }
}
