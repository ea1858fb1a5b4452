package dev.nnd.compiler.emit.data;

import com.palantir.javapoet.ArrayTypeName;
import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import dev.nnd.compiler.emit.Docs;
import dev.nnd.compiler.emit.GeneratedFile;
import dev.nnd.compiler.typed.DataExpr;
import dev.nnd.compiler.typed.DataFunction;
import dev.nnd.compiler.typed.TypedData;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.lang.model.element.Modifier;

/** Makes the class of a data section: its sources and splits as constants, and plain code that encodes each field. */
public final class DataEmitter {

    private static final TypeName STRINGS = ParameterizedTypeName.get(List.class, String.class);

    private final TypedData data;
    private final DataShape shape;
    private final ClassParts parts;

    private DataEmitter(TypedData data) {
        this.data = data;
        this.shape = new DataShape(data);
        var taken = new ArrayList<>(List.of("SOURCES", "SPLITS", "FIELDS"));
        data.fields().forEach(f -> taken.addAll(List.of(FieldEncoders.indexName(f), FieldEncoders.namesName(f))));
        shape.columns().forEach(c -> taken.add(FieldCode.columnConstant(shape.columns(), c)));
        this.parts = new ClassParts(taken);
    }

    /** The class of the section. */
    public static GeneratedFile emit(TypedData data) {
        String file = data.declaration().span().file().name();
        return GeneratedFile.of(data.packageName(), file, new DataEmitter(data).type(), false);
    }

    private TypeSpec type() {
        // Methods first: they tell which constants and functions the class needs.
        List<MethodSpec> encoders = new FieldEncoders(data, shape, parts).methods();
        MethodSpec observe = observe();
        var type = TypeSpec.classBuilder(data.name())
                .addModifiers(Modifier.PUBLIC, Modifier.FINAL)
                .addSuperinterface(RuntimeTypes.DATASET)
                .addJavadoc("$L", classDoc());
        addConstants(type);
        addFields(type);
        type.addMethod(MethodSpec.constructorBuilder()
                .addModifiers(Modifier.PUBLIC)
                .addJavadoc("The section with nothing learned yet.\n")
                .build());
        addDescriptions(type);
        type.addMethod(encode()).addMethod(observe);
        addWindows(type);
        new AugmentCode(data).addTo(type);
        type.addMethod(row());
        data.fields().forEach(f -> FieldEncoders.original(f, shape).ifPresent(type::addMethod));
        data.fields().forEach(f -> count(f).ifPresent(type::addMethod));
        type.addMethods(encoders).addMethods(DataFunctions.methods(parts.functions()));
        type.addType(new ExampleRecord(shape, "Example", shape.rawFields())
                .type("One example as it comes, before any field is encoded."));
        for (TypedData.Field field : data.fields()) {
            field.label().ifPresent(label -> type.addType(LabelEnum.type(shape.labelType(field), field, label)));
        }
        return type.build();
    }

    private String classDoc() {
        String written = data.declaration().doc().isEmpty()
                ? ""
                : Docs.text(data.declaration().doc()) + "\n\n<p>";
        var fields = new StringBuilder();
        data.fields()
                .forEach(f -> fields.append("<li>")
                        .append(Docs.code(f.name() + ": " + typeText(f)))
                        .append("</li>\n"));
        return written + "The data section " + Docs.code(data.name()) + ", "
                + Docs.place(data.declaration().span()) + ". An example has the fields\n<ul>\n" + fields + "</ul>\n";
    }

    private static String typeText(TypedData.Field field) {
        return field.label()
                .map(l -> l.named()
                        ? "class[\"" + String.join("\", \"", l.names()) + "\"]"
                        : "class[" + l.names().size() + "]")
                .orElse(field.type().toString());
    }

