package dev.nnd.compiler.emit.data;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import dev.nnd.compiler.emit.Docs;
import dev.nnd.compiler.emit.JavaNames;
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
    private final FieldCode code;

    FieldEncoders(TypedData data, DataShape shape, FieldCode code) {
        this.data = data;
        this.shape = shape;
        this.code = code;
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
    static Optional<MethodSpec> original(TypedData.Field field) {
        if (!(field.value() instanceof DataExpr.Standardize standardize)
                || !(standardize.operand() instanceof DataExpr.Column)) {
            return Optional.empty();
        }
        String learned = FieldCode.learnedName(standardize);
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
        boolean learns = learns(field.value());
        var method = MethodSpec.methodBuilder(methodName(field))
                .addJavadoc(
                        "$L: $L. $L\n", Docs.code(field.value().span().text()), field.type(), Docs.place(field.span()))
                .addModifiers(Modifier.PRIVATE)
                .addParameter(RuntimeTypes.ROW, "row")
                .addParameter(SEGMENT, "out")
                .addParameter(long.class, "at");
        if (!learns) {
            method.addModifiers(Modifier.STATIC);
        }
        return method.addCode(field.label().isPresent() ? label(field) : values(field))
                .build();
    }

    private static boolean learns(DataExpr expression) {
        return expression instanceof DataExpr.Standardize
                || expression.operands().stream().anyMatch(FieldEncoders::learns);
    }

    private CodeBlock label(TypedData.Field field) {
        CodeBlock index = field.value() instanceof DataExpr.Column column
                ? CodeBlock.of(
                        "row.labelIndex($L, $L)",
                        FieldCode.columnConstant(shape.columns(), column.name()),
                        namesName(field))
                : CodeBlock.of(
                        "row.label($S, $L)",
                        field.name(),
                        field.label().orElseThrow().names().size());
        return CodeBlock.builder()
                .addStatement("out.setAtIndex($T.JAVA_INT, at, $L)", VALUE_LAYOUT, index)
                .build();
    }

    private CodeBlock values(TypedData.Field field) {
        var body = CodeBlock.builder();
        shape.images(List.of(field))
                .ifPresent(images -> body.addStatement(
                        "row.requirePixels($S, $L)", field.name(), FieldCode.elements(images.type())));
        long elements = FieldCode.elements(field.type());
        String index = beginElements(body, elements);
        CodeBlock value = code.element(
                field.value(), FieldCode.operandIndex(field.value().type(), field.type(), index), indexName(field));
        String at = index.equals("0") ? "at" : "at + i";
        switch (field.type().dtype()) {
            case F32 -> body.addStatement("out.setAtIndex($T.JAVA_FLOAT, $L, $L)", VALUE_LAYOUT, at, value);
            case F64 -> body.addStatement("out.setAtIndex($T.JAVA_DOUBLE, $L, $L)", VALUE_LAYOUT, at, value);
            case I32 -> body.addStatement("out.setAtIndex($T.JAVA_INT, $L, (int) ($L))", VALUE_LAYOUT, at, value);
            case I64 -> body.addStatement("out.setAtIndex($T.JAVA_LONG, $L, (long) ($L))", VALUE_LAYOUT, at, value);
            case U8 -> body.addStatement("out.set($T.JAVA_BYTE, $L, (byte) (int) ($L))", VALUE_LAYOUT, at, value);
            case BOOL ->
                body.addStatement(
                        "out.set($T.JAVA_BYTE, $L, ($L) != 0f ? (byte) 1 : (byte) 0)", VALUE_LAYOUT, at, value);
            case F16, BF16, I8 ->
                throw new IllegalArgumentException(
                        "a field cannot be " + field.type().dtype());
        }
        endElements(body, elements);
        return body.build();
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
