package workloads;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Loops that do one thing as fast as the machine can. */
final class Rates {

    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final int ROUNDS = 4096;
    private static final int CHAINS = 12;
    /** Bytes. */
    private static final long PIECE = 32 << 10;

    /** What keeps results from being thrown away. */
    private static volatile float sink;

    private Rates() {}

    /** The latest sum. */
    static float seen() {
        return sink;
    }

    /** Multiply-adds in registers, enough of them at once to hide how long each takes; a multiply-add is two operations. */
    static double multiplyAdds(int times) {
        float sum = 0;
        for (int i = 0; i < times; i++) {
            sum += chains();
        }
        sink = sum;
        return 2.0 * times * ROUNDS * CHAINS * SPECIES.length();
    }

    private static float chains() {
        var factor = FloatVector.broadcast(SPECIES, 0.999f);
        var more = FloatVector.broadcast(SPECIES, 0.001f);
        FloatVector a = more;
        FloatVector b = more;
        FloatVector c = more;
        FloatVector d = more;
        FloatVector e = more;
        FloatVector f = more;
        FloatVector g = more;
        FloatVector h = more;
        FloatVector i = more;
        FloatVector j = more;
        FloatVector k = more;
        FloatVector l = more;
        for (int round = 0; round < ROUNDS; round++) {
            a = factor.fma(a, more);
            b = factor.fma(b, more);
            c = factor.fma(c, more);
            d = factor.fma(d, more);
            e = factor.fma(e, more);
            f = factor.fma(f, more);
            g = factor.fma(g, more);
            h = factor.fma(h, more);
            i = factor.fma(i, more);
            j = factor.fma(j, more);
            k = factor.fma(k, more);
            l = factor.fma(l, more);
        }
        var sums = more.add(a)
                .add(b)
                .add(c)
                .add(d)
                .add(e)
                .add(f)
                .add(g)
                .add(h)
                .add(i)
                .add(j)
                .add(k)
                .add(l);
        return sums.lane(0);
    }

    /** {@code a = b + s * c} over thirds of the memory; bytes read and written. */
    static double triad(MemorySegment memory, int times) {
        long third = memory.byteSize() / 3 / 64 * 64;
        for (int i = 0; i < times; i++) {
            triad(memory, third);
        }
        return 3.0 * third * times;
    }

    private static void triad(MemorySegment memory, long third) {
        var factor = FloatVector.broadcast(SPECIES, 0.5f);
        long step = SPECIES.vectorByteSize();
        for (long at = 0; at < third; at += step) {
            var b = FloatVector.fromMemorySegment(SPECIES, memory, third + at, ORDER);
            var c = FloatVector.fromMemorySegment(SPECIES, memory, 2 * third + at, ORDER);
            factor.fma(c, b).intoMemorySegment(memory, at, ORDER);
        }
    }

    /** The sum of all; bytes read. */
    static double read(MemorySegment memory, int times) {
        long bytes = memory.byteSize() / 256 * 256;
        float sum = 0;
        for (int i = 0; i < times; i++) {
            sum += read(memory, 0, bytes);
        }
        sink = sum;
        return (double) bytes * times;
    }

    /**
     * The sum of all, piece by piece, from the first to the last and the next time from the last to the first, so that a cache that holds a part of it
     * is of use; bytes read.
     */
    static double readInTurns(MemorySegment memory, int times) {
        long pieces = memory.byteSize() / PIECE;
        float sum = 0;
        for (int i = 0; i < times; i++) {
            for (long piece = 0; piece < pieces; piece++) {
                long from = (i % 2 == 0 ? piece : pieces - 1 - piece) * PIECE;
                sum += read(memory, from, from + PIECE);
            }
        }
        sink = sum;
        return (double) pieces * PIECE * times;
    }

    private static float read(MemorySegment memory, long from, long end) {
        var zero = FloatVector.zero(SPECIES);
        FloatVector a = zero;
        FloatVector b = zero;
        FloatVector c = zero;
        FloatVector d = zero;
        long step = SPECIES.vectorByteSize();
        for (long at = from; at < end; at += 4 * step) {
            a = FloatVector.fromMemorySegment(SPECIES, memory, at, ORDER).add(a);
            b = FloatVector.fromMemorySegment(SPECIES, memory, at + step, ORDER).add(b);
            c = FloatVector.fromMemorySegment(SPECIES, memory, at + 2 * step, ORDER)
                    .add(c);
            d = FloatVector.fromMemorySegment(SPECIES, memory, at + 3 * step, ORDER)
                    .add(d);
        }
        return zero.add(a).add(b).add(c).add(d).lane(0);
    }
}
