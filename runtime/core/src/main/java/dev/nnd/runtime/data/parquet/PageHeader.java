package dev.nnd.runtime.data.parquet;

import java.util.OptionalInt;

/**
 * What stands before a page.
 *
 * @param size bytes of the page, unpacked
 * @param packed its bytes in the file
 * @param crc their CRC-32, if the writer took it
 * @param values entries, those for nothing included
 * @param oldDefinitions if levels are in an encoding that none has written for long
 * @param repetitionBytes of a page of the second version, whose levels are not compressed
 */
record PageHeader(
        Kind kind,
        int size,
        int packed,
        OptionalInt crc,
        int values,
        int encoding,
        boolean oldDefinitions,
        boolean oldRepetitions,
        int definitionBytes,
        int repetitionBytes,
        boolean compressed) {
    private static final int RLE = 3;

    /** What a page holds, in the order of the format's numbers. */
    enum Kind {
        DATA,
        INDEX,
        DICTIONARY,
        DATA_2
    }

    static PageHeader read(Bytes bytes) {
        var in = new Thrift(bytes);
        var fields = new Fields();
        in.begin();
        while (in.next()) {
            fields.field(in);
        }
        return fields.header();
    }

    private static final class Fields {
        private int kind = -1;
        private int size = -1;
        private int packed = -1;
        private OptionalInt crc = OptionalInt.empty();
        private int values = -1;
        private int encoding = -1;
        private boolean oldDefinitions;
        private boolean oldRepetitions;
        private int definitionBytes;
        private int repetitionBytes;
        private boolean compressed = true;

        void field(Thrift in) {
            switch (in.field()) {
                case 1 -> kind = in.count();
                case 2 -> size = in.count();
                case 3 -> packed = in.count();
                case 4 -> crc = OptionalInt.of((int) in.whole());
                case 5, 7 -> page(in);
                case 8 -> page2(in);
                default -> in.skip();
            }
        }

        private void page(Thrift in) {
            boolean data = in.field() == 5;
            in.begin();
            while (in.next()) {
                switch (in.field()) {
                    case 1 -> values = in.count();
                    case 2 -> encoding = in.count();
                    case 3, 4 -> {
                        if (data) {
                            levels(in);
                        } else {
                            in.skip();
                        }
                    }
                    default -> in.skip();
                }
            }
        }

        private void levels(Thrift in) {
            boolean definitions = in.field() == 3;
            boolean old = in.count() != RLE;
            oldDefinitions |= definitions && old;
            oldRepetitions |= !definitions && old;
        }

        private void page2(Thrift in) {
            in.begin();
            while (in.next()) {
                switch (in.field()) {
                    case 1 -> values = in.count();
                    case 4 -> encoding = in.count();
                    case 5 -> definitionBytes = in.count();
                    case 6 -> repetitionBytes = in.count();
                    case 7 -> compressed = in.truth();
                    default -> in.skip();
                }
            }
        }

        PageHeader header() {
            if (kind < 0 || kind >= Kind.values().length || size < 0 || packed < 0) {
                throw ParquetException.damaged("a page has no header");
            }
            Kind of = Kind.values()[kind];
            if (of != Kind.INDEX && (values < 0 || encoding < 0)) {
                throw ParquetException.damaged("a page's header does not say what it holds");
            }
            return new PageHeader(
                    of,
                    size,
                    packed,
                    crc,
                    values,
                    encoding,
                    oldDefinitions,
                    oldRepetitions,
                    definitionBytes,
                    repetitionBytes,
                    compressed);
        }
    }
}
