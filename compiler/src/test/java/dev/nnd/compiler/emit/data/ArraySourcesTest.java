package dev.nnd.compiler.emit.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** JSON lines and NumPy arrays, right and wrong, through compiled sections. */
class ArraySourcesTest {
    private static final String JSON = """
            {"x": [1, 2, 3], "m": [[1, 2], [3, 4]], "n": 7, "kind": "cat", "tags": ["a", "b"], "maybe": null}
            {"kind": "dog", "n": 9007199254740993, "x": [-1.5, 2e2, 0], "m": [[5, 6], [7, 8]], "tags": [], "extra": {"a": [1]}}

            {"x": [4, 5, 6], "m": [[0, 0], [0, 1]], "n": 0, "kind": 1, "tags": "b", "maybe": 6}
            """;

    @TempDir
    private Path folder;

    private void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    @Test
    void readsJsonLines() throws Exception {
        Files.write(folder.resolve("t.jsonl.gz"), gzip(JSON.getBytes(StandardCharsets.UTF_8)));
        var data = CompiledData.of("""
                source train = jsonl("*.jsonl.gz")
                field x: f32[3] = column("x") / 2
                field m: f32[2, 2] = column("m")
                field n: i64[1] = column("n")
                field kind: class["cat", "dog"] = column("kind")
                field tags: f32[2] = column("tags") -> multi_hot["a", "b"]
                field maybe: f32[1] = column("maybe") -> impute(5)
                """);
        assertArrayEquals(
                new float[] {0.5f, 1, 1.5f, -0.75f, 100, 0, 2, 2.5f, 3}, CompiledData.floats(data, folder, "train", 0));
        assertArrayEquals(
                new float[] {1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 1}, CompiledData.floats(data, folder, "train", 1));
        assertArrayEquals(
                new int[] {7, 0, 1, 1 << 21, 0, 0}, CompiledData.ints(data, folder, "train", 2), "2^53 + 1 is exact");
        assertArrayEquals(new int[] {0, 1, 1}, CompiledData.ints(data, folder, "train", 3));
        assertArrayEquals(new float[] {1, 1, 0, 0, 0, 1}, CompiledData.floats(data, folder, "train", 4));
        assertArrayEquals(new float[] {5, 5, 6}, CompiledData.floats(data, folder, "train", 5));
    }

    private String jsonError(String line, String field) throws Exception {
        write("t.jsonl", "{\"x\": [1, 2], \"n\": 1, \"s\": \"a\"}\n" + line + "\n");
        return CompiledData.error("source train = jsonl(\"t.jsonl\")\n" + field, folder);
    }

    @Test
    void namesWhatIsWrongInJsonLines() throws Exception {
        String x = "field x: f32[2] = column(\"x\")";
        String n = "field n: f32[1] = column(\"n\")";
        String at = "t.jsonl, row 2 (line 2): ";
        assertEquals(
                at + "column \"x\": this is an array of 3, and an array of 2 numbers is needed.",
                jsonError("{\"x\": [1, 2, 3]}", x));
        assertEquals(
                at
                        + "column \"x\": this is an array whose parts have different lengths, and an array of 2 numbers is needed.",
                jsonError("{\"x\": [[1, 2], [3]]}", x));
        assertEquals(
                at + "column \"x\": this is an object, and an array of 2 numbers is needed.",
                jsonError("{\"x\": {\"a\": 1}}", x));
        assertEquals(at + "column \"x\": \"b\" is not a number.", jsonError("{\"x\": [1, \"b\"]}", x));
        assertEquals(
                at + "column \"x\": the value is null or empty, and a number is needed.",
                jsonError("{\"x\": [1, null]}", x));
        assertEquals(
                at
                        + "column \"x\": the object has no such name, it has xx, n (did you mean \"xx\"?), and an array of 2 numbers is needed.",
                jsonError("{\"xx\": [1, 2], \"n\": 1}", x));
        assertEquals(at + "column \"n\": \"NaN\" is not a finite number.", jsonError("{\"n\": NaN}", n));
        assertEquals(
                at + "column \"n\": this is an array of 2, and one value is needed.", jsonError("{\"n\": [1, 2]}", n));
        assertTrue(jsonError("{\"n\": 1", n).startsWith(at + "this is no JSON: "));
        assertEquals(at + "a JSON object is needed, and the line starts with `17`.", jsonError("17", n));
        assertEquals(
                at + "something follows the object; there is one object in each line.",
                jsonError("{\"n\": 1} {\"n\": 2}", n));
        assertEquals(
                "t.jsonl has \"word\" in none of its 2 rows. The last has: x, n, s.",
                jsonError(
                        "{\"x\": [1, 2], \"n\": 1, \"s\": \"a\"}",
                        "field w: i32[3] = column(\"word\") -> words(length: 3)"));
        write("t.jsonl", "[{\"n\": 1}, {\"n\": 2}]");
        assertEquals(
                "t.jsonl is one JSON array, and JSON lines have an object in each line.",
                CompiledData.error("source train = jsonl(\"t.jsonl\")\n" + n, folder));
        write("t.jsonl", "{\"a\": ".repeat(5000) + "1" + "}".repeat(5000));
        assertTrue(CompiledData.error("source train = jsonl(\"t.jsonl\")\n" + n, folder)
                .startsWith("t.jsonl, row 1 (line 1): this is no JSON: "));
    }

