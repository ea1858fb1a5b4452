package dev.nnd.runtime.data.parquet;

/** The value in hand of a column: a number, or a range of bytes that nobody changes. */
final class Value {
    private static final byte[] NONE = {};

    long bits;
    byte[] data = NONE;
    int from;
    int length;

    void bytes(byte[] of, int begin, int size) {
        data = of;
        from = begin;
        length = size;
    }
}
