package dev.nnd.runtime.data.parquet;

/** Small numbers in runs, each of one number that repeats or of packed ones. */
final class Runs {
    private final Bytes in;
    private final int width;
    private long left;
    private boolean packed;
    private int value;
    private int from;
    private long bit;

    /** Numbers of {@code width} bits, 32 at most. */
    Runs(Bytes in, int width) {
        this.in = in;
        this.width = width;
    }

    /** The width that numbers up to this one need. */
    static int width(int most) {
        return 32 - Integer.numberOfLeadingZeros(most);
    }

    int next() {
        while (left == 0) {
            run();
        }
        left--;
        if (!packed) {
            return value;
        }
        int read = (int) PackedBits.read(in.data(), from, in.at(), bit, width);
        bit += width;
        return read;
    }

    private void run() {
        long header = in.varint();
        packed = (header & 1) != 0;
        long count = header >>> 1;
        if (count > Integer.MAX_VALUE) {
            throw ParquetException.damaged("a run of " + count + " values");
        }
        if (!packed) {
            left = count;
            value = in.small(width + 7 >>> 3);
            return;
        }
        left = 8 * count;
        bit = 0;
        // The last run of a page may leave out the bytes of values that are not there.
        from = in.skip(Math.min(count * width, in.left()));
    }
}
