package dev.nnd.runtime.data;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/**
 * What the fields of a data section read of a row. Found by encoding every field once from a row that only records, so
 * that a source stores what is used, in the form in which it is used, and no more.
 */
final class RowUse {
    private int pixels;
    private String pixelField = "";
    private final List<FieldSpec> imageLabels = new ArrayList<>();
    private final List<ColumnUse> columns = new ArrayList<>();

    /** A column read in one way; {@code column} is the index in {@link SourceSpec#columns}. */
    sealed interface ColumnUse {
        int column();

        /** Bytes it takes in a stored row. */
        int bytes();

        /** Read by {@link Row#value}. */
        record Number(int column) implements ColumnUse {
            @Override
            public int bytes() {
                return Float.BYTES;
            }
        }

        /** Read by {@link Row#labelIndex} with these names. */
        record Label(int column, List<String> names) implements ColumnUse {
            @Override
            public int bytes() {
                return Integer.BYTES;
            }
        }

        /** Read by {@link Row#text}. */
        record Text(int column) implements ColumnUse {
            @Override
            public int bytes() {
                return Long.BYTES;
            }
        }
    }

    private RowUse() {}

    /** What the data section's fields read. */
    static RowUse of(Dataset dataset) {
        var use = new RowUse();
        var fields = dataset.fields();
        try (var arena = Arena.ofConfined()) {
            for (int f = 0; f < fields.size(); f++) {
                var out = arena.allocate(Math.max(1, fields.get(f).bytes()), 64);
                dataset.encode(f, use.new Recorder(fields.get(f)), out, 0);
            }
        }
        return use;
    }

    /** Pixels of an image that the fields read, 0 for none. */
    int pixels() {
        return pixels;
    }

    /** The field that reads the most pixels, as in the language; empty for none. */
    String pixelField() {
        return pixelField;
    }

    /** The label fields that are an image's label. */
    List<FieldSpec> imageLabels() {
        return imageLabels;
    }

    /** The columns that are read; a column that is read in two ways is there twice. */
    List<ColumnUse> columns() {
        return columns;
    }

    private final class Recorder implements Row {
        private final FieldSpec field;

        Recorder(FieldSpec field) {
            this.field = field;
        }

        private void add(ColumnUse use) {
            if (!columns.contains(use)) {
                columns.add(use);
            }
        }

        @Override
        public long number() {
            return 1;
        }

        @Override
        public String file() {
            return "no file";
        }

        @Override
        public float pixel(int i) {
            requirePixels(field.name(), i + 1);
            return 0;
        }

        @Override
        public void requirePixels(String name, int expected) {
            if (expected > pixels) {
                pixels = expected;
                pixelField = field.toString();
            }
        }

        @Override
        public int pixels() {
            return Math.toIntExact(field.elements());
        }

        @Override
        public int label() {
            if (field.labelNames() != null && !imageLabels.contains(field)) {
                imageLabels.add(field);
            }
            return 0;
        }

        @Override
        public float value(int column) {
            add(new ColumnUse.Number(column));
            return 1;
        }

        @Override
        public int labelIndex(int column, List<String> names) {
            add(new ColumnUse.Label(column, names));
            return 0;
        }

        @Override
        public String text(int column) {
            add(new ColumnUse.Text(column));
            return "";
        }
    }
}
