package dev.nnd.runtime.random;

import dev.nnd.runtime.kernel.NativeMemory;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** The numbers of {@link RandomNumbers} on the Vector API: a lane is a block, and holds a word of 32 bits. */
final class RandomVectors {

    private static final MemorySegment MEMORY = NativeMemory.ALL;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final VectorSpecies<Long> SPECIES = LongVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final VectorShuffle<Long> FIRST_HALF = VectorShuffle.makeZip(SPECIES, 0);
    private static final VectorShuffle<Long> SECOND_HALF = VectorShuffle.makeZip(SPECIES, 1);
    private static final long WORD = 0xFFFFFFFFL;
    private static final long MULTIPLIER_0 = 0xD2511F53L;
    private static final long MULTIPLIER_1 = 0xCD9E8D57L;
    private static final int WEYL_0 = 0x9E3779B9;
    private static final int WEYL_1 = 0xBB67AE85;

    private RandomVectors() {}

    /**
     * As {@link RandomNumbers#uniform}, of floats.
     *
     * @param from a multiple of 4
     * @param to a multiple of 64 behind {@code from}, as no vectors make more numbers at once
     */
    static void uniform(long at, long from, long to, long seed, long step, long stream) {
        for (long i = from; i < to; i += 2 * FLOATS.length()) {
            LongVector c0 = LongVector.broadcast(SPECIES, i >>> 2).addIndex(1).and(WORD);
            LongVector c1 = LongVector.broadcast(SPECIES, stream & WORD);
            LongVector c2 = LongVector.broadcast(SPECIES, step & WORD);
            LongVector c3 = LongVector.broadcast(SPECIES, step >>> 32);
            int k0 = (int) seed;
            int k1 = (int) (seed >>> 32);
            for (int round = 0; round < 10; round++) {
                // Both factors are seen to have 32 bits, so that an instruction for such products does.
                LongVector product0 = c0.and(WORD).mul(MULTIPLIER_0);
                LongVector product1 = c2.and(WORD).mul(MULTIPLIER_1);
                c0 = product1.lanewise(VectorOperators.LSHR, 32)
                        .lanewise(VectorOperators.XOR, c1)
                        .lanewise(VectorOperators.XOR, k0 & WORD);
                c1 = product1.and(WORD);
                c2 = product0.lanewise(VectorOperators.LSHR, 32)
                        .lanewise(VectorOperators.XOR, c3)
                        .lanewise(VectorOperators.XOR, k1 & WORD);
                c3 = product0.and(WORD);
                k0 += WEYL_0;
                k1 += WEYL_1;
            }
            LongVector lower = c1.lanewise(VectorOperators.LSHL, 32).or(c0);
            LongVector upper = c3.lanewise(VectorOperators.LSHL, 32).or(c2);
            ((FloatVector) lower.rearrange(FIRST_HALF, upper)
                            .reinterpretAsInts()
                            .lanewise(VectorOperators.LSHR, 8)
                            .convertShape(VectorOperators.I2F, FLOATS, 0))
                    .mul(0x1p-24f)
                    .intoMemorySegment(MEMORY, at + 4 * i, ORDER);
            ((FloatVector) lower.rearrange(SECOND_HALF, upper)
                            .reinterpretAsInts()
                            .lanewise(VectorOperators.LSHR, 8)
                            .convertShape(VectorOperators.I2F, FLOATS, 0))
                    .mul(0x1p-24f)
                    .intoMemorySegment(MEMORY, at + 4 * (i + FLOATS.length()), ORDER);
        }
    }
}
