package dev.nnd.runtime.data;

import dev.nnd.runtime.NndException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** The rows of a source as records of equal size, in chunks; append first, then read at random from any thread. */
abstract class RowStore {
    /** Small enough to cost a small data set little, large enough for few mappings. */
    private static final long CHUNK_BYTES = 1L << 21;

    private final Spill spill;
    private final long recordBytes;
    private final int rowsPerChunk;
    private final List<MemorySegment> growing = new ArrayList<>();
    private final List<String> files = new ArrayList<>();
    private final List<Integer> firstRows = new ArrayList<>();
    private MemorySegment[] chunks = {};
    private int rows;

    RowStore(Spill spill, long recordBytes) {
        this.spill = spill;
        this.recordBytes = Math.max(1, recordBytes);
        this.rowsPerChunk = (int) Math.max(1, CHUNK_BYTES / this.recordBytes);
    }

    /** The rows that follow come from this file. */
    final void beginFile(String name) {
        files.add(name);
        firstRows.add(rows);
    }

    /** The chunk that holds the next row, at {@link #offset} of {@link #rows}; then call {@link #appended}. */
    final MemorySegment forAppend() {
        if (rows == Integer.MAX_VALUE) {
            throw new NndException(
                    files.getLast() + " takes the source beyond 2147483647 rows, which is the most it can have.");
        }
        if (rows % rowsPerChunk == 0) {
            growing.add(spill.allocate(rowsPerChunk * recordBytes));
            chunks = growing.toArray(MemorySegment[]::new);
        }
        return chunks[rows / rowsPerChunk];
    }

    /** The row at the end is complete. */
    final void appended() {
        rows++;
    }

    /** The number of rows. */
    final int rows() {
        return rows;
    }

    final MemorySegment chunk(int row) {
        return chunks[row / rowsPerChunk];
    }

    final long offset(int row) {
        return (row % rowsPerChunk) * recordBytes;
    }

    final Spill spill() {
        return spill;
    }

    private int file(int row) {
        int file = firstRows.size() - 1;
        while (firstRows.get(file) > row) {
            file--;
        }
        return file;
    }

    /** A cursor; each thread takes its own. */
    abstract Cursor cursor();

    /** A {@link Row} that can be moved. */
    abstract static class Cursor implements Row {
        private final RowStore store;
        private int row;
        private MemorySegment chunk = MemorySegment.NULL;
        private long base;

        Cursor(RowStore store) {
            this.store = store;
        }

        /** Moves to a row, 0-based in the source; returns itself. */
        final Cursor seek(int to) {
            row = to;
            chunk = store.chunk(to);
            base = store.offset(to);
            return this;
        }

        /** The row it stands on, 0-based in the source. */
        final int row() {
            return row;
        }

        final MemorySegment chunk() {
            return chunk;
        }

        final long base() {
            return base;
        }

        /** What the row holds, for people; empty if that is no text. */
        String shown(List<String> columns) {
            return "";
        }

        @Override
        public long number() {
            return row - store.firstRows.get(store.file(row)) + 1L;
        }

        @Override
        public String file() {
            return store.files.get(store.file(row));
        }
    }
}
