package dev.nnd.runtime.data.parquet;

import java.util.Arrays;

/** Unpacks Zstandard frames (RFC 8878) without dictionaries; the checksums of the content are not compared. */
final class Zstd {
    private static final int MAGIC = 0xFD2FB528;
    private static final int SKIPPED = 0x184D2A50;
    private static final int LARGEST_BLOCK = 1 << 17;

    private final Bytes in;
    private final byte[] out;
    private int at;

    private Zstd(Bytes in, byte[] out) {
        this.in = in;
        this.out = out;
    }

    /** Returns how many bytes it made. */
    static int unpack(Bytes in, byte[] out) {
        var zstd = new Zstd(in, out);
        while (in.left() > 0) {
            zstd.frame();
        }
        return zstd.at;
    }

    private void frame() {
        int magic = in.int32();
        if ((magic & ~15) == SKIPPED) {
            in.skip(Integer.toUnsignedLong(in.int32()));
            return;
        }
        if (magic != MAGIC) {
            throw ParquetException.damaged("its bytes are no zstd stream");
        }
        boolean checksum = header();
        var block = new ZstdBlock(out, at);
        boolean last = false;
        while (!last) {
            int header = in.small(3);
            last = (header & 1) != 0;
            at = block(block, header >>> 1 & 3, header >>> 3);
        }
        if (checksum) {
            in.skip(4);
        }
    }

    /** The sizes in it are not needed: the page says its own. Returns whether a checksum ends the frame. */
    private boolean header() {
        int flags = in.next();
        boolean single = (flags & 32) != 0;
        in.skip(single ? 0 : 1);
        if (in.small(new int[] {0, 1, 2, 4}[flags & 3]) != 0) {
            throw ParquetException.unsupported("its zstd stream needs a dictionary");
        }
        int size = flags >>> 6;
        in.skip(size == 0 ? (single ? 1 : 0) : 1 << size);
        return (flags & 4) != 0;
    }

    private int block(ZstdBlock block, int type, int size) {
        boolean fits = type == 2 ? size <= LARGEST_BLOCK : size <= out.length - at;
        if (!fits) {
            throw Codec.sizes(out.length);
        }
        return switch (type) {
            case 0 -> {
                System.arraycopy(in.data(), in.skip(size), out, at, size);
                yield at + size;
            }
            case 1 -> {
                Arrays.fill(out, at, at + size, (byte) in.next());
                yield at + size;
            }
            case 2 -> block.unpack(in.part(size), at);
            default -> throw ParquetException.damaged("its zstd stream has a block of an unknown type");
        };
    }
}
