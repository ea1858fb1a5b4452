package dev.nnd.compiler.emit.data;

import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterSpec;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import dev.nnd.compiler.typed.DataExpr;
import dev.nnd.compiler.typed.TypedData;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.lang.model.element.Modifier;

/**
 * The record of raw values that some fields are made of: what a caller gives to {@code predict}. Pixels are one array;
 * columns are one component each, or one array if there are very many.
 */
public final class ExampleRecord {

    /** A record may have 255 components; far fewer are still readable. */
    private static final int MOST_COMPONENTS = 100;

    private final DataShape shape;
    private final String name;
    private final Optional<DataExpr.Images> images;
    private final List<String> columns;
    private final Map<String, TypeName> types;
    private final boolean stream;
    private final boolean imputes;

    /** A record with that name of what these fields read. */
    public ExampleRecord(DataShape shape, String name, List<TypedData.Field> fields) {
        this.shape = shape;
        this.name = name;
        this.images = shape.images(fields);
        List<String> read = shape.columns(fields);
        this.types = shape.columnTypes(fields);
        this.stream = shape.stream(fields);
        this.imputes = shape.imputes(fields);
        this.columns = asArray(read) ? allUpTo(read.getLast()) : read;
    }

    /** Very many columns of numbers are an array. */
    private boolean asArray(List<String> read) {
        return read.size() > MOST_COMPONENTS
                && !imputes
                && types.values().stream().allMatch(TypeName.FLOAT::equals);
    }

    /** An array has to hold the columns of the source in its order; those that are not read may be anything. */
    private List<String> allUpTo(String column) {
        return shape.columns().subList(0, shape.columns().indexOf(column) + 1);
    }

    /** The record. */
    public TypeSpec type(String doc) {
        var constructor = MethodSpec.constructorBuilder();
        var record = TypeSpec.recordBuilder(name).addModifiers(Modifier.PUBLIC).addJavadoc("$L\n", doc);
        if (images.isPresent() && shape.pictures()) {
            constructor.addParameter(RuntimeTypes.PICTURE, shape.pixelsName());
            record.addJavadoc(
                    "\n@param $L a picture, such as {@code Picture.read(path)}; it becomes $L\n",
                    shape.pixelsName(),
                    images.get().type());
        } else if (images.isPresent()) {
            String pixels = shape.pixelsName();
            constructor.addParameter(float[].class, pixels);
            record.addJavadoc(
                    "\n@param $L $L pixels of 0 to 255, row by row ($L); kept, not copied\n",
                    pixels,
                    count(),
                    images.get().type());
            record.addMethod(lengthCheck(pixels, count(), images.get().type().toString()));
        } else if (stream) {
            constructor.addParameter(String.class, "text");
            record.addJavadoc("\n@param text as long as a window at least\n");
        } else if (asArray(columns)) {
            constructor.addParameter(float[].class, "values");
            record.addJavadoc("\n@param values the columns $L; kept, not copied\n", String.join(", ", columns));
            record.addMethod(lengthCheck("values", columns.size(), columns.size() + " columns"));
        } else {
            List<String> names = DataShape.parameterNames(columns);
            for (int i = 0; i < columns.size(); i++) {
                constructor.addParameter(ParameterSpec.builder(typeOf(columns.get(i)), names.get(i))
                        .build());
                record.addJavadoc(
                        "$L@param $L column {@code $L}$L\n",
                        i == 0 ? "\n" : "",
                        names.get(i),
                        columns.get(i).replaceAll("[{}@*\\\\]", " "),
                        !imputes
                                ? ""
                                : typeOf(columns.get(i)).isPrimitive() ? "; NaN if missing" : "; empty if missing");
            }
        }
        return record.recordConstructor(constructor.build()).build();
    }

    private TypeName typeOf(String column) {
        return types.getOrDefault(column, TypeName.FLOAT);
    }

    private long count() {
        return FieldCode.elements(images.orElseThrow().type());
    }

    /** A compact constructor that refuses a wrong length in the model's words. */
    private MethodSpec lengthCheck(String component, long expected, String type) {
        return MethodSpec.compactConstructorBuilder()
                .addModifiers(Modifier.PUBLIC)
                .addJavadoc("@throws IllegalArgumentException if {@code $L} has not $L values\n", component, expected)
                .beginControlFlow("if ($L.length != $L)", component, expected)
                .addStatement(
                        "throw new IllegalArgumentException($S + $L.length)",
                        component + " needs " + expected + " values (" + type + "), got ",
                        component)
                .endControlFlow()
                .build();
    }

    /** An expression of type Row over the record in variable {@code example}; values that no field reads are 0. */
    public CodeBlock row(String example) {
        if (images.isPresent() && shape.pictures()) {
            return CodeBlock.of("$T.ofPicture($L.$L())", RuntimeTypes.EXAMPLE_ROW, example, shape.pixelsName());
        }
        if (images.isPresent()) {
            return CodeBlock.of("$T.ofPixels($L.$L())", RuntimeTypes.EXAMPLE_ROW, example, shape.pixelsName());
        }
        if (stream) {
            return CodeBlock.of("$T.columns(1).with(0, $L.text())", RuntimeTypes.EXAMPLE_ROW, example);
        }
        if (asArray(columns)) {
            return CodeBlock.of("$T.ofColumns($L.values())", RuntimeTypes.EXAMPLE_ROW, example);
        }
        List<String> names = DataShape.parameterNames(columns);
        int last = columns.isEmpty() ? -1 : shape.columns().indexOf(columns.getLast());
        if (!columns.stream().allMatch(c -> typeOf(c).equals(TypeName.FLOAT)) || imputes) {
            var row = CodeBlock.builder()
                    .add(
                            "$T.columns($L)",
                            RuntimeTypes.EXAMPLE_ROW,
                            shape.columns().size());
            for (int i = 0; i < columns.size(); i++) {
                row.add(
                        "\n.with($L, $L.$L())",
                        FieldCode.columnConstant(shape.columns(), columns.get(i)),
                        example,
                        names.get(i));
            }
            return row.build();
        }
        var arguments = CodeBlock.builder();
        for (int i = 0; i <= last; i++) {
            int component = columns.indexOf(shape.columns().get(i));
            arguments.add(i == 0 ? "" : ", ");
            arguments.add(component < 0 ? "0f" : example + "." + names.get(component) + "()");
        }
        return CodeBlock.of("$T.ofColumns($L)", RuntimeTypes.EXAMPLE_ROW, arguments.build());
    }
}
