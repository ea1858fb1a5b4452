package dev.nnd.runtime.data.parquet;

/** Unpacks LZ4 blocks: literal bytes and copies of earlier ones in turn. */
final class Lz4 {
    private Lz4() {}

    /** Writes from {@code start}; returns where it ended. */
    static int unpack(Bytes in, byte[] out, int start) {
        int at = start;
        while (in.left() > 0) {
            int token = in.next();
            long literals = length(in, token >>> 4);
            if (literals > out.length - at) {
                throw Codec.sizes(out.length);
            }
            System.arraycopy(in.data(), in.skip(literals), out, at, (int) literals);
            at += (int) literals;
            if (in.left() == 0) {
                return at;
            }
            int back = in.small(2);
            long copied = length(in, token & 15) + 4;
            at = Snappy.again(out, at, back, (int) Math.min(copied, Integer.MAX_VALUE));
        }
        return at;
    }

    private static long length(Bytes in, int start) {
        long length = start;
        if (start == 15) {
            int more;
            do {
                more = in.next();
                length += more;
            } while (more == 255);
        }
        return length;
    }

    /** As Hadoop writes it: blocks, each with its two sizes before it. Other writers left those out. */
    static int unpackFrames(Bytes in, byte[] out) {
        if (!isFramed(in, out.length)) {
            return unpack(in, out, 0);
        }
        int at = 0;
        while (in.left() > 0) {
            int size = Integer.reverseBytes(in.int32());
            var block = in.part(Integer.toUnsignedLong(Integer.reverseBytes(in.int32())));
            int end = unpack(block, out, at);
            if (end - at != size) {
                throw Codec.sizes(out.length);
            }
            at = end;
        }
        return at;
    }

    private static boolean isFramed(Bytes in, int size) {
        var sizes = new Bytes(in.data(), in.at(), in.end());
        long total = 0;
        while (sizes.left() >= 8) {
            total += Integer.toUnsignedLong(Integer.reverseBytes(sizes.int32()));
            long packed = Integer.toUnsignedLong(Integer.reverseBytes(sizes.int32()));
            if (packed > sizes.left()) {
                return false;
            }
            sizes.skip(packed);
        }
        return total == size && sizes.left() == 0;
    }
}
