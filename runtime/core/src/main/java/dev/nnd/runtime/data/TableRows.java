package dev.nnd.runtime.data;

import dev.nnd.runtime.data.RowUse.ColumnUse;
import dev.nnd.runtime.data.RowUse.NumberKind;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;

/** Rows of a table: the used columns only, as numbers, label indices, or places in a store of texts. */
final class TableRows extends RowStore {
    private static final ValueLayout.OfFloat NUMBER = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ValueLayout.OfDouble REAL = ValueLayout.JAVA_DOUBLE_UNALIGNED;
    private static final ValueLayout.OfInt INDEX = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong PLACE = ValueLayout.JAVA_LONG_UNALIGNED;

    private final List<ColumnUse> uses;
    private final long[] offsets;
    private final Blobs texts;
    private MemorySegment current = MemorySegment.NULL;
    private int currentRow = -1;

    TableRows(Spill spill, List<ColumnUse> uses) {
        super(spill, uses.stream().mapToLong(ColumnUse::bytes).sum());
        this.uses = List.copyOf(uses);
        this.offsets = new long[uses.size()];
        for (int i = 1; i < offsets.length; i++) {
            offsets[i] = offsets[i - 1] + uses.get(i - 1).bytes();
        }
        this.texts = new Blobs(spill);
    }

    void number(int use, int element, float value) {
        forAppendOnce().set(NUMBER, offset(rows()) + offsets[use] + (long) Float.BYTES * element, value);
    }

    void real(int use, int element, double value) {
        forAppendOnce().set(REAL, offset(rows()) + offsets[use] + (long) Double.BYTES * element, value);
    }

    void whole(int use, int element, long value) {
        forAppendOnce().set(PLACE, offset(rows()) + offsets[use] + (long) Long.BYTES * element, value);
    }

    void truth(int use, int element, boolean value) {
        forAppendOnce()
                .set(ValueLayout.JAVA_BYTE, offset(rows()) + offsets[use] + element, value ? (byte) 1 : (byte) 0);
    }

    void label(int use, int index) {
        forAppendOnce().set(INDEX, offset(rows()) + offsets[use], index);
    }

    void text(int use, String text) {
        forAppendOnce().set(PLACE, offset(rows()) + offsets[use], texts.add(text.getBytes(StandardCharsets.UTF_8)));
    }

    private MemorySegment forAppendOnce() {
        if (currentRow != rows()) {
            current = forAppend();
            currentRow = rows();
        }
        return current;
    }

    /** The row whose columns were set is complete. */
    void endRow() {
        forAppendOnce();
        appended();
    }

    @Override
    Cursor cursor() {
        return new TableCursor(this);
    }

    private static final class TableCursor extends Cursor {
        private final TableRows store;
        private final long[] offsets;
        private final int[][] numberUse = new int[NumberKind.values().length][];

        TableCursor(TableRows store) {
            super(store);
            this.store = store;
            this.offsets = store.offsets;
            for (var kind : NumberKind.values()) {
                numberUse[kind.ordinal()] = store.numberUses(kind);
            }
        }

        @Override
        String shown(List<String> columns) {
            var cells = new LinkedHashMap<String, String>();
            for (int use = 0; use < store.uses.size(); use++) {
                cells.putIfAbsent(columns.get(store.uses.get(use).column()), store.cell(use, this));
            }
            return cells.entrySet().stream()
                    .map(c -> c.getKey() + " = " + c.getValue())
                    .collect(Collectors.joining(", "));
        }

        @Override
        public float value(int column) {
            return chunk().get(NUMBER, at(column, NumberKind.VALUE));
        }

        private long at(int column, NumberKind kind) {
            return base() + offsets[numberUse[kind.ordinal()][column]];
        }

        @Override
        public float optional(int column) {
            return chunk().get(NUMBER, at(column, NumberKind.OPTIONAL));
        }

        @Override
        public double real(int column) {
            return chunk().get(REAL, at(column, NumberKind.REAL));
        }

        @Override
        public long whole(int column) {
            return chunk().get(PLACE, at(column, NumberKind.WHOLE));
        }

        @Override
        public boolean truth(int column) {
            return chunk().get(ValueLayout.JAVA_BYTE, at(column, NumberKind.TRUTH)) != 0;
        }

        private long at(int column, NumberKind kind, int element) {
            return at(column, kind) + (long) kind.bytes() * element;
        }

        @Override
        public float value(int column, int element) {
            return chunk().get(NUMBER, at(column, NumberKind.VALUE, element));
        }

        @Override
        public float optional(int column, int element) {
            return chunk().get(NUMBER, at(column, NumberKind.OPTIONAL, element));
        }

        @Override
        public double real(int column, int element) {
            return chunk().get(REAL, at(column, NumberKind.REAL, element));
        }

        @Override
        public long whole(int column, int element) {
            return chunk().get(PLACE, at(column, NumberKind.WHOLE, element));
        }

        @Override
        public boolean truth(int column, int element) {
            return chunk().get(ValueLayout.JAVA_BYTE, at(column, NumberKind.TRUTH, element)) != 0;
        }

        @Override
        public int choice(int column, List<String> names) {
            return chunk().get(INDEX, base() + offsets[store.labelUse(column, names, true)]);
        }

        @Override
        public int labelIndex(int column, List<String> names) {
            return chunk().get(INDEX, base() + offsets[store.labelUse(column, names, false)]);
        }

        @Override
        public String text(int column) {
            return store.texts.text(chunk().get(PLACE, base() + offsets[store.textUse(column)]));
        }
    }

    private String cell(int use, Row row) {
        return switch (uses.get(use)) {
            case ColumnUse.Number array
            when array.elements() > 1 ->
                "array of " + array.dims().stream().map(String::valueOf).collect(Collectors.joining(" x "));
            case ColumnUse.Number(int column, var kind, var _) ->
                switch (kind) {
                    case VALUE -> Values.text(row.value(column));
                    case OPTIONAL -> {
                        float value = row.optional(column);
                        yield Float.isNaN(value) ? "" : Values.text(value);
                    }
                    case REAL -> Double.toString(row.real(column));
                    case WHOLE -> Long.toString(row.whole(column));
                    case TRUTH -> Boolean.toString(row.truth(column));
                };
            case ColumnUse.Label label ->
                label.names()
                        .get(
                                label.exact()
                                        ? row.choice(label.column(), label.names())
                                        : row.labelIndex(label.column(), label.names()));
            case ColumnUse.Text(int column) -> row.text(column);
        };
    }

    private int[] numberUses(NumberKind kind) {
        int columns = uses.stream().mapToInt(ColumnUse::column).max().orElse(-1) + 1;
        var of = new int[columns];
        Arrays.fill(of, -1);
        for (int i = 0; i < uses.size(); i++) {
            if (uses.get(i) instanceof ColumnUse.Number(int column, var found, var _) && found == kind) {
                of[column] = i;
            }
        }
        return of;
    }

    private int labelUse(int column, List<String> names, boolean exact) {
        for (int i = 0; i < uses.size(); i++) {
            if (uses.get(i) instanceof ColumnUse.Label label
                    && label.column() == column
                    && label.exact() == exact
                    && label.names().equals(names)) {
                return i;
            }
        }
        throw new IllegalStateException("column " + column + " was not read as a label before");
    }

    private int textUse(int column) {
        for (int i = 0; i < uses.size(); i++) {
            if (uses.get(i) instanceof ColumnUse.Text(int textColumn) && textColumn == column) {
                return i;
            }
        }
        throw new IllegalStateException("column " + column + " was not read as text before");
    }
}
