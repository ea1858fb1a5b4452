package dev.nnd.compiler.emit.model;

import com.palantir.javapoet.ArrayTypeName;
import com.palantir.javapoet.TypeName;
import dev.nnd.compiler.emit.Docs;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import java.util.List;

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
    static Edge of(String name, String java, String doc, TensorType type, List<String> batch) {
        boolean leading = batch.size() == 1 && type.rank() > 0 && type.dim(0).equals(Dim.variable(batch.getFirst()));
        TensorType example = leading ? type.withDims(type.dims().subList(1, type.rank())) : type;
        return new Edge(name, java, doc, type, example);
    }

    /** True if one example of it has a size that is known here: the batch leads, or there is none. */
    boolean hasExample(List<String> batch) {
        boolean leads = batch.isEmpty() || !example.equals(type);
        return leads && example.elements().constant().isPresent();
    }

    /** How many values one example has. */
    long count() {
        return example.elements().constant().orElseThrow();
    }

    /** True if one example is one number. */
    boolean isNumber() {
        return example.rank() == 0;
    }

    /** {@code float[]}, or {@code float} for one number. */
    TypeName exampleType() {
        return isNumber() ? primitive() : ArrayTypeName.of(primitive());
    }

    /** The primitive of one element; bools are bytes. */
    TypeName primitive() {
        return switch (type.dtype()) {
            case F64 -> TypeName.DOUBLE;
            case F32 -> TypeName.FLOAT;
            case I64 -> TypeName.LONG;
            case I32 -> TypeName.INT;
            case I8, U8, BOOL -> TypeName.BYTE;
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
            case I8, U8, BOOL -> "JAVA_BYTE";
            case F16, BF16 -> throw new IllegalArgumentException("models have no Java type for " + dtype);
        };
    }

    /** {@code image: f32[N, 1, 28, 28]}, and what the author says of it. */
    String describe() {
        return Docs.code(name + ": " + type) + (doc.isEmpty() ? "" : " (" + Docs.remark(doc) + ")");
    }
}
