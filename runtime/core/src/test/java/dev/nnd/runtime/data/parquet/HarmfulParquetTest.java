package dev.nnd.runtime.data.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Small files whose numbers are made to do harm: each ends in a sentence before much is allocated. */
@Timeout(60)
class HarmfulParquetTest {
    private static final long MEMORY = 1 << 24;
    private static final int INT32 = 5;
    private static final int INT64 = 6;
    private static final int BINARY = 8;
    private static final int LIST = 9;
    private static final int STRUCT = 12;

    @TempDir
    private Path folder;

    /** A struct in Thrift's compact protocol, by its fields in growing order. */
    private static final class Struct {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private int last;

        private ByteArrayOutputStream field(int id, int type) {
            if (id > last) {
                out.write(id - last << 4 | type);
            } else {
                out.write(type);
                varint(out, 2L * id);
            }
            last = id;
            return out;
        }

        Struct whole(int id, int type, long value) {
            varint(field(id, type), value << 1);
            return this;
        }

        Struct count(int id, long value) {
            return whole(id, INT32, value);
        }

        Struct text(int id, String value) {
            varint(field(id, BINARY), value.length());
            out.writeBytes(value.getBytes(StandardCharsets.UTF_8));
            return this;
        }

        Struct inner(int id, Struct value) {
            field(id, STRUCT).writeBytes(value.bytes());
            return this;
        }

        Struct list(int id, Struct... values) {
            field(id, LIST).write(values.length << 4 | STRUCT);
            for (Struct value : values) {
                out.writeBytes(value.bytes());
            }
            return this;
        }

        byte[] bytes() {
            var all = new ByteArrayOutputStream();
            all.writeBytes(out.toByteArray());
            all.write(0);
            return all.toByteArray();
        }
    }

    private static void varint(ByteArrayOutputStream out, long value) {
        long rest = value;
        for (; rest >>> 7 != 0; rest >>>= 7) {
            out.write((int) (rest & 0x7F | 0x80));
        }
        out.write((int) rest);
    }

    private static byte[] int32(int value) {
        return ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array();
    }