    @Test
    void leavesOutBadLines() throws Exception {
        write("t.jsonl", "{\"n\": 1}\nrubbish\n{\"n\": \"x\"}\n{\"n\": 4}\n");
        var data =
                CompiledData.of("source train = jsonl(\"t.jsonl\")\nfield n: f32[1] = column(\"n\")\non_error skip(2)");
        assertArrayEquals(new float[] {1, 4}, CompiledData.floats(data, folder, "train", 0));
        assertTrue(CompiledData.warnings(data, folder).getFirst().startsWith("2 rows were left out"));
    }

    /** As numpy.save writes it. */
    static byte[] npy(String descr, boolean columnMajor, String shape, byte[] data) {
        String text = "{'descr': '" + descr + "', 'fortran_order': " + (columnMajor ? "True" : "False") + ", 'shape': ("
                + shape + "), }";
        int length = (text.length() + 1 + 10 + 63) / 64 * 64 - 10;
        var out = ByteBuffer.allocate(10 + length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        out.put((byte) 0x93)
                .put("NUMPY".getBytes(StandardCharsets.US_ASCII))
                .put((byte) 1)
                .put((byte) 0);
        out.putShort((short) length).put(text.getBytes(StandardCharsets.US_ASCII));
        while (out.position() < 10 + length - 1) {
            out.put((byte) ' ');
        }
        return out.put((byte) '\n').put(data).array();
    }

    private static byte[] floats(ByteOrder order, float... values) {
        var bytes = ByteBuffer.allocate(4 * values.length).order(order);
        for (float v : values) {
            bytes.putFloat(v);
        }
        return bytes.array();
    }

    private static byte[] bytes(int... values) {
        var bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    private static final String ARRAYS = """
            source train = npy(x: "x.npy", y: "y.npy")
            field x: f32[2, 3] = column("x")
            field y: class[3] = column("y")
            """;

    @Test
    void readsArrays() throws Exception {
        float[] rows = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
        Files.write(folder.resolve("y.npy"), npy("|u1", false, "2,", bytes(2, 0)));
        Files.write(folder.resolve("x.npy"), npy("<f4", false, "2, 2, 3", floats(ByteOrder.LITTLE_ENDIAN, rows)));
        var data = CompiledData.of(ARRAYS);
        assertArrayEquals(rows, CompiledData.floats(data, folder, "train", 0));
        assertArrayEquals(new int[] {2, 0}, CompiledData.ints(data, folder, "train", 1));
        Files.write(folder.resolve("x.npy"), npy(">f4", false, "2, 2, 3", floats(ByteOrder.BIG_ENDIAN, rows)));
        assertArrayEquals(rows, CompiledData.floats(data, folder, "train", 0));
        // numpy.asfortranarray(numpy.arange(12.).reshape(2, 2, 3)).ravel(order="K")
        float[] columnMajor = {0, 6, 3, 9, 1, 7, 4, 10, 2, 8, 5, 11};
        Files.write(folder.resolve("x.npy"), npy("<f4", true, "2, 2, 3", floats(ByteOrder.LITTLE_ENDIAN, columnMajor)));
        assertArrayEquals(rows, CompiledData.floats(data, folder, "train", 0));
        Files.write(
                folder.resolve("x.npy"), npy("|i1", false, "2, 2, 3", bytes(-1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)));
        assertEquals(-1, CompiledData.floats(data, folder, "train", 0)[0]);
    }

    @Test
    void readsArchives() throws Exception {
        try (var zip = new ZipOutputStream(Files.newOutputStream(folder.resolve("t.npz")))) {
            zip.putNextEntry(new ZipEntry("x.npy"));
            zip.write(npy("<f2", false, "3, 1", bytes(0, 0x3C, 0, 0x40, 0, 0xC2)));
            zip.putNextEntry(new ZipEntry("name.npy"));
            zip.write(npy("<U2", false, "3,", "abb\0ab".getBytes(Charset.forName("UTF-32LE"))));
        }
        var data = CompiledData.of("""
                source train = npz("t.npz")
                field x: f32[1] = column("x")
                field name: class["ab", "b"] = column("name")
                """);
        assertArrayEquals(new float[] {1, 2, -3}, CompiledData.floats(data, folder, "train", 0));
        assertArrayEquals(new int[] {0, 1, 0}, CompiledData.ints(data, folder, "train", 1));
        assertEquals(
                "t.npz has no array \"names\". It has: x, name. Did you mean \"name\"?",
                CompiledData.error(
                        "source train = npz(\"t.npz\")\nfield k: class[\"a\", \"b\"] = column(\"names\")", folder));
    }

    private String arrayError(byte[] x) throws Exception {
        Files.write(folder.resolve("y.npy"), npy("|u1", false, "2,", bytes(2, 0)));
        Files.write(folder.resolve("x.npy"), x);
        return CompiledData.error(ARRAYS, folder);
    }

    @Test
    void namesWhatIsWrongInArrays() throws Exception {
        assertEquals(
                "A row of x.npy is an array of 3 x 2, and the field that reads \"x\" needs an array of 2 x 3.",
                arrayError(npy("|u1", false, "2, 3, 2", new byte[12])));
        assertEquals(
                "x.npy has 3 rows and y.npy has 2: they don't belong together.",
                arrayError(npy("|u1", false, "3, 2, 3", new byte[18])));
        assertEquals(
                "x.npy is truncated: it ends in row 2 of 2.", arrayError(npy("|u1", false, "2, 2, 3", new byte[11])));
        assertTrue(arrayError(npy("|O", false, "2, 2, 3", new byte[99]))
                .startsWith("x.npy holds Python objects; read are floats of 2, 4 and 8 bytes"));
        assertTrue(arrayError("x,y\n1,2\n".getBytes(StandardCharsets.US_ASCII)).startsWith("x.npy is no NumPy array"));
        assertTrue(arrayError(npy("<f8", false, "2, 999999999, 999999999", new byte[0]))
                .startsWith("x.npy is damaged: it claims rows of 999999999 x 999999999 elements"));
        assertEquals(
                "x.npy, row 2: element 6 is NaN, and a number is needed (`impute` fills in what is missing).",
                arrayError(npy(
                        "<f4",
                        false,
                        "2, 2, 3",
                        floats(ByteOrder.LITTLE_ENDIAN, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, Float.NaN))));
        byte[] right = npy("|u1", false, "2, 2, 3", new byte[12]);
        arrayErrorOfLabels(right, bytes(2, 3), "y.npy, row 2: \"3\" is not a label: known are 0, 1, 2.");
    }

    private void arrayErrorOfLabels(byte[] x, byte[] labels, String message) throws Exception {
        Files.write(folder.resolve("x.npy"), x);
        Files.write(folder.resolve("y.npy"), npy("|u1", false, "2,", labels));
        assertEquals(message, CompiledData.error(ARRAYS, folder));
    }

    @Test
    void readsTablesInZips() throws Exception {
        try (var zip = new ZipOutputStream(Files.newOutputStream(folder.resolve("t.csv.zip")))) {
            zip.putNextEntry(new ZipEntry("t.csv"));
            zip.write("x\n1\n2\n".getBytes(StandardCharsets.US_ASCII));
        }
        String items = "source train = csv(\"t.csv.zip\")\nfield x: f32[1] = column(\"x\")";
        assertArrayEquals(new float[] {1, 2}, CompiledData.floats(CompiledData.of(items), folder, "train", 0));
        try (var zip = new ZipOutputStream(Files.newOutputStream(folder.resolve("t.csv.zip")))) {
            for (String name : List.of("a.csv", "../b.csv")) {
                zip.putNextEntry(new ZipEntry(name));
                zip.write("x\n1\n2\n".getBytes(StandardCharsets.US_ASCII));
            }
        }
        assertEquals(
                "t.csv.zip is an archive of 2 files, and a source reads archives of one file: a.csv, ../b.csv.",
                CompiledData.error(items, folder));
    }

    @Test
    void warnsOfLabelsThatNoTrainingRowHas() throws Exception {
        write("t.csv", "k\na\nb\na\n");
        String source = "source train = csv(\"t.csv\")\n";
        assertEquals(
                List.of("No row of `train` has the labels c, d of `k`, so that a model can't learn them."),
                CompiledData.warnings(
                        CompiledData.of(source + "field k: class[\"a\", \"b\", \"c\", \"d\"] = column(\"k\")"),
                        folder));
        assertEquals(
                List.of(),
                CompiledData.warnings(
                        CompiledData.of(source + "field k: class[\"a\", \"b\"] = column(\"k\")"), folder));
    }

    @Test
    void learnsBytePairs() throws Exception {
        write("t.csv", "t\nthe theme then\nthe the\n");
        var data = CompiledData.of(
                "source train = csv(\"t.csv\")\nfield t: i32[4] = column(\"t\") -> bpe(vocab: 259, length: 4)");
        // Of pairs that are there five times, h and e have the lower ids; t with what that makes is next.
        assertArrayEquals(
                new int[] {257, 220, 257, 76, 257, 220, 257, 258}, CompiledData.ints(data, folder, "train", 0));
    }

    @Test
    void readsBothLabelsOfCifar100() throws Exception {
        var records = new byte[2 * 3074];
        records[0] = 7;
        records[1] = 42;
        records[3074] = 19;
        records[3075] = 99;
        records[3074 + 2 + 3071] = 51;
        Files.write(folder.resolve("train.bin"), records);
        String field = "field label: class[100] = labels\nfield x: f32[3, 32, 32] = images / 255";
        var fine = CompiledData.of("source train = cifar(\"train.bin\", classes: 100)\n" + field);
        assertArrayEquals(new int[] {42, 99}, CompiledData.ints(fine, folder, "train", 0));
        assertEquals(0.2f, CompiledData.floats(fine, folder, "train", 1)[2 * 3072 - 1]);
        var coarse = CompiledData.of("source train = cifar(\"train.bin\", classes: 100, labels: \"coarse\")\n"
                + field.replace("class[100]", "class[20]"));
        assertArrayEquals(new int[] {7, 19}, CompiledData.ints(coarse, folder, "train", 0));
        Files.write(folder.resolve("train.bin"), new byte[3073]);
        assertTrue(CompiledData.error("source train = cifar(\"train.bin\", classes: 100)\n" + field, folder)
                .startsWith("train.bin is truncated or no CIFAR-100 file: record 1 has 3073 of 3074 bytes"));
    }

    @Test
    void keepsGroupsTogether() throws Exception {
        var table = new StringBuilder("patient,x\n");
        for (int i = 0; i < 600; i++) {
            table.append(i * 7919 % 37).append(',').append(i).append('\n');
        }
        write("t.csv", table.toString());
        var data = CompiledData.of("""
                source all = csv("t.csv")
                split all into train 70%, validation 20%, test 10% grouped by patient, seed 3
                field patient: i32[1] = column("patient")
                """);
        int[] train = CompiledData.ints(data, folder, "train", 0);
        int[] validation = CompiledData.ints(data, folder, "validation", 0);
        int[] test = CompiledData.ints(data, folder, "test", 0);
        assertEquals(600, train.length + validation.length + test.length);
        for (int[] other : List.of(validation, test)) {
            for (int patient : other) {
                assertTrue(java.util.Arrays.stream(train).noneMatch(p -> p == patient), "patient " + patient);
            }
        }
        assertEquals(420, train.length, 30);
        assertEquals(120, validation.length, 30);
        assertEquals(60, test.length, 30);
        write("t.csv", "patient,x\n1,1\n1,2\n2,3\n");
        assertEquals(
                "The split `test` of D is empty: `patient` has fewer values in the 3 rows of `all` than the split has"
                        + " parts.",
                CompiledData.error("""
                        source all = csv("t.csv")
                        split all into train 70%, validation 20%, test 10% grouped by patient
                        field patient: i32[1] = column("patient")
                        """, folder));
    }
}
