package dev.nnd.runtime.data;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.Seed;
import dev.nnd.runtime.memory.ElementType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableSourceTest {
    private static final List<String> KINDS = List.of("cat", "dog");

    @TempDir
    Path folder;

    private static Dataset table(String file) {
        return new TestDatasets.Table(file, List.of(), KINDS, false);
    }

    private void assertFails(Dataset dataset, String... parts) {
        var e = assertThrows(NndException.class, () -> {
            try (var session = DataSession.open(dataset, folder, 1 << 24)) {
                session.split("train");
            }
        });
        var text = e.getMessage() + " | " + e.help().orElse("");
        assertAll(Arrays.stream(parts).map(part -> () -> assertTrue(text.contains(part), text)));
    }

    private void fails(String content, String... parts) {
        TestFiles.write(folder.resolve("t.csv"), content);
        assertFails(table("t.csv"), parts);
    }

    private void reads(String name, String content, Consumer<RowSet> check) {
        TestFiles.write(folder.resolve(name), content);
        try (var session = DataSession.open(table(name), folder, 1 << 24)) {
            check.accept(session.split("train").orElseThrow());
        }
    }

    private static void assertRow(RowSet rows, int i, float x, float y, int kind) {
        var row = rows.cursor().seek(rows.row(i));
        assertEquals(x, row.value(0));
        assertEquals(y, row.value(1));
        assertEquals(kind, row.labelIndex(2, KINDS));
        assertEquals(i + 1, row.number());
    }

    @ParameterizedTest
    @CsvSource({
        "t.csv,COMMA",
        "t.csv.gz,COMMA",
        "t.tsv,TAB",
        "t.tsv.gz,TAB",
        "t.csv,SEMICOLON",
        "t.txt,TAB",
        "t.dat,BAR"
    })
    void readsAllKindsOfTables(String name, String delimiter) {
        var d = java.util.Map.of("COMMA", ",", "TAB", "\t", "SEMICOLON", ";", "BAR", "|")
                .get(delimiter);
        // Tab-separated text has no quotes.
        var dog = delimiter.equals("TAB") ? "dog" : "\"dog\"";
        var text = ("id,kind,y,x\n1,cat,0.5,-3\r\n2,1, 2e3 ,.25\n\n3," + dog + ",-0,12345678.9\n").replace(",", d);
        reads(name, text, rows -> {
            assertEquals(3, rows.size());
            assertRow(rows, 0, -3, 0.5f, 0);
            assertRow(rows, 1, 0.25f, 2000, 1);
            assertRow(rows, 2, 12345678.9f, -0f, 1);
        });
    }

    @Test
    void quotesInTabSeparatedTextAreText() {
        reads("t.tsv", "note\tx\ty\tkind\n\"a\" b\t1\t2\tdog\n\"never closed\t3\t4\tcat\n", rows -> {
            assertEquals(2, rows.size());
            assertRow(rows, 1, 3, 4, 0);
        });
    }

    @Test
    void quotedCellsMayHoldDelimitersAndLineBreaks() {
        reads("t.csv", "note,x,y,kind\n\"a, \"\"b\"\"\nc\",1,2,dog\nplain,3,4,cat\n", rows -> {
            assertEquals(2, rows.size());
            assertRow(rows, 0, 1, 2, 1);
            assertRow(rows, 1, 3, 4, 0);
        });
    }

    @Test
    void aByteOrderMarkIsNoPartOfTheHeader() {
        reads("t.csv", "\uFEFFx,y,kind\n1,2,dog\n", rows -> assertRow(rows, 0, 1, 2, 1));
    }

    @Test
    void numbersAreRoundedAsJavaDoes() {
        long seed = Seed.fresh();
        var random = new Random(seed);
        for (int i = 0; i < 200_000; i++) {
            var text = switch (i % 4) {
                case 0 -> Float.toString(Float.intBitsToFloat(random.nextInt()));
                case 1 -> Double.toString(random.nextGaussian());
                case 2 -> Integer.toString(random.nextInt(1 << random.nextInt(1, 31)));
                default -> (random.nextInt(100_000_000) - 50_000_000) / 1000 + "." + random.nextInt(10_000);
            };
            float expected = Float.parseFloat(text);
            var chars = text.toCharArray();
            float actual = Numbers.parse(chars, 0, chars.length);
            if (Float.isFinite(expected)) {
                assertEquals(
                        Float.floatToIntBits(expected), Float.floatToIntBits(actual), () -> text + ", seed " + seed);
            }
        }
    }

    @Test
    void whatIsNoNumberIsNotTaken() {
        for (var text : List.of("", "-", ".", "-.", "1f", "0x1p3", "1,5", "1 2", "e5", "--1", "1e", "NaN", "1..2")) {
            var chars = text.toCharArray();
            assertTrue(Float.isNaN(Numbers.parse(chars, 0, chars.length)), text);
        }
    }

    @Test
    void aMissingColumnIsNamedWithTheHeaderAndTheNearestName() {
        fails(
                "id,X_,y,knd\n1,2,3,cat\n",
                "t.csv has no column \"x\". Its header has: id, X_, y, knd.",
                "Did you mean \"X_\"?");
        fails("x,y,knd\n1,2,cat\n", "t.csv has no column \"kind\"", "Did you mean \"knd\"?");
    }

    @Test
    void aColumnMayNotBeThereTwice() {
        fails("x,y,kind,x\n1,2,cat,3\n", "t.csv has two columns \"x\"");
    }

    @Test
    void raggedRowsAreNamed() {
        fails("x,y,kind\n1,2,cat\n1,2\n", "t.csv, row 2 (line 3): it has 2 cells, and the header has 3.");
        fails("x,y,kind\n1,2,cat,9\n", "t.csv, row 1 (line 2): it has 4 cells, and the header has 3.");
    }

    @Test
    void badCellsAreNamedWithRowColumnAndText() {
        fails("x,y,kind\n1,2,cat\n,2,cat\n", "t.csv, row 2 (line 3): column \"x\": the cell is empty, and a number");
        fails("x,y,kind\n1,two,cat\n", "t.csv, row 1 (line 2): column \"y\": \"two\" is not a number.");
        fails("x,y,kind\nNaN,2,cat\n", "column \"x\": \"NaN\" is not a finite number.");
        fails("x,y,kind\n-inf,2,cat\n", "column \"x\": \"-inf\" is not a finite number.");
        fails("x,y,kind\n1e60,2,cat\n", "column \"x\": \"1e60\" is too large for f32.", "on_error skip");
        fails(
                "x,y,kind\n1,2," + "c".repeat(100_000) + "\n",
                "\"" + "c".repeat(60) + "...\" (100000 characters) is not a label");
    }

    @Test
    void unknownLabelsAreNamedWithTheKnownOnes() {
        fails(
                "x,y,kind\n1,2,cat\n1,2,parrot\n",
                "t.csv, row 2 (line 3): column \"kind\": \"parrot\" is not a label: known are cat, dog"
                        + " (or their indices, 0 to 1).");
        fails("x,y,kind\n1,2,Dog\n", "Did you mean \"dog\"?");
        fails("x,y,kind\n1,2,2\n", "\"2\" is not a label");
        fails("x,y,kind\n1,2,\n", "column \"kind\": the cell is empty, and a label is needed.");
    }

    @Test
    void namesThatAreNumbersAreNamesOnly() {
        var names = List.of("1", "2", "3");
        TestFiles.write(folder.resolve("t.csv"), "x,y,kind\n1,2,3\n");
        try (var session =
                DataSession.open(new TestDatasets.Table("t.csv", List.of(), names, false), folder, 1 << 24)) {
            assertEquals(
                    2, session.split("train").orElseThrow().cursor().seek(0).labelIndex(2, names));
        }
        TestFiles.write(folder.resolve("t.csv"), "x,y,kind\n1,2,0\n");
        assertFails(
                new TestDatasets.Table("t.csv", List.of(), names, false), "\"0\" is not a label: known are 1, 2, 3.");
    }

    @Test
    void damagedFilesAreNamed() throws IOException {
        fails("", "t.csv is empty: expected a header line with the column names x, y, kind");
        fails("x,y,kind\n", "The source `train` of Rows has no rows.");
        Files.write(folder.resolve("t.csv"), "x,y,kind\n1,2,c\u00e4t\n".getBytes(StandardCharsets.ISO_8859_1));
        assertFails(table("t.csv"), "t.csv is not UTF-8 text");
        var packed = TestFiles.gzip(("x,y,kind\n" + "1,2,cat\n".repeat(10_000)).getBytes(StandardCharsets.UTF_8));
        Files.write(folder.resolve("t.csv"), Arrays.copyOf(packed, packed.length - 30));
        assertFails(table("t.csv"), "t.csv is truncated: its gzip stream breaks off after row ");
    }

    @Test
    void textIsKeptAsItIs() {
        record Notes(List<SourceSpec> sources) implements Dataset {
            @Override
            public String name() {
                return "Notes";
            }

            @Override
            public List<SplitSpec> splits() {
                return List.of();
            }

            @Override
            public List<FieldSpec> fields() {
                return List.of(new FieldSpec("length", ElementType.F32, new long[0], null));
            }

            @Override
            public void encode(int field, Row row, MemorySegment out, long at) {
                out.setAtIndex(
                        java.lang.foreign.ValueLayout.JAVA_FLOAT,
                        at,
                        row.text(0).length());
            }

            @Override
            public List<Learned> learned() {
                return List.of();
            }

            @Override
            public void observe(int learned, Row row) {
                throw new AssertionError();
            }
        }
        var notes = new Notes(List.of(new SourceSpec("train", Format.CSV, List.of("n.tsv"), List.of("note"))));
        var longText = "\u00e4 long text ".repeat(200_000);
        TestFiles.write(folder.resolve("n.tsv"), "id\tnote\n1\t Gr\u00fc\u00dfe \n2\t" + longText + "\n3\t\n");
        try (var session = DataSession.open(notes, folder, 1 << 24)) {
            var row = session.split("train").orElseThrow().cursor();
            assertEquals(" Gr\u00fc\u00dfe ", row.seek(0).text(0));
            assertEquals(longText, row.seek(1).text(0));
            assertEquals("", row.seek(2).text(0));
        }
    }

    @Test
    void rowsBeyondTheBudgetGoToAFileAndReadTheSame() {
        var text = new StringBuilder("x,y,kind\n");
        int n = 400_000;
        for (int i = 0; i < n; i++) {
            text.append(i).append(',').append(-i).append(',').append(i % 2).append('\n');
        }
        TestFiles.write(folder.resolve("t.csv"), text.toString());
        try (var session = DataSession.open(table("t.csv"), folder, 0)) {
            var rows = session.split("train").orElseThrow();
            assertEquals(0, session.memoryBytes());
            assertTrue(session.spilledBytes() >= n * 12L, () -> session.spilledBytes() + " bytes");
            var row = rows.cursor();
            for (int i = 0; i < n; i += 7) {
                row.seek(i);
                assertEquals(i, row.value(0));
                assertEquals(-i, row.value(1));
                assertEquals(i % 2, row.labelIndex(2, KINDS));
            }
        }
    }
}