    private void addConstants(TypeSpec.Builder type) {
        for (int i = 0; i < data.fields().size(); i++) {
            TypedData.Field field = data.fields().get(i);
            type.addField(FieldSpec.builder(
                            int.class, FieldEncoders.indexName(field), Modifier.PUBLIC, Modifier.STATIC, Modifier.FINAL)
                    .addJavadoc(
                            "The index of field $L: $L. $L\n",
                            Docs.code(field.name()),
                            Docs.code(typeText(field)),
                            Docs.place(field.span()))
                    .initializer("$L", i)
                    .build());
        }
        for (int i = 0; i < shape.columns().size(); i++) {
            type.addField(constant(
                    int.class,
                    FieldCode.columnConstant(shape.columns(), shape.columns().get(i)),
                    CodeBlock.of("$L", i)));
        }
        for (Map.Entry<String, List<Double>> constant : parts.numbers().entrySet()) {
            var values = CodeBlock.join(
                    constant.getValue().stream()
                            .map(v -> CodeBlock.of("$L", FieldCode.floatLiteral(v)))
                            .toList(),
                    ", ");
            type.addField(constant(ArrayTypeName.of(float.class), constant.getKey(), CodeBlock.of("{$L}", values)));
        }
        parts.texts().forEach((name, texts) -> type.addField(constant(STRINGS, name, strings(texts))));
        parts.dates()
                .forEach((name, format) -> type.addField(constant(
                        RuntimeTypes.data("DateReader"),
                        name,
                        CodeBlock.of("new $T($S)", RuntimeTypes.data("DateReader"), format))));
        for (TypedData.Field field : data.fields()) {
            field.label()
                    .ifPresent(
                            l -> type.addField(constant(STRINGS, FieldEncoders.namesName(field), strings(l.names()))));
        }
        type.addField(constant(listOf(RuntimeTypes.SOURCE_SPEC), "SOURCES", DataDescriptions.sources(data, shape)));
        type.addField(constant(listOf(RuntimeTypes.SPLIT_SPEC), "SPLITS", DataDescriptions.splits(data)));
        type.addField(constant(listOf(RuntimeTypes.FIELD_SPEC), "FIELDS", DataDescriptions.fields(data)));
    }

    private static FieldSpec constant(java.lang.reflect.Type type, String name, CodeBlock value) {
        return constant(TypeName.get(type), name, value);
    }

    private static FieldSpec constant(TypeName type, String name, CodeBlock value) {
        return FieldSpec.builder(type, name, Modifier.PRIVATE, Modifier.STATIC, Modifier.FINAL)
                .initializer(value)
                .build();
    }

    private static TypeName listOf(ClassName element) {
        return ParameterizedTypeName.get(ClassName.get(List.class), element);
    }

    static CodeBlock strings(List<String> texts) {
        return CodeBlock.of(
                "$T.of($L)",
                List.class,
                CodeBlock.join(texts.stream().map(t -> CodeBlock.of("$S", t)).toList(), ",$W"));
    }

    private void addFields(TypeSpec.Builder type) {
        for (LearnedPart part : shape.learned()) {
            type.addField(FieldSpec.builder(part.type(), part.name(), Modifier.PRIVATE, Modifier.FINAL)
                    .addJavadoc(
                            "$L $L. $L\n",
                            part.describe(),
                            Docs.code(part.value().operands().getFirst().span().text()),
                            Docs.place(part.value().span()))
                    .initializer(part.initializer())
                    .build());
        }
        type.addField(FieldSpec.builder(listOf(RuntimeTypes.LEARNED), "learned", Modifier.PRIVATE, Modifier.FINAL)
                .initializer(
                        "$T.of($L)",
                        List.class,
                        CodeBlock.join(
                                shape.learned().stream()
                                        .map(s -> CodeBlock.of("$L", s.name()))
                                        .toList(),
                                ", "))
                .build());
    }

    private void addDescriptions(TypeSpec.Builder type) {
        type.addMethod(getter(ClassName.get(String.class), "name", CodeBlock.of("$S", data.name())));
        type.addMethod(getter(listOf(RuntimeTypes.SOURCE_SPEC), "sources", CodeBlock.of("SOURCES")));
        type.addMethod(getter(listOf(RuntimeTypes.SPLIT_SPEC), "splits", CodeBlock.of("SPLITS")));
        type.addMethod(getter(listOf(RuntimeTypes.FIELD_SPEC), "fields", CodeBlock.of("FIELDS")));
        type.addMethod(getter(listOf(RuntimeTypes.LEARNED), "learned", CodeBlock.of("learned")));
        if (data.onError() instanceof TypedData.OnError.Skip skip) {
            type.addMethod(getter(TypeName.LONG, "skips", CodeBlock.of("$LL", skip.limit())));
        }
    }

