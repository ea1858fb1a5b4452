package dev.nnd.runtime.data.parquet;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** How pages are compressed, in the order of the format's numbers. */
enum Codec {
    NONE(1),
    SNAPPY(32),
    GZIP(1_100),
    LZO(0),
    BROTLI(0),
    LZ4_FRAMES(256),
    ZSTD(1 << 16),
    LZ4(256);

    /** More bytes than this can't come of a byte. */
    private final int most;

    Codec(int most) {
        this.most = most;
    }

    static Codec of(long number) {
        if (number < 0 || number >= values().length) {
            throw ParquetException.damaged("its compression has the unknown number " + number);
        }
        Codec codec = List.of(values()).get((int) number);
        if (codec.most == 0) {
            throw ParquetException.unsupported(
                    "it is compressed by " + codec + "; read are snappy, gzip, zstd, lz4 and no compression");
        }
        return codec;
    }

    /** The bytes that these stand for, which must be {@code size}; nothing is allocated that can't be in them. */
    byte[] unpack(Bytes in, int size) {
        if (size > (in.left() + 64L) * most) {
            throw sizes(size);
        }
        var out = new byte[size];
        int made = size == 0
                ? 0
                : switch (this) {
                    case NONE -> copy(in, out);
                    case SNAPPY -> Snappy.unpack(in, out);
                    case GZIP -> gzip(in, out);
                    case ZSTD -> Zstd.unpack(in, out);
                    case LZ4 -> Lz4.unpack(in, out, 0);
                    case LZ4_FRAMES -> Lz4.unpackFrames(in, out);
                    case LZO, BROTLI -> throw new IllegalStateException(name());
                };
        if (made != size) {
            throw sizes(size);
        }
        return out;
    }

    static ParquetException sizes(int size) {
        return ParquetException.damaged("its bytes are not the " + size + " that they say to be");
    }

    private static int copy(Bytes in, byte[] out) {
        if (in.left() != out.length) {
            throw sizes(out.length);
        }
        System.arraycopy(in.data(), in.at(), out, 0, out.length);
        return out.length;
    }

    private static int gzip(Bytes in, byte[] out) {
        try (var stream = new GZIPInputStream(new ByteArrayInputStream(in.data(), in.at(), in.left()))) {
            int made = stream.readNBytes(out, 0, out.length);
            return stream.read() < 0 ? made : -1;
        } catch (IOException e) {
            throw ParquetException.damaged("its gzip stream can't be unpacked (" + e.getMessage() + ")");
        }
    }
}
