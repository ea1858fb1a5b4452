package dev.nnd.compiler.emit.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.Compiler;
import dev.nnd.compiler.CompilerRun;
import dev.nnd.compiler.cli.output.InMemoryJava;
import dev.nnd.grammar.SourceFile;
import dev.nnd.runtime.NndException;
import dev.nnd.runtime.data.BatchFeed;
import dev.nnd.runtime.data.DataJson;
import dev.nnd.runtime.data.DataSession;
import dev.nnd.runtime.data.Dataset;
import dev.nnd.runtime.data.FieldSpec;
import dev.nnd.runtime.data.RowSet;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each function of data, compiled to Java and run over a small table, against values worked out by hand. */
class FieldFunctionsTest {

    private static final String TABLE = """
            n,m,word,day,flag
            1,10,red car,2024-02-29,yes
            ,20,"Blue, blue car's",1970-01-01,no
            4,30, red ,1999-12-31T23:45,true
            7,NA,red red green,2000-01-03,0
            """;

    @TempDir
    private Path folder;

    @Test
    void numbers() throws Exception {
        check("column(\"n\") -> impute(\"mean\")", 1, 4, 4, 7);
        check("column(\"n\") -> impute(\"median\")", 1, 4, 4, 7);
        check("column(\"m\") -> impute(\"median\")", 10, 20, 30, 20);
        check("column(\"n\") -> impute(0)", 1, 0, 4, 7);
        check("column(\"n\") -> impute(\"constant\", value: -1)", 1, -1, 4, 7);
        check("column(\"n\") -> impute(\"most_frequent\")", 1, 1, 4, 7);
        check("column(\"n\") -> impute(1) -> min_max", 0, 0, 0.5f, 1);
        check("column(\"n\") -> log1p -> impute(\"mean\")", ln(2), (ln(2) + ln(5) + ln(8)) / 3, ln(5), ln(8));
        check("column(\"n\") -> impute(1) -> clip(2, 5)", 2, 2, 4, 5);
        check("column(\"n\") -> impute(1) -> bucketize([1, 4, 5]) -> cast[f32]", 1, 1, 2, 3);
        check("(column(\"n\") -> impute(0)) % 3", 1, 0, 1, 1);
        check("select(impute(column(\"n\"), 0) > 2, 1, 2 - impute(column(\"n\"), 0))", 1, 2, 1, 1);
        check("minimum(impute(column(\"n\"), 0), 4) ** 2 / 2", 0.5f, 0, 8, 8);
        check("column(\"flag\") == \"yes\" -> cast[f32]", 1, 0, 0, 0);
    }

    @Test
    void placesOfOne() throws Exception {
        check(
                3,
                "column(\"word\") -> strip -> one_hot[\"red\", \"red car\", \"Blue, blue car's\", \"red red green\"]"
                        .replace(", \"red red green\"", ""),
                List.of(new float[] {0, 1, 0}, new float[] {0, 0, 1}, new float[] {1, 0, 0}),
                3);
        check(
                2,
                "column(\"n\") -> impute(1) -> one_hot[1, 4]",
                List.of(new float[] {1, 0}, new float[] {1, 0}, new float[] {0, 1}),
                3);
        var unknown = assertThrows(
                NndException.class, () -> check(2, "column(\"n\") -> impute(1) -> one_hot[1, 4]", List.of(), 4));
        assertEquals("row 4 of t.csv has 7 for `x`, which takes none but its 2 values.", unknown.getMessage());
        var listed = assertThrows(
                NndException.class, () -> check(2, "column(\"flag\") -> one_hot[\"yes\", \"no\"]", List.of(), 4));
        assertTrue(
                listed.getMessage().startsWith("t.csv, row 3 (line 4): column \"flag\": \"true\""), listed::getMessage);
        check(
                3,
                "column(\"word\") -> uppercase -> multi_hot[\"BLUE\", \"BLUE CAR'S\", \"RED CAR\"]",
                List.of(new float[] {0, 0, 1}, new float[] {1, 1, 0}),
                2);
        check(
                4,
                "concat(impute(column(\"n\"), 0), column(\"m\") -> impute(0) -> bucketize([20]) -> one_hot(2) , 3 * impute(column(\"n\"), 0))",
                List.of(new float[] {1, 1, 0, 3}, new float[] {0, 0, 1, 0}, new float[] {4, 0, 1, 12}, new float[] {
                    7, 1, 0, 21
                }),
                4);
    }

