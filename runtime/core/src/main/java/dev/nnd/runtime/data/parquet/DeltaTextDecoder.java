package dev.nnd.runtime.data.parquet;

/**
 * Bytes whose lengths stand before all of them. With prefixes, each value begins as the one before it did, by a length
 * that stands first.
 */
final class DeltaTextDecoder implements Decoder {
    /** Values grow by prefixes without bytes of their own; a page of so many is made to do harm. */
    private static final long MOST = 1L << 30;

    private final Bytes in;
    private final DeltaDecoder prefixes;
    private final DeltaDecoder lengths;
    private final boolean prefixed;
    private final int width;
    private byte[] last = {};
    private long made;

    /**
     * @param width bytes of each value, 0 where they differ
     */
    DeltaTextDecoder(Bytes in, boolean prefixed, int width) {
        this.in = in;
        this.width = width;
        this.prefixed = prefixed;
        this.prefixes = lengths(in);
        this.lengths = prefixed ? lengths(in) : prefixes;
    }

    /** A reader of the numbers that come next, which the bytes in hand go over. */
    private static DeltaDecoder lengths(Bytes in) {
        var reader = new DeltaDecoder(new Bytes(in.data(), in.at(), in.end()), true);
        new DeltaDecoder(in, true).skipAll();
        return reader;
    }

    @Override
    public void next(Value into) {
        long prefix = prefixed ? prefixes.next() : 0;
        long length = lengths.next();
        int from = in.skip(length);
        if (width > 0 && prefix + length != width) {
            throw ParquetException.damaged(
                    "a value has " + (prefix + length) + " bytes, and those of its column have " + width);
        }
        if (!prefixed) {
            into.bytes(in.data(), from, (int) length);
            return;
        }
        if (prefix < 0 || prefix > last.length) {
            throw ParquetException.damaged("a value begins like " + prefix + " bytes of one that has " + last.length);
        }
        made += prefix + length;
        if (made > MOST) {
            throw ParquetException.damaged("a page has values of more than 1 GB");
        }
        var value = new byte[(int) (prefix + length)];
        System.arraycopy(last, 0, value, 0, (int) prefix);
        System.arraycopy(in.data(), from, value, (int) prefix, (int) length);
        last = value;
        into.bytes(value, 0, value.length);
    }
}
