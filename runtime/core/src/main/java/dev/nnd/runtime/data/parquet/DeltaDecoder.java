package dev.nnd.runtime.data.parquet;

/** Whole numbers as differences to the one before, in blocks of a least difference and packed rests. */
final class DeltaDecoder implements Decoder {
    private static final int LARGEST_BLOCK = 1 << 16;

    private final Bytes in;
    private final boolean int32;
    private final int miniSize;
    private final int minis;
    private final long total;
    private final byte[] widths;
    private long done;
    private long value;
    private long least;
    private int mini;
    private int inMini;
    private int from;

    DeltaDecoder(Bytes in, boolean int32) {
        this.in = in;
        this.int32 = int32;
        long block = in.varint();
        long parts = in.varint();
        this.total = in.varint();
        this.value = in.zigzag();
        if (block <= 0
                || block > LARGEST_BLOCK
                || parts <= 0
                || parts > block
                || block % parts != 0
                || total < 0
                || block / parts % 8 != 0) {
            throw ParquetException.damaged("a page has blocks of differences that are none");
        }
        this.minis = (int) parts;
        this.miniSize = (int) (block / parts);
        this.widths = new byte[minis];
        this.mini = minis;
        this.inMini = miniSize;
    }

    /** How many numbers there are. */
    long total() {
        return total;
    }

    @Override
    public void next(Value into) {
        into.bits = next();
    }

    long next() {
        if (done == total) {
            throw new ParquetException.EndOfBytes();
        }
        if (done++ > 0) {
            // In this order: the rest may begin a block, with another least difference.
            long rest = rest();
            value += least + rest;
        }
        return int32 ? (int) value : value;
    }

    private long rest() {
        if (inMini == miniSize) {
            mini++;
            if (mini >= minis) {
                block();
            }
            if (widths[mini] < 0) {
                throw ParquetException.damaged("a page has numbers of more than 64 bits");
            }
            from = in.skip((long) widths[mini] * miniSize >>> 3);
            inMini = 0;
        }
        return PackedBits.read(in.data(), from, in.at(), (long) inMini++ * widths[mini], widths[mini]);
    }

    private void block() {
        least = in.zigzag();
        for (int i = 0; i < minis; i++) {
            int width = in.next();
            // Those of parts that have no values may be anything.
            widths[i] = (byte) (width > 64 ? -1 : width);
        }
        mini = 0;
    }

    /** Goes over all numbers; what follows them is next in the bytes. */
    void skipAll() {
        while (done < total) {
            next();
        }
    }
}