    @Test
    void texts() throws Exception {
        // red is there 4 times, then blue, car and car's in order; at most 5 ids with padding 0 and unknown 1.
        ids(
                "column(\"word\") -> lowercase -> words(vocab: 5, length: 3)",
                3,
                new int[] {0, 2, 4},
                new int[] {3, 3, 1},
                new int[] {0, 0, 2},
                new int[] {2, 2, 1});
        ids(
                "column(\"word\") -> lowercase -> words(vocab: 5, length: 2)",
                2,
                new int[] {2, 4},
                new int[] {3, 1},
                new int[] {0, 2},
                new int[] {2, 1});
        ids(
                "column(\"word\") -> lowercase -> words(vocab: 5, length: 2, cut: \"end\")",
                2,
                new int[] {2, 4},
                new int[] {3, 3},
                new int[] {0, 2},
                new int[] {2, 2});
        ids(
                "column(\"word\") -> lowercase -> words(vocab: 5, length: 3, pad: \"end\", cut: \"end\")",
                3,
                new int[] {2, 4, 0},
                new int[] {3, 3, 1},
                new int[] {2, 0, 0},
                new int[] {2, 2, 1});
        ids(
                "column(\"word\") -> words(length: 2, min_count: 4, pad: \"end\", cut: \"end\")",
                2,
                new int[] {2, 1},
                new int[] {1, 1},
                new int[] {2, 0},
                new int[] {2, 2});
        ids(
                "column(\"flag\") -> characters(length: 4, pad: \"end\", cut: \"end\")",
                4,
                new int[] {9, 2, 6, 0},
                new int[] {3, 4, 0, 0},
                new int[] {7, 5, 8, 2},
                new int[] {1, 0, 0, 0});
        ids("column(\"word\") -> strip -> categories()", 1, new int[] {3}, new int[] {1}, new int[] {2}, new int[] {4});
        check("column(\"day\") -> year()", 2024, 1970, 1999, 2000);
        check("column(\"day\") -> month()", 2, 1, 12, 1);
        check("column(\"day\") -> day()", 29, 1, 31, 3);
        check("column(\"day\") -> weekday()", 4, 4, 5, 1);
        check("column(\"day\") -> hour()", 0, 0, 23, 0);
        check("column(\"day\") -> minute()", 0, 0, 45, 0);
    }

    @Test
    void whatIsLearnedTravelsInTheFile() throws Exception {
        String field = "field x: i32[3] = column(\"word\") -> words(length: 3)\n"
                + "field y: f32[1] = column(\"n\") -> impute(\"median\") -> standardize\n"
                + "field z: f32[1] = column(\"m\") -> impute(\"mean\") -> min_max";
        write(TABLE);
        Dataset trained = section(field);
        Path file = folder.resolve("data.json");
        try (var session = DataSession.open(trained, folder, 1 << 20)) {
            session.learn();
            DataJson.write(file, trained);
            Dataset served = section(field);
            DataJson.read(file, served);
            try (var again = DataSession.open(served, folder, 1 << 20)) {
                for (int f = 0; f < 3; f++) {
                    assertArrayEquals(bytes(trained, session, f), bytes(served, again, f));
                }
            }
        }
        var other = assertThrows(
                NndException.class, () -> DataJson.read(file, section(field.replace("min_max", "standardize"))));
        assertTrue(other.getMessage().contains("the data section learns"), other::getMessage);
    }

    @Test
    void leavesOutBadRowsUpToALimit() throws Exception {
        write("n,k\n1,yes\nx,no\n3\n4,no\n5,perhaps\n");
        String fields = "field n: f32[1] = column(\"n\")\nfield k: class[\"no\", \"yes\"] = column(\"k\")\n";
        try (var session = DataSession.open(section(fields + "on_error skip(3)"), folder, 1 << 20)) {
            assertEquals(2, session.split("train").orElseThrow().size());
            assertEquals(
                    List.of(
                            "3 rows were left out, as `on_error skip(3)` allows; the first: t.csv, row 2 (line 3): column"
                                    + " \"n\": \"x\" is not a number."),
                    session.learn());
        }
        try (var session = DataSession.open(section(fields + "on_error skip(2)"), folder, 1 << 20)) {
            var tooMany = assertThrows(NndException.class, () -> session.split("train"));
            assertTrue(tooMany.getMessage().startsWith("More than 2 rows can't be read"), tooMany::getMessage);
        }
        try (var session = DataSession.open(section(fields), folder, 1 << 20)) {
            var first = assertThrows(NndException.class, () -> session.split("train"));
            assertEquals("t.csv, row 2 (line 3): column \"n\": \"x\" is not a number.", first.getMessage());
        }
    }

    @Test
    void readsTablesAsTheirOptionsSay() throws Exception {
        write("# made by hand\na;'x;y';--\n2;z;5\n");
        String source =
                "csv(\"t.csv\", delimiter: \";\", quote: \"'\", columns: [\"name\", \"w\", \"v\"], header: false, skip: 1,"
                        + " missing: [\"--\"])";
        Dataset data =
                compiled("data D {\nsource train = " + source + "\nfield v: f32[1] = column(\"v\") -> impute(0)\n"
                        + "field w: f32[2] = column(\"w\") -> one_hot[\"x;y\", \"z\"]\n}");
        try (var session = DataSession.open(data, folder, 1 << 20)) {
            session.learn();
            assertArrayEquals(new float[] {0, 5}, floats(bytes(data, session, 0)));
            assertArrayEquals(new float[] {1, 0, 0, 1}, floats(bytes(data, session, 1)));
        }
    }

