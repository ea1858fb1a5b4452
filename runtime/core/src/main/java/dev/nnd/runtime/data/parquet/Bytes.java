package dev.nnd.runtime.data.parquet;

import dev.nnd.runtime.data.parquet.ParquetException.EndOfBytes;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A place in bytes that moves forward and never beyond their end. */
final class Bytes {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] data;
    private final int end;
    private int at;

    Bytes(byte[] data, int from, int end) {
        this.data = data;
        this.at = from;
        this.end = end;
    }

    Bytes(byte[] data) {
        this(data, 0, data.length);
    }

    byte[] data() {
        return data;
    }

    int at() {
        return at;
    }

    int end() {
        return end;
    }

    int left() {
        return end - at;
    }

    int next() {
        if (at >= end) {
            throw new EndOfBytes();
        }
        return data[at++] & 0xFF;
    }

    /** Goes over so many bytes, and returns where they begin. */
    int skip(long length) {
        if (length < 0 || length > end - at) {
            throw new EndOfBytes();
        }
        int from = at;
        at += (int) length;
        return from;
    }

    int int32() {
        return (int) INT.get(data, skip(4));
    }

    long int64() {
        return (long) LONG.get(data, skip(8));
    }

    /** A whole number of {@code width} bytes, the low ones first. */
    int small(int width) {
        int value = 0;
        for (int i = 0; i < width; i++) {
            value |= next() << 8 * i;
        }
        return value;
    }

    /** A number in groups of seven bits, the low ones first. */
    long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int b = next();
            value |= (long) (b & 0x7F) << shift;
            if (b < 0x80) {
                return value;
            }
        }
        throw ParquetException.damaged("a number has more than 64 bits");
    }

    /** The same with a sign. */
    long zigzag() {
        long value = varint();
        return value >>> 1 ^ -(value & 1);
    }

    /** The next so many bytes by themselves. */
    Bytes part(long length) {
        int from = skip(length);
        return new Bytes(data, from, at);
    }

    String text(long length) {
        int from = skip(length);
        return new String(data, from, at - from, StandardCharsets.UTF_8);
    }
}
