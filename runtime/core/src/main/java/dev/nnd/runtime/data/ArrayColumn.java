package dev.nnd.runtime.data;

import dev.nnd.runtime.NndException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** An array whose rows are read one after the other. */
final class ArrayColumn implements AutoCloseable {
    private static final int CHUNK = 1 << 21;

    private final ArrayHeader header;
    private final DataStream in;
    private final ByteBuffer row;
    private final List<MemorySegment> chunks = new ArrayList<>();
    private long next;

    private ArrayColumn(ArrayHeader header, DataStream in) {
        this.header = header;
        this.in = in;
        this.row = ByteBuffer.allocate(header.elements() * header.bytes())
                .order(header.bigEndian() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    }

    /** Reads the header; an array whose first axis is the fastest is kept as a whole in {@code spill}. */
    static ArrayColumn open(String name, DataStream in, Spill spill) {
        var column = new ArrayColumn(ArrayHeader.read(name, in), in);
        if (column.header.columnMajor() && column.header.dims().size() > 1) {
            column.readWhole(spill);
        }
        return column;
    }

    /** Memory grows with what is there, not with what the header says. */
    private void readWhole(Spill spill) {
        var part = new byte[CHUNK];
        long left = header.rows() * row.capacity();
        while (left > 0) {
            int wanted = (int) Math.min(CHUNK, left);
            if (in.fill(part, 0, wanted) < wanted) {
                throw truncated();
            }
            MemorySegment chunk = spill.allocate(CHUNK);
            MemorySegment.copy(part, 0, chunk, ValueLayout.JAVA_BYTE, 0, wanted);
            chunks.add(chunk);
            left -= wanted;
        }
    }

    ArrayHeader header() {
        return header;
    }

    /** Reads the next row. */
    void advance() {
        if (!chunks.isEmpty()) {
            gather();
        } else if (in.fill(row.array(), 0, row.capacity()) < row.capacity()) {
            throw truncated();
        }
        next++;
    }

    private void gather() {
        for (int e = 0; e < header.elements(); e++) {
            // The place of a row-major element when the last axis is the slowest.
            long place = 0;
            long stride = header.rows();
            int left = e;
            var strides = new long[header.dims().size()];
            for (int axis = 1; axis < strides.length; axis++) {
                strides[axis] = stride;
                stride *= header.dims().get(axis);
            }
            for (int axis = strides.length - 1; axis > 0; axis--) {
                int size = header.dims().get(axis).intValue();
                place += left % size * strides[axis];
                left /= size;
            }
            long at = (place + next) * header.bytes();
            for (int b = 0; b < header.bytes(); b++) {
                row.put(
                        e * header.bytes() + b,
                        chunks.get((int) ((at + b) / CHUNK)).get(ValueLayout.JAVA_BYTE, (at + b) % CHUNK));
            }
        }
    }

    private NndException truncated() {
        return new NndException(
                header.name() + " is truncated: it ends in row " + (next + 1) + " of " + header.rows() + ".",
                "copy or save it again",
                null);
    }

    /** Element {@code e} of the row as a number. */
    double real(int e) {
        return switch (header.kind()) {
            case 'f' ->
                switch (header.bytes()) {
                    case 2 -> Float.float16ToFloat(row.getShort(2 * e));
                    case 4 -> row.getFloat(4 * e);
                    default -> row.getDouble(8 * e);
                };
            case 'u' -> header.bytes() == 8 && whole(e) < 0 ? whole(e) + 0x1p64 : whole(e);
            default -> whole(e);
        };
    }

    /** The same of integers; unsigned numbers of 64 bits beyond 2^63 are negative. */
    long whole(int e) {
        boolean unsigned = header.kind() != 'i';
        return switch (header.bytes()) {
            case 1 -> unsigned ? row.get(e) & 0xFF : row.get(e);
            case 2 -> unsigned ? row.getShort(2 * e) & 0xFFFF : row.getShort(2 * e);
            case 4 -> unsigned ? row.getInt(4 * e) & 0xFFFF_FFFFL : row.getInt(4 * e);
            default -> row.getLong(8 * e);
        };
    }

    /** True for numbers that are no integers. */
    boolean isFloat() {
        return header.kind() == 'f';
    }

    /** Element {@code e} of the row as text; NumPy fills it up with zeros. */
    String text(int e) {
        if (!header.isText()) {
            return isFloat() ? Values.text((float) real(e)) : Long.toString(whole(e));
        }
        Charset charset = header.kind() == 'S'
                ? StandardCharsets.UTF_8
                : header.bigEndian() ? StandardCharsets.UTF_32BE : StandardCharsets.UTF_32LE;
        String all = new String(row.array(), e * header.bytes(), header.bytes(), charset);
        int end = all.length();
        while (end > 0 && all.charAt(end - 1) == 0) {
            end--;
        }
        return all.substring(0, end);
    }

    @Override
    public void close() {
        in.close();
    }
}
