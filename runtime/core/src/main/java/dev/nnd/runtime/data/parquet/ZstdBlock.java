package dev.nnd.runtime.data.parquet;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The compressed blocks of a frame: literals, and sequences that say how many of them follow and what is copied then. */
final class ZstdBlock {
    private static final int MOST_LITERALS = 1 << 17;
    private static final int[] LITERAL_BASES = {
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 22, 24, 28, 32, 40, 48, 64, 128, 256, 512,
        1024, 2048, 4096, 8192, 16384, 32768, 65536
    };
    private static final int[] LITERAL_BITS = {
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
        16
    };
    private static final int[] MATCH_BASES = {
        3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32,
        33, 34, 35, 37, 39, 41, 43, 47, 51, 59, 67, 83, 99, 131, 259, 515, 1027, 2051, 4099, 8195, 16387, 32771, 65539
    };
    private static final int[] MATCH_BITS = {
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2,
        2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
    };
    private static final StateTable USUAL_LITERALS = StateTable.of(6, new int[] {
        4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1
    });
    private static final StateTable USUAL_OFFSETS = StateTable.of(
            5, new int[] {1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1});
    private static final StateTable USUAL_MATCHES = StateTable.of(6, new int[] {
        1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1
    });

    private final byte[] out;
    private final int frameStart;
    private final int[] offsets = {1, 4, 8};
    private byte[] literals = {};
    private int literalCount;
    private @Nullable HuffmanTable codes;
    private @Nullable StateTable literalLengths;
    private @Nullable StateTable offsetCodes;
    private @Nullable StateTable matchLengths;

    /** For a frame whose content begins at {@code start} of {@code out}. */
    ZstdBlock(byte[] out, int start) {
        this.out = out;
        this.frameStart = start;
    }

    /** Writes the block's content from {@code start}; returns where it ended. */
    int unpack(Bytes in, int start) {
        literals(in);
        int count = sequenceCount(in);
        if (count == 0) {
            return append(start, 0, literalCount);
        }
        int modes = in.next();
        var lengths = table(in, modes >>> 6, USUAL_LITERALS, literalLengths, 9, 35);
        var offs = table(in, modes >>> 4 & 3, USUAL_OFFSETS, offsetCodes, 8, 31);
        var matches = table(in, modes >>> 2 & 3, USUAL_MATCHES, matchLengths, 9, 52);
        literalLengths = lengths;
        offsetCodes = offs;
        matchLengths = matches;
        return sequences(new BackwardBits(in), count, start, lengths, offs, matches);
    }

    private int append(int at, int from, int length) {
        if (length > literalCount - from || length > out.length - at) {
            throw Codec.sizes(out.length);
        }
        System.arraycopy(literals, from, out, at, length);
        return at + length;
    }

    private static int sequenceCount(Bytes in) {
        int first = in.next();
        if (first < 128) {
            return first;
        }
        return first < 255 ? (first - 128 << 8) + in.next() : in.small(2) + 0x7F00;
    }

    private static StateTable table(
            Bytes in, int mode, StateTable usual, @Nullable StateTable former, int maxLog, int maxSymbol) {
        return switch (mode) {
            case 0 -> usual;
            case 1 -> {
                int symbol = in.next();
                if (symbol > maxSymbol) {
                    throw ParquetException.damaged("its zstd stream has an unknown symbol");
                }
                yield StateTable.single(symbol);
            }
            case 2 -> StateTable.read(in, maxLog, maxSymbol);
            default -> {
                if (former == null) {
                    throw ParquetException.damaged("its zstd stream repeats a table before the first");
                }
                yield former;
            }
        };
    }