    private static MethodSpec getter(TypeName type, String name, CodeBlock value) {
        return MethodSpec.methodBuilder(name)
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PUBLIC)
                .returns(type)
                .addStatement("return $L", value)
                .build();
    }

    private MethodSpec encode() {
        var body = CodeBlock.builder().beginControlFlow("switch (field)");
        for (TypedData.Field field : data.fields()) {
            body.addStatement(
                    "case $L -> $L(row, out, at)", FieldEncoders.indexName(field), FieldEncoders.methodName(field));
        }
        body.addStatement(
                "default -> throw new IndexOutOfBoundsException($S + field)",
                data.name() + " has " + data.fields().size() + " fields, not number ");
        return MethodSpec.methodBuilder("encode")
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PUBLIC)
                .addParameter(int.class, "field")
                .addParameter(RuntimeTypes.ROW, "row")
                .addParameter(FieldEncoders.SEGMENT, "out")
                .addParameter(long.class, "at")
                .addCode(body.endControlFlow().build())
                .build();
    }

    private void addWindows(TypeSpec.Builder type) {
        List<DataExpr.Apply> windows = shape.windows();
        if (windows.isEmpty()) {
            return;
        }
        DataExpr.Apply first = windows.getFirst();
        String length = first.type().dim(0).toString();
        String stride = FieldFunctionCode.number(first, "stride").isPresent()
                ? Long.toString((long) FieldFunctionCode.number(first, "stride").orElseThrow())
                : length;
        type.addMethod(getter(TypeName.INT, "stride", CodeBlock.of("$L", stride)));
        var body = CodeBlock.builder().add("return switch (tokenizer) {$>\n");
        List<LearnedPart> tokenizers = shape.windowed();
        for (int k = 0; k < tokenizers.size(); k++) {
            DataExpr text = tokenizers.get(k).value().operands().getFirst();
            var code = new FieldCode(shape, parts, tokenizers.get(k).field());
            code.readsStreamAs("text");
            body.add("case $L -> $L.ids($L);\n", k, tokenizers.get(k).name(), code.text(text));
        }
        body.add("default -> throw new IndexOutOfBoundsException($S + tokenizer);$<\n", "there is no tokenizer ")
                .addStatement("}");
        type.addMethod(MethodSpec.methodBuilder("tokens")
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PUBLIC)
                .addParameter(int.class, "tokenizer")
                .addParameter(String.class, "text")
                .returns(ArrayTypeName.of(int.class))
                .addCode(body.build())
                .build());
    }

    /** How many ids a field has, where that is learned. */
    private Optional<MethodSpec> count(TypedData.Field field) {
        boolean learned =
                field.ids().filter(i -> i.count().constant().isEmpty()).isPresent();
        return shape.vocabulary(field)
                .filter(v -> learned)
                .map(v -> MethodSpec.methodBuilder(shape.countMethod(field))
                        .addModifiers(Modifier.PUBLIC)
                        .addJavadoc(
                                "How many ids $L has, learned from the training split.\n\n"
                                        + "@throws IllegalStateException if nothing is learned yet\n",
                                Docs.code(field.name()))
                        .returns(int.class)
                        .addStatement("$L.requireReady()", v.name())
                        .addStatement("return $L.size()", v.name())
                        .build());
    }

    private MethodSpec observe() {
        var body = CodeBlock.builder().beginControlFlow("switch (learned)");
        List<LearnedPart> learned = shape.learned();
        for (int i = 0; i < learned.size(); i++) {
            body.beginControlFlow("case $L ->", i).add(observe(learned.get(i))).endControlFlow();
        }
        body.addStatement(
                "default -> throw new IndexOutOfBoundsException($S + learned)",
                data.name() + " learns " + learned.size() + " statistics, there is no number ");
        return MethodSpec.methodBuilder("observe")
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PUBLIC)
                .addParameter(int.class, "learned")
                .addParameter(RuntimeTypes.ROW, "row")
                .addCode(body.endControlFlow().build())
                .build();
    }

    private CodeBlock observe(LearnedPart part) {
        var code = new FieldCode(shape, parts, part.field());
        DataExpr operand = part.value().operands().getFirst();
        boolean file = part.value() instanceof DataExpr.Apply a && a.options().containsKey("file");
        if (file) {
            return CodeBlock.of("// Its file says it all.\n");
        }
        if (part.ofText()) {
            return CodeBlock.builder()
                    .addStatement("$L.accept($L)", part.name(), code.text(operand))
                    .build();
        }
        var loop = CodeBlock.builder();
        long elements = FieldCode.elements(part.value().type());
        String index = FieldEncoders.beginElements(loop, elements);
        if (part.value() instanceof DataExpr.Apply a && a.function() == DataFunction.CATEGORIES) {
            loop.addStatement("$L.accept($L)", part.name(), new FieldFunctionCode(code).asText(a, index));
        } else {
            JavaValue value = part.missing() ? code.orMissing(operand, index) : code.value(operand, index);
            loop.addStatement("$L.accept($L, $L)", part.name(), index, value.asArgument());
        }
        FieldEncoders.endElements(loop, elements);
        return code.before().toBuilder().add(loop.build()).build();
    }

    private MethodSpec row() {
        return MethodSpec.methodBuilder("row")
                .addModifiers(Modifier.PUBLIC, Modifier.STATIC)
                .addJavadoc(
                        "The example as a row that {@link #encode} reads, so that serving runs the code that training ran.\n")
                .addParameter(ClassName.get(data.packageName(), data.name(), "Example"), "example")
                .returns(RuntimeTypes.ROW)
                .addStatement("return $L", new ExampleRecord(shape, "Example", shape.rawFields()).row("example"))
                .build();
    }
}
