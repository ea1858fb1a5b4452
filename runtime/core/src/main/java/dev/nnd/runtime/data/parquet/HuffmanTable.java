package dev.nnd.runtime.data.parquet;

import java.util.Arrays;

/** A decoding table of Zstandard's Huffman codes: what the next {@code log} bits begin with. */
record HuffmanTable(int log, byte[] symbols, byte[] bits) {
    private static final int MAX_LOG = 11;
    private static final int MAX_WEIGHT_LOG = 6;
    private static final int MOST = 255;

    static HuffmanTable read(Bytes in) {
        int header = in.next();
        var weights = new int[MOST + 1];
        int n = header < 128 ? packed(in.part(header), weights) : direct(in, header - 127, weights);
        int sum = 0;
        for (int i = 0; i < n; i++) {
            if (weights[i] > MAX_LOG) {
                throw damaged();
            }
            sum += weights[i] == 0 ? 0 : 1 << weights[i] - 1;
        }
        int log = 32 - Integer.numberOfLeadingZeros(sum);
        int rest = (1 << log) - sum;
        if (sum == 0 || log > MAX_LOG || Integer.bitCount(rest) != 1) {
            throw damaged();
        }
        // The last weight is what is left to a whole.
        weights[n] = 32 - Integer.numberOfLeadingZeros(rest);
        return of(log, weights, n + 1);
    }

    private static HuffmanTable of(int log, int[] weights, int n) {
        var symbols = new byte[1 << log];
        var bits = new byte[1 << log];
        int at = 0;
        for (int w = 1; w <= log; w++) {
            for (int s = 0; s < n; s++) {
                if (weights[s] == w) {
                    int end = at + (1 << w - 1);
                    Arrays.fill(symbols, at, end, (byte) s);
                    Arrays.fill(bits, at, end, (byte) (log + 1 - w));
                    at = end;
                }
            }
        }
        return new HuffmanTable(log, symbols, bits);
    }

    private static int direct(Bytes in, int n, int[] weights) {
        for (int i = 0; i < n; i += 2) {
            int two = in.next();
            weights[i] = two >>> 4;
            weights[i + 1] = two & 15;
        }
        weights[n] = 0;
        return n;
    }

    /** Two states take turns, until the bits are used up. */
    private static int packed(Bytes in, int[] weights) {
        StateTable table = StateTable.read(in, MAX_WEIGHT_LOG, MAX_LOG + 1);
        var bits = new BackwardBits(in);
        int one = bits.read(table.log());
        int other = bits.read(table.log());
        int n = 0;
        while (n < MOST - 1) {
            weights[n++] = table.symbol(one);
            int next = table.next(one, bits);
            if (bits.left() < 0) {
                weights[n++] = table.symbol(other);
                return n;
            }
            one = other;
            other = next;
        }
        throw damaged();
    }

    /** Reads one stream. */
    void decode(Bytes in, byte[] out, int from, int to) {
        var stream = new BackwardBits(in);
        for (int i = from; i < to; i++) {
            int entry = stream.peek(log);
            out[i] = symbols[entry];
            stream.skip(bits[entry]);
        }
        if (stream.left() != 0) {
            throw ParquetException.damaged("its zstd stream has literals of another length");
        }
    }

    private static ParquetException damaged() {
        return ParquetException.damaged("its zstd stream has a table of codes that is none");
    }
}
