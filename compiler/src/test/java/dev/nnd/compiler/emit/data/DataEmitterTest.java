package dev.nnd.compiler.emit.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Ident;
import dev.nnd.compiler.cli.output.InMemoryJava;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.DataExpr;
import dev.nnd.compiler.typed.Primitive;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.grammar.SourceFile;
import dev.nnd.grammar.Span;
import dev.nnd.runtime.NndException;
import dev.nnd.runtime.data.Dataset;
import dev.nnd.runtime.data.ExampleRow;
import dev.nnd.runtime.data.Learned;
import dev.nnd.runtime.data.Row;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.InvocationTargetException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DataEmitterTest {

    private static final Span SPAN = new Span(new SourceFile("src/toys.nnd", "data {@*/ \\u0041 }"), 0, 17);

    @Test
    void encodesPixelsAndLabels() throws Exception {
        TensorType type = type(2, 2, 1);
        DataExpr images = new DataExpr.Images(type.as(DType.U8), SPAN);
        DataExpr scaled = binary(Primitive.DIVIDE, images, number(255), type);
        DataExpr normalized = new DataExpr.Normalize(scaled, List.of(0.5, 0.25), List.of(0.5, 2.0), type, SPAN);
        var label = new TypedData.Label(List.of("T-shirt/top", "class", "class", "3", "+"), true);
        Dataset data = load(data(
                "Toys",
                TypedData.Format.IDX,
                field("image", type, Optional.empty(), normalized),
                field(
                        "label",
                        TensorType.scalar(DType.I32),
                        Optional.of(label),
                        new DataExpr.Labels(TensorType.scalar(DType.I32), SPAN))));

        assertEquals("f32[2, 2, 1]", data.fields().getFirst().toString().replace("image: ", ""));
        assertEquals(label.names(), data.fields().get(1).labelNames());
        Row row = new ImageRow(new float[] {0, 255, 51, 102}, 4);
        assertArrayEquals(new float[] {-1, 1, (0.2f - 0.25f) / 2, (0.4f - 0.25f) / 2}, floats(data, 0, row, 4));
        assertEquals(4, label(data, row));
        var tooLarge = assertThrows(NndException.class, () -> label(data, new ImageRow(new float[4], 5)));
        assertEquals("row 7 of images.idx has label 5, but label has 5 classes: 0 to 4", tooLarge.getMessage());
        assertThrows(NndException.class, () -> floats(data, 0, new ImageRow(new float[3], 0), 4));
        assertThrows(IndexOutOfBoundsException.class, () -> floats(data, 2, row, 4));

        Class<?> labels = data.getClass().getClassLoader().loadClass("toys.Toys$Label");
        assertEquals(
                "[T_SHIRT_TOP, CLASS, CLASS_2, CLASS_3, CLASS_4]",
                List.of(labels.getEnumConstants()).toString());
        assertEquals("T-shirt/top", labels.getMethod("text").invoke(labels.getEnumConstants()[0]));
    }

    @Test
    void servesAnExampleWithTheCodeThatTrains() throws Exception {
        TensorType type = type(1, 2, 2);
        DataExpr images = new DataExpr.Images(type.as(DType.U8), SPAN);
        Dataset data = load(data(
                "Toys",
                TypedData.Format.IDX,
                field("image", type, Optional.empty(), binary(Primitive.DIVIDE, images, number(255), type))));
        Class<?> example = data.getClass().getClassLoader().loadClass("toys.Toys$Example");
        float[] pixels = {0, 63.75f, 127.5f, 255};
        Object made = example.getConstructor(float[].class).newInstance(new Object[] {pixels});
        Row row = (Row) data.getClass().getMethod("row", example).invoke(null, made);
        assertArrayEquals(new float[] {0, 0.25f, 0.5f, 1}, floats(data, 0, row, 4));

        var refused = assertThrows(
                InvocationTargetException.class,
                () -> example.getConstructor(float[].class).newInstance(new Object[] {new float[3]}));
        assertEquals(
                "java.lang.IllegalArgumentException: image needs 4 values (u8[1, 2, 2]), got 3",
                String.valueOf(refused.getCause()));
    }

    @Test
    void learnsAndAppliesStatisticsOfColumns() throws Exception {
        TensorType one = type(1);
        DataExpr width = new DataExpr.Column("petal width", one, SPAN);
        DataExpr logged = new DataExpr.Unary(Primitive.LOG1P, width, one, SPAN);
        DataExpr standard = new DataExpr.Standardize(0, logged, one, SPAN);
        DataExpr difference =
                binary(Primitive.SUBTRACT, number(1), binary(Primitive.SUBTRACT, width, number(-2), one), one);
        var label = new TypedData.Label(List.of("no", "yes"), true);
        Dataset data = load(data(
                "Flowers",
                TypedData.Format.CSV,
                field(
                        "kind",
                        TensorType.scalar(DType.I32),
                        Optional.of(label),
                        new DataExpr.Column("class", TensorType.scalar(DType.I32), SPAN)),
                field("width", one, Optional.empty(), standard),
                field("rest", one, Optional.empty(), difference)));

        assertEquals(List.of("petal width", "class"), data.sources().getFirst().columns());
        for (float value : new float[] {0, 3, 8}) {
            data.observe(0, ExampleRow.ofColumns(value));
        }
        var learned =
                assertInstanceOf(Learned.Standardizer.class, data.learned().getFirst());
        learned.finish();
        double mean = (Math.log(4) + Math.log(9)) / 3;
        double variance = (mean * mean + square(Math.log(4) - mean) + square(Math.log(9) - mean)) / 3;
        assertEquals((Math.log(4) - mean) / Math.sqrt(variance), floats(data, 1, ExampleRow.ofColumns(3), 1)[0], 1e-6);
        assertEquals(-6, floats(data, 2, ExampleRow.ofColumns(5), 1)[0]);
        assertTrue(data.sources().getFirst().files().contains("toys.csv"));
    }

    @Test
    void givesTheSameBytesTwice() {
        TypedData data = data(
                "Toys",
                TypedData.Format.CSV,
                field("x", type(1), Optional.empty(), new DataExpr.Column("x", type(1), SPAN)));
        assertEquals(DataEmitter.emit(data), DataEmitter.emit(data));
    }

    private static double square(double x) {
        return x * x;
    }

    private static float[] floats(Dataset data, int field, Row row, int count) {
        try (Arena arena = Arena.ofConfined()) {
            var out = arena.allocate(4L * (count + 1), 8);
            data.encode(field, row, out, 1);
            return out.asSlice(4).toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    private static int label(Dataset data, Row row) {
        try (Arena arena = Arena.ofConfined()) {
            var out = arena.allocate(4, 8);
            data.encode(1, row, out, 0);
            return out.get(ValueLayout.JAVA_INT, 0);
        }
    }

    private static Dataset load(TypedData data) throws ReflectiveOperationException {
        var java = InMemoryJava.compile(
                List.of(DataEmitter.emit(data)), System.getProperty("java.class.path"), "-Xlint:all", "-Werror");
        return (Dataset) java.loader(DataEmitterTest.class.getClassLoader())
                .loadClass(data.packageName() + "." + data.name())
                .getConstructor()
                .newInstance();
    }

    private static TypedData data(String name, TypedData.Format format, TypedData.Field... fields) {
        var declaration =
                new Decl.Data("Toys & <b>more</b> */ {@code", new Ident(name, SPAN), Optional.empty(), List.of(), SPAN);
        var files = format == TypedData.Format.IDX ? List.of("images", "labels") : List.of("toys.csv");
        var split = new TypedData.Split(
                "train",
                List.of(new TypedData.Part("train", 90), new TypedData.Part("validation", 10)),
                false,
                Optional.empty(),
                7,
                SPAN);
        return new TypedData(
                declaration,
                "toys",
                List.of(new TypedData.Source("train", format, files, SPAN)),
                List.of(split),
                List.of(fields));
    }

    private static TypedData.Field field(
            String name, TensorType type, Optional<TypedData.Label> label, DataExpr value) {
        return new TypedData.Field(name, "", type, label, value, SPAN);
    }

    private static DataExpr binary(Primitive function, DataExpr left, DataExpr right, TensorType type) {
        return new DataExpr.Binary(function, left, right, type, SPAN);
    }

    private static DataExpr number(double value) {
        return new DataExpr.Number(value, TensorType.scalar(DType.F32), SPAN);
    }

    private static TensorType type(int... dims) {
        return new TensorType(
                DType.F32, java.util.Arrays.stream(dims).mapToObj(Dim::of).toList());
    }

    /** A record of an image file. */
    private record ImageRow(float[] values, int label) implements Row {
        @Override
        public long number() {
            return 7;
        }

        @Override
        public String file() {
            return "images.idx";
        }

        @Override
        public float pixel(int i) {
            return values[i];
        }

        @Override
        public int pixels() {
            return values.length;
        }
    }
}
