package dev.nnd.runtime.data.parquet;

/** Bits that are read from the end of some bytes to their start, as Zstandard has them. Before the start there are zeros. */
final class BackwardBits {
    private final byte[] data;
    private final int from;
    private long left;

    BackwardBits(Bytes in) {
        this.data = in.data();
        this.from = in.at();
        int last = in.left() == 0 ? 0 : data[in.end() - 1] & 0xFF;
        if (last == 0) {
            throw ParquetException.damaged("its zstd stream has no end mark");
        }
        // The highest bit that is set is the mark.
        this.left = 8L * in.left() - Integer.numberOfLeadingZeros(last << 24) - 1;
    }

    /** Bits that are left; below 0 if more were read than there are. */
    long left() {
        return left;
    }

    /** The next bits, 32 at most. */
    int read(int bits) {
        left -= bits;
        return at(left, bits);
    }

    /** The same without going on. */
    int peek(int bits) {
        return at(left - bits, bits);
    }

    void skip(int bits) {
        left -= bits;
    }

    private int at(long position, int bits) {
        if (bits == 0 || position <= -bits) {
            return 0;
        }
        long low = Math.max(0, position);
        int index = from + (int) (low >>> 3);
        int needed = (int) (position + bits + 7 >>> 3) - (int) (low >>> 3);
        long value = 0;
        for (int i = 0; i < needed; i++) {
            value |= (data[index + i] & 0xFFL) << 8 * i;
        }
        value >>>= (int) (low & 7);
        value &= (1L << (int) (position + bits - low)) - 1;
        return (int) (value << (int) (low - position));
    }
}
