package dev.nnd.compiler.emit.data;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import dev.nnd.compiler.emit.Docs;
import dev.nnd.compiler.emit.JavaNames;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.DataExpr;
import dev.nnd.compiler.typed.TypedData;
import java.util.List;
import java.util.Optional;
import javax.lang.model.element.Modifier;

/** One method per field that writes it element by element: plain scalar code. */
final class FieldEncoders {

    static final ClassName SEGMENT = ClassName.get("java.lang.foreign", "MemorySegment");
    private static final ClassName VALUE_LAYOUT = ClassName.get("java.lang.foreign", "ValueLayout");

    private final TypedData data;
    private final DataShape shape;
    private final ClassParts parts;

    FieldEncoders(TypedData data, DataShape shape, ClassParts parts) {
        this.data = data;
        this.shape = shape;
        this.parts = parts;
    }

    /** {@code IMAGE}: the constant that holds a field's index. */
    static String indexName(TypedData.Field field) {
        return JavaNames.constant(field.name());
    }

    /** {@code LABEL_NAMES}: the constant that holds a label's names. */
    static String namesName(TypedData.Field field) {
        return JavaNames.constant(field.name()) + "_NAMES";
    }

    /** {@code encodeImage}: a prefix keeps clear of the interface's own names. */
    static String methodName(TypedData.Field field) {
        return "encode" + JavaNames.type(field.name());
    }

    /** {@code originalY}: the method that undoes the standardization of a column. */
    static String originalName(TypedData.Field field) {
        return "original" + JavaNames.type(field.name());
    }

    /** The way back from a standardized column; empty for any other field. */
    static Optional<MethodSpec> original(TypedData.Field field, DataShape shape) {
        if (!(field.value() instanceof DataExpr.Standardize standardize)
                || !(standardize.operand() instanceof DataExpr.Column)) {
            return Optional.empty();
        }
        String learned = shape.learned(standardize).name();
        return Optional.of(MethodSpec.methodBuilder(originalName(field))
                .addModifiers(Modifier.PUBLIC)
                .addJavadoc(
                        "Element {@code i} of field $L in the units of its column: undoes the standardization.\n",
                        Docs.code(field.name()))
                .addParameter(int.class, "i")
                .addParameter(float.class, "standardized")
                .returns(float.class)
                .addStatement("return (float) (standardized * $1L.std(i) + $1L.mean(i))", learned)
                .build());
    }

    List<MethodSpec> methods() {
        return data.fields().stream().map(this::method).toList();
    }

    private MethodSpec method(TypedData.Field field) {
        var code = new FieldCode(shape, parts, field);
        CodeBlock body = field.label().isPresent() ? label(field) : values(field, code);
        var method = MethodSpec.methodBuilder(methodName(field))
                .addJavadoc(
                        "$L: $L. $L\n", Docs.code(field.value().span().text()), field.type(), Docs.place(field.span()))
                .addModifiers(Modifier.PRIVATE)
                .addParameter(RuntimeTypes.ROW, "row")
                .addParameter(SEGMENT, "out")
                .addParameter(long.class, "at");
        if (!code.learns()) {
            method.addModifiers(Modifier.STATIC);
        }
        return method.addCode(body).build();
    }

    private CodeBlock label(TypedData.Field field) {
        return CodeBlock.builder()
                .addStatement("out.setAtIndex($T.JAVA_INT, at, $L)", VALUE_LAYOUT, labelIndex(shape, field))
                .build();
    }

    /** The index of a label's class. */
    static CodeBlock labelIndex(DataShape shape, TypedData.Field field) {
        return field.value() instanceof DataExpr.Column column
                ? CodeBlock.of(
                        "row.labelIndex($L, $L)",
                        FieldCode.columnConstant(shape.columns(), column.name()),
                        namesName(field))
                : CodeBlock.of(
                        "row.label($S, $L)",
                        field.name(),
                        field.label().orElseThrow().names().size());
    }