    private int sequences(
            BackwardBits bits, int count, int start, StateTable lengths, StateTable offs, StateTable matches) {
        int length = bits.read(lengths.log());
        int offset = bits.read(offs.log());
        int match = bits.read(matches.log());
        int at = start;
        int used = 0;
        for (int i = 0; i < count; i++) {
            int code = offs.symbol(offset);
            long value = (1L << code) + Integer.toUnsignedLong(bits.read(code));
            int m = matches.symbol(match);
            int copied = MATCH_BASES[m] + bits.read(MATCH_BITS[m]);
            int l = lengths.symbol(length);
            int own = LITERAL_BASES[l] + bits.read(LITERAL_BITS[l]);
            if (i + 1 < count) {
                length = lengths.next(length, bits);
                match = matches.next(match, bits);
                offset = offs.next(offset, bits);
            }
            at = append(at, used, own);
            used += own;
            long back = offset(value, own == 0);
            if (back <= 0 || back > at - frameStart) {
                throw ParquetException.damaged("its compressed bytes refer to a place outside of them");
            }
            at = Snappy.again(out, at, (int) back, copied);
        }
        if (bits.left() != 0) {
            throw ParquetException.damaged("its zstd stream has sequences of another length");
        }
        return append(at, used, literalCount - used);
    }

    /** Values up to 3 stand for one of the last three offsets. */
    private long offset(long value, boolean noLiterals) {
        if (value > 3) {
            remember((int) Math.min(value - 3, Integer.MAX_VALUE), 2);
            return value - 3;
        }
        int which = (int) value - (noLiterals ? 0 : 1);
        int offset = which < 3 ? offsets[which] : offsets[0] - 1;
        remember(offset, Math.min(which, 2));
        return offset;
    }

    /** Puts it first; the one at {@code gone} is forgotten. */
    private void remember(int offset, int gone) {
        System.arraycopy(offsets, 0, offsets, 1, gone);
        offsets[0] = offset;
    }

    private void literals(Bytes in) {
        int header = in.next();
        int type = header & 3;
        int format = header >>> 2 & 3;
        if (type < 2) {
            plain(in, type, format, header);
            return;
        }
        int more = Math.max(2, format + 1);
        long sizes = (header | (in.small(Math.min(more, 4)) & 0xFFFFFFFFL) << 8) >>> 4;
        int width = new int[] {10, 10, 14, 18}[format];
        int mask = (1 << width) - 1;
        room((int) sizes & mask);
        var packed = in.part(sizes >>> width & mask);
        var table = type == 2 ? HuffmanTable.read(packed) : codes;
        if (table == null) {
            throw ParquetException.damaged("its zstd stream repeats a table before the first");
        }
        codes = table;
        if (format == 0) {
            table.decode(packed, literals, 0, literalCount);
        } else {
            four(packed, table);
        }
    }

    /** As they are, or one byte that is all of them. */
    private void plain(Bytes in, int type, int format, int header) {
        int size = switch (format) {
            case 1 -> header >>> 4 | in.next() << 4;
            case 3 -> header >>> 4 | in.small(2) << 4;
            default -> header >>> 3;
        };
        room(size);
        if (type == 0) {
            System.arraycopy(in.data(), in.skip(size), literals, 0, size);
        } else {
            Arrays.fill(literals, 0, size, (byte) in.next());
        }
    }

    private void room(int size) {
        if (size > MOST_LITERALS) {
            throw ParquetException.damaged("its zstd stream has " + size + " literals in a block");
        }
        literals = size > literals.length ? new byte[MOST_LITERALS] : literals;
        literalCount = size;
    }

    private void four(Bytes in, HuffmanTable table) {
        int a = in.small(2);
        int b = in.small(2);
        int c = in.small(2);
        int part = (literalCount + 3) / 4;
        if (3 * part > literalCount) {
            throw ParquetException.damaged("its zstd stream has too few literals");
        }
        table.decode(in.part(a), literals, 0, part);
        table.decode(in.part(b), literals, part, 2 * part);
        table.decode(in.part(c), literals, 2 * part, 3 * part);
        table.decode(in, literals, 3 * part, literalCount);
    }
}
