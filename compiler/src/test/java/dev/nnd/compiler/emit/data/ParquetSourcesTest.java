package dev.nnd.compiler.emit.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.runtime.data.DataSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files were written by pandas 3.0.6. */
class ParquetSourcesTest {
    private static final String LISTS = "source train = parquet(\"lists.parquet\")\n";

    @TempDir
    Path folder;

    @BeforeEach
    void copy() throws IOException {
        for (String name : List.of("people.csv", "people.parquet", "lists.parquet")) {
            Files.copy(Path.of("src/test/resources/sources", name), folder.resolve(name));
        }
    }

    /** The same table as CSV and as Parquet gives the same bytes of every field, after what is learned from it too. */
    @Test
    void agreesWithCsv() throws Exception {
        String fields = """
                split all into train 70%, test 30% stratified by kind, seed 3
                field age: f32[1] = column("age") -> impute("median") -> standardize
                field weight: f32[1] = column("weight")
                field more: f64[1] = column("weight")
                field n: i64[1] = column("n")
                field kind: class["cat", "cow", "dog"] = column("kind")
                field flag: bool[1] = column("flag")
                field year: f32[1] = column("day") -> year()
                field hour: f32[1] = column("day") -> hour()
                field second: f32[1] = column("day") -> timestamp()
                field pets: f32[3] = column("kind") -> one_hot["cat", "cow", "dog"]
                field note: i32[5] = column("note") -> words(vocab: 20, length: 5)
                """;
        var csv = CompiledData.of("source all = csv(\"people.csv\")\n" + fields);
        var parquet = CompiledData.of("source all = parquet(\"people.parquet\")\n" + fields);
        try (var a = DataSession.open(csv, folder, 1 << 24);
                var b = DataSession.open(parquet, folder, 1 << 24)) {
            a.split("train");
            b.split("train");
            assertEquals(a.learn(), b.learn());
            for (String part : List.of("train", "test")) {
                for (int f = 0; f < csv.fields().size(); f++) {
                    assertArrayEquals(
                            CompiledData.bytes(csv, a.split(part).orElseThrow(), f),
                            CompiledData.bytes(parquet, b.split(part).orElseThrow(), f),
                            part + " " + csv.fields().get(f).name());
                }
            }
        }
    }

    @Test
    void readsListsOfNumbers() throws Exception {
        var data = CompiledData.of(LISTS + """
                field x: f32[3] = column("x") * 2
                field m: f32[2, 2] = column("m")
                field maybe: f32[1] = column("maybe") -> impute("mean")
                """);
        assertArrayEquals(new float[] {3, 4, 6, 8, 10, 12, 14, 16, -18}, CompiledData.floats(data, folder, "train", 0));
        assertArrayEquals(
                new float[] {1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4}, CompiledData.floats(data, folder, "train", 1));
        assertArrayEquals(new float[] {3.25f, 3.625f, 4}, CompiledData.floats(data, folder, "train", 2));
    }

    private void assertError(String expected, String field) throws Exception {
        assertEquals("lists.parquet" + expected, CompiledData.error(LISTS + field, folder));
    }

    @Test
    void saysWhereItIsWrong() throws Exception {
        assertError(
                " has no column \"kinds\". It has: x, m, r, maybe, s, kind, bin. Did you mean \"kind\"?",
                "field k: class[\"cat\", \"dog\"] = column(\"kinds\")");
        assertError(
                ", row 1 (row group 1): column \"x\": this is an array of 3, and an array of 2 numbers is needed.",
                "field x: f32[2] = column(\"x\")");
        assertError(
                ", row 1 (row group 1): column \"x\": this is an array of 3, and one value is needed.",
                "field x: f32[1] = column(\"x\")");
        assertError(
                ", row 1 (row group 1): column \"r\": this is an array of 1, and an array of 2 numbers is needed.",
                "field r: f32[2] = column(\"r\")");
        assertTrue(CompiledData.error(LISTS + "on_error skip(1)\nfield r: f32[2] = column(\"r\")", folder)
                .endsWith("row 3 (row group 1): column \"r\": this is null, and an array of 2 numbers is needed."));
        assertError(
                ", row 2 (row group 1): column \"maybe\": the value is null or empty, and a number is needed.",
                "field m: f32[1] = column(\"maybe\")");
        assertError(
                ", row 2 (row group 1): column \"kind\": \"dog\" is not a label: known are cat, bird (or their indices, 0 to 1).",
                "field k: class[\"cat\", \"bird\"] = column(\"kind\")");
        assertError(
                ", row 1 (row group 1): column \"kind\": \"cat\" is not a number.",
                "field k: f32[1] = column(\"kind\")");
        assertError(
                " can't be read as a Parquet file: column \"s\": it is a struct or a map, and a column of values or lists is needed.",
                "field s: f32[1] = column(\"s\")");
        assertError(
                ", row 2 (row group 1): column \"bin\": its bytes are not text in UTF-8.",
                "field b: i32[2] = column(\"bin\") -> characters(length: 2)");
    }

    @Test
    void leavesOutBadRows() throws Exception {
        var data = CompiledData.of(LISTS + "on_error skip(2)\nfield m: f32[1] = column(\"maybe\")");
        assertEquals(
                List.of("1 row was left out, as `on_error skip(2)` allows: lists.parquet, row 2 (row group 1): column"
                        + " \"maybe\": the value is null or empty, and a number is needed."),
                CompiledData.warnings(data, folder));
    }

    @Test
    void namesDamagedFiles() throws Exception {
        byte[] all = Files.readAllBytes(folder.resolve("lists.parquet"));
        Files.write(folder.resolve("lists.parquet"), Arrays.copyOf(all, all.length / 2));
        String error = CompiledData.error(LISTS + "field m: f32[1] = column(\"maybe\")", folder);
        assertTrue(error.startsWith("lists.parquet can't be read as a Parquet file: it does not end with PAR1"), error);
    }
}