    private CodeBlock values(TypedData.Field field, FieldCode code) {
        var body = CodeBlock.builder();
        shape.images(List.of(field)).ifPresent(images -> body.addStatement(required(field, images.type())));
        var elements = CodeBlock.builder();
        write(elements, field.value(), field.type(), 0, code);
        return body.add(code.before()).add(elements.build()).build();
    }

    /** What an image must be before its pixels are read. */
    private CodeBlock required(TypedData.Field field, TensorType images) {
        if (!shape.pictures() || images.rank() != 3) {
            return CodeBlock.of("row.requirePixels($S, $L)", field.name(), FieldCode.elements(images));
        }
        boolean open = images.dims().stream().anyMatch(FieldCode::isOpen);
        return CodeBlock.of(
                "row.requirePicture($S, $L, $L, $L)",
                field.name(),
                images.dim(0),
                open ? "0" : images.dim(-2),
                open ? "0" : images.dim(-1));
    }

    /** Writes an expression from element {@code from} of the field; the parts of a join come one after another. */
    private static void write(CodeBlock.Builder body, DataExpr value, TensorType type, long from, FieldCode code) {
        if (value instanceof DataExpr.Apply a && FieldFunctionCode.joinsParts(a)) {
            long at = from;
            for (DataExpr part : a.operands()) {
                write(body, part, part.type(), at, code);
                at += FieldCode.elements(part.type());
            }
            return;
        }
        if (value instanceof DataExpr.FieldValue other
                && code.shape().field(other).value() instanceof DataExpr.Apply a
                && FieldFunctionCode.joinsParts(a)) {
            write(body, a, type, from, code);
            return;
        }
        long elements = FieldCode.elements(type);
        var loop = CodeBlock.builder();
        String index = beginElements(loop, elements);
        JavaValue element = code.value(value, FieldCode.operandIndex(value.type(), type, index));
        String at = (from == 0 ? "at" : "at + " + from) + (index.equals("0") ? "" : " + i");
        loop.addStatement(store(type.dtype(), element, at));
        endElements(loop, elements);
        body.add(loop.build());
    }

    private static CodeBlock store(DType dtype, JavaValue element, String at) {
        CodeBlock value = element.as(JavaValue.type(dtype)).text();
        return switch (dtype) {
            case F32 -> CodeBlock.of("out.setAtIndex($T.JAVA_FLOAT, $L, $L)", VALUE_LAYOUT, at, value);
            case F64 -> CodeBlock.of("out.setAtIndex($T.JAVA_DOUBLE, $L, $L)", VALUE_LAYOUT, at, value);
            case I32 -> CodeBlock.of("out.setAtIndex($T.JAVA_INT, $L, $L)", VALUE_LAYOUT, at, value);
            case I64 -> CodeBlock.of("out.setAtIndex($T.JAVA_LONG, $L, $L)", VALUE_LAYOUT, at, value);
            case U8 -> CodeBlock.of("out.set($T.JAVA_BYTE, $L, (byte) (int) ($L))", VALUE_LAYOUT, at, value);
            case BOOL ->
                CodeBlock.of(
                        "out.set($T.JAVA_BYTE, $L, $L)",
                        VALUE_LAYOUT,
                        at,
                        element.as(JavaValue.Type.BOOLEAN).atLeast(JavaValue.COMPARISON) + " ? (byte) 1 : (byte) 0");
            case F16, BF16, I8 -> throw new IllegalArgumentException("a field cannot be " + dtype);
        };
    }

    /** Opens a loop over the elements unless there is only one; the result is the index expression. */
    static String beginElements(CodeBlock.Builder body, long elements) {
        if (elements == 1) {
            return "0";
        }
        body.beginControlFlow("for (int i = 0; i < $L; i++)", elements);
        return "i";
    }

    static void endElements(CodeBlock.Builder body, long elements) {
        if (elements != 1) {
            body.endControlFlow();
        }
    }
}
