package dev.nnd.runtime.data.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The files are one table of 60 rows, written by pyarrow 25, Polars 1.44, DuckDB 1.5 and fastparquet 2026.9; the rows as
 * pyarrow has them are in {@code rows.jsonl}.
 */
class ParquetFileTest {
    private static final Path FILES = Path.of("src/test/resources/parquet");
    private static final long MEMORY = 1 << 24;

    @TempDir
    Path folder;

    private static Object read(JsonParser json) {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            return json.currentToken() == JsonToken.VALUE_NULL ? "" : json.getString();
        }
        var list = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            list.add(read(json));
        }
        return list;
    }

    private static List<?> row(String line) {
        try (JsonParser json = new JsonFactory().createParser(ObjectReadContext.empty(), line)) {
            json.nextToken();
            return (List<?>) read(json);
        }
    }

    private static void flatten(Object value, List<String> into) {
        if (value instanceof List<?> list) {
            list.forEach(v -> flatten(v, into));
        } else {
            into.add((String) value);
        }
    }

    private static void assertValue(String where, Object expected, Cell cell) {
        var values = new ArrayList<String>();
        flatten(expected, values);
        if (expected.equals("") && cell.isNone()) {
            return;
        }
        assertFalse(cell.isNone(), where);
        assertEquals(values.size(), cell.size(), where);
        assertEquals(
                expected instanceof List<?> list ? list.size() : -1,
                cell.dims().isEmpty() ? -1 : cell.dims().getFirst(),
                where);
        for (int i = 0; i < values.size(); i++) {
            String is = cell.text(i);
            if (cell.isNumber(i)) {
                // Floats are written in more than one way.
                assertEquals(Double.parseDouble(values.get(i)), Double.parseDouble(is), where);
                assertEquals(Float.parseFloat(values.get(i)), cell.number(i), where);
            } else {
                assertEquals(values.get(i), is, where);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pyarrow-snappy",
                "pyarrow-gzip-v2",
                "pyarrow-encodings",
                "pyarrow-lz4",
                "polars-zstd",
                "duckdb-v2",
                "fastparquet-snappy"
            })
    void readsWhatOthersWrite(String file) throws IOException {
        List<String> all = Files.readAllLines(FILES.resolve("names.txt"));
        List<String> rows = Files.readAllLines(FILES.resolve("rows.jsonl"));
        try (var parquet = ParquetFile.open(FILES.resolve(file + ".parquet"), all, MEMORY)) {
            List<String> names = all.stream().filter(parquet.names()::contains).toList();
            assertTrue(names.size() >= 10);
            for (int r = 0; r < rows.size(); r++) {
                assertTrue(parquet.next());
                List<?> row = row(rows.get(r));
                for (int c = 0; c < names.size(); c++) {
                    assertValue(
                            file + ", row " + r + ", " + names.get(c),
                            row.get(all.indexOf(names.get(c))),
                            parquet.cells().get(c));
                }
            }
            assertFalse(parquet.next());
        }
    }

    @Test
    void listsInListsHaveDims() throws IOException {
        try (var parquet = ParquetFile.open(FILES.resolve("pyarrow-snappy.parquet"), List.of("mat"), MEMORY)) {
            for (int r = 0; parquet.next(); r++) {
                Cell cell = parquet.cells().getFirst();
                assertEquals(List.of(2, 3), cell.dims());
                assertFalse(cell.isRagged());
                assertEquals(r + 2, cell.number(2));
                assertEquals(2 * r, cell.number(3));
            }
        }
    }

    @Test
    void pagesBeyondTheMemoryAreRefused() throws IOException {
        try (var parquet = ParquetFile.open(FILES.resolve("polars-zstd.parquet"), List.of("long"), 1 << 10)) {
            var e = assertThrows(ParquetException.class, parquet::next);
            assertTrue(e.isUnsupported());
            assertTrue(e.getMessage().contains("write the file with smaller pages"), e.getMessage());
        }
    }

    private String error(byte[] bytes) throws IOException {
        Path file = folder.resolve("x.parquet");
        Files.write(file, bytes);
        return assertThrows(
                        ParquetException.class,
                        () -> ParquetFile.open(file, List.of(), MEMORY).close())
                .getMessage();
    }

    @Test
    void otherFilesAreNamed() throws IOException {
        assertEquals("it has only 3 bytes", error(new byte[3]));
        assertEquals(
                "it does not begin with PAR1, as Parquet files do",
                error("a,b\n1,2\n3,4\n".getBytes(StandardCharsets.UTF_8)));
        byte[] all = Files.readAllBytes(FILES.resolve("pyarrow-snappy.parquet"));
        assertEquals(
                "it does not end with PAR1, as Parquet files do: it is cut off, or not all written",
                error(Arrays.copyOf(all, all.length / 2)));
        byte[] large = all.clone();
        large[all.length - 5] = 127;
        assertEquals("its footer is larger than the file", error(large));
        byte[] encrypted = all.clone();
        encrypted[all.length - 1] = 'E';
        assertEquals("it is encrypted", error(encrypted));
    }

    /** A checksum that the writer took names damage that could be read else. */
    @Test
    void checksumsAreCompared() throws IOException {
        byte[] all = Files.readAllBytes(FILES.resolve("pyarrow-gzip-v2.parquet"));
        all[110] ^= 1;
        Path file = folder.resolve("x.parquet");
        Files.write(file, all);
        try (var parquet = ParquetFile.open(file, List.of("i8"), MEMORY)) {
            assertEquals(
                    "row group 1, column \"i8\": a page's bytes have changed since it was written: its checksum"
                            + " differs",
                    assertThrows(ParquetException.class, parquet::next).getMessage());
        }
    }

    /** Whatever the bytes are, reading ends, in a value or in a sentence. */
    @Test
    @Timeout(1200)
    void damagedFilesEndInASentence() throws IOException {
        long seed = 20_261_122;
        var random = new Random(seed);
        int refused = 0;
        try (var files = Files.newDirectoryStream(FILES, "*.parquet")) {
            for (Path file : files) {
                byte[] all = Files.readAllBytes(file);
                for (int i = 0; i < 200; i++) {
                    refused += isRefused(damaged(all, random)) ? 1 : 0;
                }
            }
        }
        assertTrue(refused > 700, refused + " of 1400");
    }

    /** One in two has all its damage in the footer. */
    private static byte[] damaged(byte[] all, Random random) {
        int footer = ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN).getInt(all.length - 8);
        byte[] damaged = random.nextInt(10) == 0 ? Arrays.copyOf(all, random.nextInt(all.length)) : all.clone();
        int from = random.nextBoolean() ? all.length - 8 - footer : 4;
        for (int k = random.nextInt(1, 6); k > 0; k--) {
            int at = random.nextInt(from, all.length - 4);
            if (at < damaged.length) {
                damaged[at] = (byte) (random.nextBoolean() ? random.nextInt() : damaged[at] ^ 1 << random.nextInt(8));
            }
        }
        return damaged;
    }

    private boolean isRefused(byte[] bytes) throws IOException {
        Path file = folder.resolve("d.parquet");
        Files.write(file, bytes);
        List<String> names = Files.readAllLines(FILES.resolve("names.txt"));
        try (var parquet = ParquetFile.open(file, names, MEMORY)) {
            while (parquet.next()) {
                parquet.cells().forEach(ParquetFileTest::touch);
            }
            return false;
        } catch (ParquetException e) {
            assertFalse(e.getMessage().isBlank());
            return true;
        }
    }

    private static void touch(Cell cell) {
        for (int i = 0; i < cell.size(); i++) {
            try {
                cell.text(i);
                cell.number(i);
            } catch (IllegalArgumentException e) {
                assertTrue(String.valueOf(e.getMessage()).startsWith("its "), e.getMessage());
            }
        }
    }
}
