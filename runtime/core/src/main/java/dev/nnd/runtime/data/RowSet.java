package dev.nnd.runtime.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rows of a split: all rows of a source, or a part of them. */
public final class RowSet {
    private final String name;
    private final RowStore store;
    private final @Nullable MemorySegment rows;
    private final int size;

    private RowSet(String name, RowStore store, @Nullable MemorySegment rows, int size) {
        this.name = name;
        this.store = store;
        this.rows = rows;
        this.size = size;
    }

    static RowSet all(String name, RowStore store) {
        return new RowSet(name, store, null, store.rows());
    }

    static RowSet part(String name, RowStore store, MemorySegment rows, int size) {
        return new RowSet(name, store, rows, size);
    }

    /** The split's name. */
    public String name() {
        return name;
    }

    /** How many rows it has. */
    public int size() {
        return size;
    }

    /** The row in its source that is number {@code i} of the split, both 0-based. */
    int row(int i) {
        return rows == null ? i : rows.getAtIndex(ValueLayout.JAVA_INT, i);
    }

    /** A row as a person would read it: its file, its number, and of a table its columns. */
    String shown(int i, List<String> columns) {
        var row = store.cursor().seek(row(i));
        var cells = row.shown(columns);
        return row.file() + ", row " + row.number() + (cells.isEmpty() ? "" : ": " + cells);
    }

    RowStore.Cursor cursor() {
        return store.cursor();
    }
}