    @Test
    void cutsTextsIntoWindows() throws Exception {
        Files.writeString(folder.resolve("t.txt"), "abcabdabcx");
        Dataset data = compiled("""
                data D {
                  source all = text("t.txt")
                  split all into train 70%, validation 30% in order
                  field x: i32[2] = window(characters(), length: 2)
                  field y: i32[2] = window(characters(), length: 2, shift: 1)
                }""");
        try (var session = DataSession.open(data, folder, 1 << 20)) {
            // a = 1, b = 2, c = 3, d = 4; x is not in the part that is trained on, and the last window has no target.
            assertEquals(3, session.split("train").orElseThrow().size());
            assertEquals(List.of(), session.learn());
            assertArrayEquals(new int[] {1, 2, 3, 1, 2, 4}, ints(bytes(data, session, 0)));
            assertArrayEquals(new int[] {2, 3, 1, 2, 4, 1}, ints(bytes(data, session, 1)));
            RowSet held = session.split("validation").orElseThrow();
            assertEquals(1, held.size());
            assertArrayEquals(new int[] {2, 3}, ints(bytes(data, held, 0)));
            assertArrayEquals(new int[] {3, 0}, ints(bytes(data, held, 1)));
        }
    }

    private static int[] ints(byte[] bytes) {
        return MemorySegment.ofArray(bytes).toArray(ValueLayout.JAVA_INT_UNALIGNED);
    }

    private static float ln(double x) {
        return (float) Math.log(x);
    }

    private void check(String expression, float... expected) throws Exception {
        var rows = new ArrayList<float[]>();
        for (float e : expected) {
            rows.add(new float[] {e});
        }
        check(1, expression, rows, 4);
    }

    /** The first rows of the table, of which there are so many. */
    private void check(int width, String expression, List<float[]> expected, int rows) throws Exception {
        write(TABLE.lines().limit(rows + 1L).reduce("", (a, b) -> a + b + "\n"));
        Dataset data = section("field x: f32[" + width + "] = " + expression);
        try (var session = DataSession.open(data, folder, 1 << 20)) {
            session.learn();
            float[] all = floats(bytes(data, session, 0));
            for (int i = 0; i < expected.size(); i++) {
                int from = i * width;
                assertArrayEquals(
                        expected.get(i),
                        java.util.Arrays.copyOfRange(all, from, from + width),
                        1e-6f,
                        expression + ", row " + (i + 1));
            }
        }
    }

    private void ids(String expression, int length, int[]... expected) throws Exception {
        write(TABLE);
        Dataset data = section("field x: i32[" + length + "] = " + expression);
        try (var session = DataSession.open(data, folder, 1 << 20)) {
            session.learn();
            int[] all = MemorySegment.ofArray(bytes(data, session, 0)).toArray(ValueLayout.JAVA_INT_UNALIGNED);
            assertArrayEquals(
                    Stream.of(expected).flatMapToInt(java.util.Arrays::stream).toArray(), all, expression);
        }
    }

    private static float[] floats(byte[] bytes) {
        return MemorySegment.ofArray(bytes).toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    }

    private void write(String table) throws IOException {
        Files.writeString(folder.resolve("t.csv"), table);
    }

    private static Dataset section(String items) throws Exception {
        return compiled("data D {\nsource train = csv(\"t.csv\")\n" + items + "\n}");
    }

    private static final Map<String, Class<?>> COMPILED = new HashMap<>();

    private static Dataset compiled(String text) throws Exception {
        Class<?> type = COMPILED.get(text);
        if (type == null) {
            var result = new Compiler().compile(new CompilerRun(List.of(new SourceFile("d.nnd", text)), List.of()));
            assertEquals(List.of(), result.diagnostics(), text);
            type = InMemoryJava.compile(result.files(), System.getProperty("java.class.path"), "-Xlint:all", "-Werror")
                    .loader(FieldFunctionsTest.class.getClassLoader())
                    .loadClass("D");
            COMPILED.put(text, type);
        }
        return (Dataset) type.getConstructor().newInstance();
    }

    /** A field of all rows, as the training loop gets it. */
    private static byte[] bytes(Dataset data, DataSession session, int field) throws InterruptedException {
        return bytes(data, session.split("train").orElseThrow(), field);
    }

    private static byte[] bytes(Dataset data, RowSet rows, int field) throws InterruptedException {
        try (var arena = Arena.ofConfined();
                var feed = BatchFeed.inOrder(data, rows, rows.size())) {
            int n = feed.next();
            var all = new ArrayList<MemorySegment>();
            for (FieldSpec spec : data.fields()) {
                all.add(arena.allocate(Math.max(1, n * spec.bytes()), 8));
            }
            feed.take(all);
            return all.get(field).toArray(ValueLayout.JAVA_BYTE);
        }
    }
}
