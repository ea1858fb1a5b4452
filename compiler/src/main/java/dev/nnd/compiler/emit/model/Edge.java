package dev.nnd.compiler.emit.model;

import com.palantir.javapoet.ArrayTypeName;
import com.palantir.javapoet.TypeName;
import dev.nnd.compiler.emit.Docs;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.TensorType;
import java.util.Optional;

/**
 * An input or output of a model as its Java API shows it.
 *
 * @param name in the language
 * @param java the accessor's name
 * @param doc the author's words; may be empty
 * @param type with the free dims
 * @param example the type of one example
 */
record Edge(String name, String java, String doc, TensorType type, TensorType example) {

    /** An edge whose first dim is {@code batch}, if there is one. */
    static Edge of(String name, String java, String doc, TensorType type, Optional<String> batch) {
        boolean leading = batch.isPresent() && type.rank() > 0;
        TensorType example = leading ? type.withDims(type.dims().subList(1, type.rank())) : type;
        return new Edge(name, java, doc, type, example);
    }

    /** True if one example is one number. */
    boolean isNumber() {
        return example.rank() == 0;
    }

    /** {@code float[]}, or {@code float} for one number. */
    TypeName exampleType() {
        return isNumber() ? primitive() : ArrayTypeName.of(primitive());
    }

    /** The primitive of one element. */
    TypeName primitive() {
        return switch (type.dtype()) {
            case F64 -> TypeName.DOUBLE;
            case F32 -> TypeName.FLOAT;
            case I64 -> TypeName.LONG;
            case I32 -> TypeName.INT;
            case I8, U8 -> TypeName.BYTE;
            case BOOL -> TypeName.BOOLEAN;
            case F16, BF16 -> throw new IllegalArgumentException("models have no Java type for " + type.dtype());
        };
    }

    /** The constant of {@link java.lang.foreign.ValueLayout} for one element. */
    String layout() {
        DType dtype = type.dtype();
        return switch (dtype) {
            case F64 -> "JAVA_DOUBLE";
            case F32 -> "JAVA_FLOAT";
            case I64 -> "JAVA_LONG";
            case I32 -> "JAVA_INT";
            case I8, U8 -> "JAVA_BYTE";
            case BOOL -> "JAVA_BOOLEAN";
            case F16, BF16 -> throw new IllegalArgumentException("models have no Java type for " + dtype);
        };
    }

    /** {@code image: f32[N, 1, 28, 28]}, and what the author says of it. */
    String describe() {
        return Docs.code(name + ": " + type) + (doc.isEmpty() ? "" : " (" + Docs.remark(doc) + ")");
    }
}
