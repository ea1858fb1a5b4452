package dev.nnd.runtime.data.parquet;

/** A decoding table of Zstandard's finite state entropy: each state gives a symbol, and with more bits the next state. */
record StateTable(int log, byte[] symbols, byte[] bits, short[] bases) {

    /** The table of one symbol only. */
    static StateTable single(int symbol) {
        return new StateTable(0, new byte[] {(byte) symbol}, new byte[1], new short[1]);
    }

    /** By the probabilities of the symbols in units of {@code 2^-log}; -1 is for less than one. */
    static StateTable of(int log, int[] probabilities) {
        int size = 1 << log;
        var symbols = new byte[size];
        var next = new int[probabilities.length];
        int high = size;
        for (int s = 0; s < probabilities.length; s++) {
            if (probabilities[s] == -1) {
                symbols[--high] = (byte) s;
                next[s] = 1;
            }
        }
        spread(probabilities, symbols, next, high);
        var bits = new byte[size];
        var bases = new short[size];
        for (int i = 0; i < size; i++) {
            int x = next[symbols[i]]++;
            int n = log - (31 - Integer.numberOfLeadingZeros(x));
            bits[i] = (byte) n;
            bases[i] = (short) ((x << n) - size);
        }
        return new StateTable(log, symbols, bits, bases);
    }

    private static void spread(int[] probabilities, byte[] symbols, int[] next, int high) {
        int size = symbols.length;
        int step = (size >> 1) + (size >> 3) + 3;
        int at = 0;
        for (int s = 0; s < probabilities.length; s++) {
            if (probabilities[s] <= 0) {
                continue;
            }
            next[s] = probabilities[s];
            for (int i = 0; i < probabilities[s]; i++) {
                symbols[at] = (byte) s;
                do {
                    at = at + step & size - 1;
                } while (at >= high);
            }
        }
    }

    /** Reads the probabilities as a stream has them. */
    static StateTable read(Bytes in, int maxLog, int maxSymbol) {
        int start = in.next();
        int log = (start & 15) + 5;
        if (log > maxLog) {
            throw damaged();
        }
        var bits = new ForwardBits(in, start >>> 4, 4);
        var probabilities = new int[maxSymbol + 1];
        int left = 1 << log;
        int s = 0;
        while (left > 0) {
            int width = 32 - Integer.numberOfLeadingZeros(left + 1);
            int value = bits.read(width - 1);
            int threshold = (1 << width) - 2 - left;
            if (value >= threshold) {
                value += bits.read(1) << width - 1;
                value -= value >= 1 << width - 1 ? threshold : 0;
            }
            if (s > maxSymbol) {
                throw damaged();
            }
            probabilities[s++] = value - 1;
            left -= Math.abs(value - 1);
            for (int zeros = value == 1 ? 3 : 0; zeros == 3; ) {
                zeros = bits.read(2);
                s += zeros;
            }
        }
        if (left < 0 || s > maxSymbol + 1) {
            throw damaged();
        }
        return of(log, probabilities);
    }

    private static ParquetException damaged() {
        return ParquetException.damaged("its zstd stream has a table that is none");
    }

    /** Bits from the low ones of each byte on; what is left of the last byte is not read. */
    private static final class ForwardBits {
        private final Bytes in;
        private int held;
        private int count;

        ForwardBits(Bytes in, int held, int count) {
            this.in = in;
            this.held = held;
            this.count = count;
        }

        int read(int bits) {
            while (count < bits) {
                held |= in.next() << count;
                count += 8;
            }
            int value = held & (1 << bits) - 1;
            held >>>= bits;
            count -= bits;
            return value;
        }
    }

    int symbol(int state) {
        return symbols[state];
    }

    int next(int state, BackwardBits in) {
        return bases[state] + in.read(bits[state]);
    }
}
