package dev.nnd.runtime.data.parquet;

/** Unpacks Snappy's raw format: literal bytes and copies of earlier ones. */
final class Snappy {
    private Snappy() {}

    /** Returns how many bytes it made. */
    static int unpack(Bytes in, byte[] out) {
        if (in.varint() != out.length) {
            throw Codec.sizes(out.length);
        }
        int at = 0;
        while (in.left() > 0) {
            int tag = in.next();
            int kind = tag & 3;
            if (kind == 0) {
                at = literal(in, tag >>> 2, out, at);
                continue;
            }
            int length = kind == 1 ? (tag >>> 2 & 7) + 4 : (tag >>> 2) + 1;
            int back = switch (kind) {
                case 1 -> (tag >>> 5 << 8) + in.next();
                case 2 -> in.small(2);
                default -> in.small(4);
            };
            at = again(out, at, back, length);
        }
        return at;
    }

    private static int literal(Bytes in, int size, byte[] out, int at) {
        long length = (size < 60 ? size : Integer.toUnsignedLong(in.small(size - 59))) + 1L;
        if (length > out.length - at) {
            throw Codec.sizes(out.length);
        }
        System.arraycopy(in.data(), in.skip(length), out, at, (int) length);
        return at + (int) length;
    }

    /** Writes {@code length} bytes that repeat those {@code back} before; they may overlap. Returns where it ended. */
    static int again(byte[] out, int at, int back, int length) {
        if (back <= 0 || back > at || length > out.length - at) {
            throw ParquetException.damaged("its compressed bytes refer to a place outside of them");
        }
        if (back >= length) {
            System.arraycopy(out, at - back, out, at, length);
        } else {
            for (int i = at; i < at + length; i++) {
                out[i] = out[i - back];
            }
        }
        return at + length;
    }
}
