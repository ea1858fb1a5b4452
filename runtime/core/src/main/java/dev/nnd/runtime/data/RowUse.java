package dev.nnd.runtime.data;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the fields of a data section read of a row. Found by encoding every field once from a row that only records, so
 * that a source stores what is used, in the form in which it is used, and no more.
 */
final class RowUse {
    /** The file of the row that only records: what it holds is nothing real. */
    static final String NO_FILE = "no file";

    private int tokenizers;
    private int span;
    private int pixels;
    private String pixelField = "";
    private boolean anySize;
    private int channels;
    private int height;
    private int width;
    private int leastHeight;
    private int leastWidth;
    private final List<FieldSpec> imageLabels = new ArrayList<>();
    private final List<ColumnUse> columns = new ArrayList<>();
    private final Map<Integer, List<Integer>> dims = new HashMap<>();

    /** A column read in one way; {@code column} is the index in {@link SourceSpec#columns}. */
    sealed interface ColumnUse {
        int column();

        /** Bytes it takes in a stored row. */
        int bytes();

        /** Read as a number, in one of the ways that {@link Row} has, or as an array of {@code dims} numbers. */
        record Number(int column, NumberKind kind, List<Integer> dims) implements ColumnUse {
            /** One number. */
            Number(int column, NumberKind kind) {
                this(column, kind, List.of());
            }

            /** Read by {@link Row#value}. */
            Number(int column) {
                this(column, NumberKind.VALUE);
            }

            /** How many numbers it is. */
            int elements() {
                return dims.stream().reduce(1, Math::multiplyExact);
            }

            @Override
            public int bytes() {
                return Math.multiplyExact(kind.bytes, elements());
            }
        }

        /** Read by {@link Row#labelIndex} with these names, or by {@link Row#choice}, where an index does not stand for a name. */
        record Label(int column, List<String> names, boolean exact) implements ColumnUse {
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

    /** How a number is read: by the method of {@link Row} with the same name. */
    enum NumberKind {
        VALUE(Float.BYTES),
        OPTIONAL(Float.BYTES),
        REAL(Double.BYTES),
        WHOLE(Long.BYTES),
        TRUTH(1);

        private final int bytes;

        NumberKind(int bytes) {
            this.bytes = bytes;
        }

        /** Bytes of one number. */
        int bytes() {
            return bytes;
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

    /** Tokenizers that windows are read by. */
    int tokenizers() {
        return tokenizers;
    }

    /** Tokens that a row of a text reads. */
    int span() {
        return span;
    }

    /** Pixels of an image that the fields read, 0 for none. */
    int pixels() {
        return pixels;
    }

    /** The field that reads the most pixels, as in the language; empty for none. */
    String pixelField() {
        return pixelField;
    }

    /** True if a field reads images whatever their size. */
    boolean anySize() {
        return anySize;
    }

    /** Channels that are read of pictures, 0 if none is read. */
    int channels() {
        return channels;
    }

    /** What the size of a picture must be; empty if it is fine. */
    Optional<String> wrongSize(Picture picture) {
        String is = "it is " + picture.height() + " x " + picture.width() + ", and the field `" + pixelField + "` ";
        if (height > 0 && (picture.height() != height || picture.width() != width)) {
            return Optional.of(is + "needs " + height + " x " + width);
        }
        return picture.height() < leastHeight || picture.width() < leastWidth
                ? Optional.of(is + "needs at least " + leastHeight + " x " + leastWidth)
                : Optional.empty();
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
            return NO_FILE;
        }

        @Override
        public float pixel(int i) {
            if (!anySize) {
                requirePixels(field.name(), i + 1);
            }
            return 0;
        }

        @Override
        public int height() {
            anySize = true;
            return 1;
        }

        @Override
        public int width() {
            anySize = true;
            return 1;
        }

        @Override
        public void requirePicture(String name, int wantedChannels, int wantedHeight, int wantedWidth) {
            channels = wantedChannels;
            pixelField = field.toString();
            if (wantedHeight > 0) {
                height = wantedHeight;
                width = wantedWidth;
                requirePixels(name, wantedChannels * wantedHeight * wantedWidth);
            } else {
                anySize = true;
            }
        }

        /** An image of one pixel has become {@code fromHeight} x {@code fromWidth}: borders were added. */
        @Override
        public void requireInside(String name, int fromHeight, int fromWidth, int neededHeight, int neededWidth) {
            leastHeight = Math.max(leastHeight, neededHeight - fromHeight + 1);
            leastWidth = Math.max(leastWidth, neededWidth - fromWidth + 1);
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
        public float optional(int column) {
            add(new ColumnUse.Number(column, NumberKind.OPTIONAL));
            return 1;
        }

        @Override
        public double real(int column) {
            add(new ColumnUse.Number(column, NumberKind.REAL));
            return 1;
        }

        @Override
        public long whole(int column) {
            add(new ColumnUse.Number(column, NumberKind.WHOLE));
            return 1;
        }

        @Override
        public boolean truth(int column) {
            add(new ColumnUse.Number(column, NumberKind.TRUTH));
            return true;
        }

        @Override
        public void requireDims(String name, int column, int... wanted) {
            dims.put(column, Arrays.stream(wanted).boxed().toList());
        }

        private void addElement(int column, NumberKind kind) {
            add(new ColumnUse.Number(column, kind, dims.getOrDefault(column, List.of())));
        }

        @Override
        public float value(int column, int element) {
            addElement(column, NumberKind.VALUE);
            return 1;
        }

        @Override
        public float optional(int column, int element) {
            addElement(column, NumberKind.OPTIONAL);
            return 1;
        }

        @Override
        public double real(int column, int element) {
            addElement(column, NumberKind.REAL);
            return 1;
        }

        @Override
        public long whole(int column, int element) {
            addElement(column, NumberKind.WHOLE);
            return 1;
        }

        @Override
        public boolean truth(int column, int element) {
            addElement(column, NumberKind.TRUTH);
            return true;
        }

        @Override
        public int labelIndex(int column, List<String> names) {
            add(new ColumnUse.Label(column, names, false));
            return 0;
        }

        @Override
        public int choice(int column, List<String> names) {
            add(new ColumnUse.Label(column, names, true));
            return 0;
        }

        @Override
        public int place(String name, String text, List<String> names) {
            return 0;
        }

        @Override
        public int place(String name, float value, float[] values) {
            return 0;
        }

        @Override
        public int place(String name, float id, int depth) {
            return 0;
        }

        @Override
        public int token(int tokenizer, int i) {
            tokenizers = Math.max(tokenizers, tokenizer + 1);
            span = Math.max(span, i + 1);
            return 0;
        }

        @Override
        public String stream() {
            return "";
        }

        @Override
        public String text(int column) {
            add(new ColumnUse.Text(column));
            return "";
        }
    }
}