    private Path file(byte[] pages, byte[] footer) throws IOException {
        var out = new ByteArrayOutputStream();
        out.writeBytes("PAR1".getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(pages);
        out.writeBytes(footer);
        out.writeBytes(int32(footer.length));
        out.writeBytes("PAR1".getBytes(StandardCharsets.US_ASCII));
        return Files.write(folder.resolve("x.parquet"), out.toByteArray());
    }

    private static Struct root(int children) {
        return new Struct().text(4, "schema").count(5, children);
    }

    /** A leaf of whole numbers of 32 bits; {@code repetition} 2 makes each row a list of them. */
    private static Struct leaf(String name, int repetition) {
        return new Struct().count(1, 1).count(3, repetition).text(4, name);
    }

    private static Struct chunk(long values, long dictionary, long data, long length) {
        return new Struct()
                .inner(
                        3,
                        new Struct()
                                .count(1, 1)
                                .count(4, 0)
                                .whole(5, INT64, values)
                                .whole(7, INT64, length)
                                .whole(9, INT64, data)
                                .whole(11, INT64, dictionary));
    }

    private static Struct group(long rows, Struct... chunks) {
        return new Struct().list(1, chunks).whole(3, INT64, rows);
    }

    /** One row that is a list of so many equal values, in less than a hundred bytes. */
    private Path list(int values) throws IOException {
        var pages = new ByteArrayOutputStream();
        pages.writeBytes(new Struct()
                .count(1, 2)
                .count(2, 4)
                .count(3, 4)
                .inner(7, new Struct().count(1, 1).count(2, 0))
                .bytes());
        pages.writeBytes(int32(7));
        int data = pages.size() + 4;
        var levels = new ByteArrayOutputStream();
        varint(levels, 1 << 1);
        levels.write(0);
        varint(levels, (values - 1L) << 1);
        levels.write(1);
        var definitions = new ByteArrayOutputStream();
        varint(definitions, (long) values << 1);
        definitions.write(1);
        var page = new ByteArrayOutputStream();
        page.writeBytes(int32(levels.size()));
        page.writeBytes(levels.toByteArray());
        page.writeBytes(int32(definitions.size()));
        page.writeBytes(definitions.toByteArray());
        page.write(0);
        varint(page, (long) values << 1);
        pages.writeBytes(new Struct()
                .count(1, 0)
                .count(2, page.size())
                .count(3, page.size())
                .inner(5, new Struct().count(1, values).count(2, 8).count(3, 3).count(4, 3))
                .bytes());
        pages.writeBytes(page.toByteArray());
        return file(
                pages.toByteArray(),
                new Struct()
                        .count(1, 2)
                        .list(2, root(1), leaf("x", 2))
                        .whole(3, INT64, 1)
                        .list(4, group(1, chunk(values, 4, data, pages.size())))
                        .bytes());
    }

    @Test
    void aListTakesItsMemoryFromTheBudget() throws IOException {
        try (var parquet = ParquetFile.open(list(1000), List.of("x"), MEMORY)) {
            assertTrue(parquet.next());
            assertEquals(1000, parquet.cells().getFirst().size());
            assertEquals(7f, parquet.cells().getFirst().number(999));
            assertFalse(parquet.next());
        }
        try (var parquet = ParquetFile.open(list(1 << 22), List.of("x"), MEMORY)) {
            var e = assertThrows(ParquetException.class, parquet::next);
            assertTrue(e.getMessage().contains("need more than 16 MB of memory"), e.getMessage());
        }
    }

    private String refused(Path file, String... columns) {
        return assertThrows(
                        ParquetException.class,
                        () -> ParquetFile.open(file, List.of(columns), MEMORY).close())
                .getMessage();
    }

    @Test
    void fewBytesHoldNoEndOfValues() throws IOException {
        String message = refused(list(Integer.MAX_VALUE / 2), "x");
        assertTrue(message.contains(" rows") || message.contains("values of column \"x\""), message);
    }

    @Test
    void aFooterHasOneListOfColumns() throws IOException {
        byte[] footer = new Struct()
                .list(2, root(1), leaf("x", 0))
                .list(4, group(0, chunk(0, 0, 4, 0)))
                .list(2, root(2), leaf("x", 0), leaf("y", 0))
                .bytes();
        assertEquals("its footer has two lists of columns", refused(file(new byte[0], footer), "x", "y"));
    }

    @Test
    void wholeNumbersHaveAUsualWidthAndTimesAUnit() {
        // A union that says two things: whole numbers without bits, and times without a unit.
        byte[] both = leaf("x", 0)
                .inner(10, new Struct().inner(10, new Struct().count(1, 64)).inner(7, new Struct()))
                .bytes();
        assertEquals(
                "00:00:01", Element.read(new Thrift(new Bytes(both))).form().text(1000, new byte[0], 0, 0));
        byte[] none = leaf("x", 0)
                .inner(10, new Struct().inner(10, new Struct().count(1, 0)))
                .bytes();
        assertEquals(
                "whole numbers of 0 bits",
                assertThrows(ParquetException.class, () -> Element.read(new Thrift(new Bytes(none))))
                        .getMessage());
    }

    @Test
    void valuesOfAFixedLengthHaveThatLength() {
        var timestamp = new Column("t", 0, Column.Type.INT96, 0, new Form.JulianTimestamp(), 0, List.of());
        var page = new ByteArrayOutputStream();
        for (int first : new int[] {0, 3}) {
            varint(page, 128);
            varint(page, 4);
            varint(page, 1);
            varint(page, 2L * first);
        }
        page.writeBytes(new byte[] {1, 2, 3});
        var decoder = Decoder.of(7, timestamp, new Bytes(page.toByteArray()), Optional.empty());
        assertEquals(
                "a value has 3 bytes, and those of its column have 12",
                assertThrows(ParquetException.class, () -> decoder.next(new Value()))
                        .getMessage());
        assertThrows(ParquetException.class, () -> Decoder.of(9, timestamp, new Bytes(new byte[13]), Optional.empty()));
    }
}
