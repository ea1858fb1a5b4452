package dev.nnd.runtime.data.parquet;

/** The distinct values of a column of a row group, which its pages name by their numbers. */
final class Dictionary {
    /** Bytes in memory for each value beside the page. */
    static final int OVERHEAD = 8;

    private final int size;
    private final long[] bits;
    private final byte[] data;
    private final int[] starts;
    private final int[] lengths;

    /** Reads {@code size} values; the caller has made sure that the bytes may hold so many. */
    Dictionary(Column column, Bytes in, int size) {
        boolean bytes = column.isBytes();
        this.size = size;
        this.bits = new long[bytes ? 0 : size];
        this.starts = new int[bytes ? size : 0];
        this.lengths = new int[bytes ? size : 0];
        this.data = in.data();
        var decoder = new PlainDecoder(column, in);
        var value = new Value();
        for (int i = 0; i < size; i++) {
            decoder.next(value);
            if (bytes) {
                starts[i] = value.from;
                lengths[i] = value.length;
            } else {
                bits[i] = value.bits;
            }
        }
    }

    /** The values that a page names. */
    Decoder ids(Bytes in) {
        // A page of which all values are missing may be empty.
        int width = in.left() == 0 ? 0 : in.next();
        if (width > 32) {
            throw ParquetException.damaged("a page has numbers of " + width + " bits");
        }
        return new Ids(this, new Runs(in, width));
    }

    record Ids(Dictionary of, Runs ids) implements Decoder {
        @Override
        public void next(Value into) {
            int id = ids.next();
            if (id < 0 || id >= of.size) {
                throw ParquetException.damaged(
                        "a page names value " + Integer.toUnsignedString(id) + " of a dictionary of " + of.size);
            }
            if (of.bits.length > 0) {
                into.bits = of.bits[id];
            } else {
                into.bytes(of.data, of.starts[id], of.lengths[id]);
            }
        }
    }
}
