package dev.nnd.runtime.data;

import dev.nnd.runtime.memory.ElementType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Data sections written by hand in the way of generated ones. */
public final class TestDatasets {
    private TestDatasets() {}

    /** Images of a file format with a label, pixels divided by 255. */
    record Images(List<SourceSpec> sources, List<SplitSpec> splits, long[] dims, List<String> names)
            implements Dataset {
        @Override
        public String name() {
            return "Pictures";
        }

        @Override
        public List<FieldSpec> fields() {
            return List.of(
                    new FieldSpec("image", ElementType.F32, dims, null),
                    new FieldSpec("label", ElementType.I32, new long[0], names));
        }

        @Override
        public void encode(int field, Row row, MemorySegment out, long at) {
            if (field == 0) {
                for (int i = 0; i < fields().getFirst().elements(); i++) {
                    out.setAtIndex(ValueLayout.JAVA_FLOAT, at + i, row.pixel(i) / 255);
                }
            } else {
                out.setAtIndex(ValueLayout.JAVA_INT, at, row.label());
            }
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

    /** Rows of a table: {@code x} and {@code y} as numbers, {@code kind} as a label; x is standardized on request. */
    public static final class Table implements Dataset {
        private static final List<String> COLUMNS = List.of("x", "y", "kind");

        private final List<SourceSpec> sources;
        private final List<SplitSpec> splits;
        private final List<String> names;
        private final Learned.Standardizer standardizer = new Learned.Standardizer("x", 1);
        private final boolean standardize;

        /** One source {@code train}, divided by the splits. */
        public Table(String file, List<SplitSpec> splits, List<String> names, boolean standardize) {
            this(List.of(new SourceSpec("train", Format.CSV, List.of(file), COLUMNS)), splits, names, standardize);
        }

        /** Any sources. */
        public Table(List<SourceSpec> sources, List<SplitSpec> splits, List<String> names, boolean standardize) {
            this.sources = sources;
            this.splits = splits;
            this.names = names;
            this.standardize = standardize;
        }

        /** The columns of a source. */
        public static List<String> columns() {
            return COLUMNS;
        }

        @Override
        public String name() {
            return "Rows";
        }

        @Override
        public List<SourceSpec> sources() {
            return sources;
        }

        @Override
        public List<SplitSpec> splits() {
            return splits;
        }

        @Override
        public List<FieldSpec> fields() {
            return List.of(
                    new FieldSpec("x", ElementType.F32, new long[] {1}, null),
                    new FieldSpec("y", ElementType.F32, new long[] {1}, null),
                    new FieldSpec("kind", ElementType.I32, new long[0], names));
        }

        @Override
        public void encode(int field, Row row, MemorySegment out, long at) {
            switch (field) {
                case 0 ->
                    out.setAtIndex(
                            ValueLayout.JAVA_FLOAT,
                            at,
                            standardize ? standardizer.apply(0, row.value(0)) : row.value(0));
                case 1 -> out.setAtIndex(ValueLayout.JAVA_FLOAT, at, row.value(1));
                default -> out.setAtIndex(ValueLayout.JAVA_INT, at, row.labelIndex(2, names));
            }
        }

        @Override
        public List<Learned> learned() {
            return standardize ? List.of(standardizer) : List.of();
        }

        @Override
        public void observe(int learned, Row row) {
            standardizer.accept(0, row.value(0));
        }

        /** The statistic of x. */
        public Learned.Standardizer standardizer() {
            return standardizer;
        }
    }
}
