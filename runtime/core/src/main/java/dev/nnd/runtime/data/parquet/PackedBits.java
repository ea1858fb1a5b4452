package dev.nnd.runtime.data.parquet;

/** Numbers of some bits each, the low bits of each byte first. */
final class PackedBits {
    private PackedBits() {}

    /** The number of {@code width} bits, 64 at most, that begins {@code bit} bits behind {@code from}. */
    static long read(byte[] data, int from, int end, long bit, int width) {
        long first = from + (bit >>> 3);
        int shift = (int) (bit & 7);
        int bytes = shift + width + 7 >>> 3;
        if (first + bytes > end) {
            throw new ParquetException.EndOfBytes();
        }
        int at = (int) first;
        long value = 0;
        for (int i = 0; i < Math.min(bytes, 8); i++) {
            value |= (data[at + i] & 0xFFL) << 8 * i;
        }
        value >>>= shift;
        if (bytes > 8) {
            value |= (data[at + 8] & 0xFFL) << 64 - shift;
        }
        return width == 64 ? value : value & (1L << width) - 1;
    }
}
