package dev.nnd.runtime.program;

import dev.nnd.runtime.random.Philox;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** How a parameter starts. Fan-in and fan-out are folded into numbers already. */
public sealed interface Initializer {

    /** Fills row-major floats for a parameter of that name under a seed. */
    void fill(MemorySegment out, long seed, String parameter);

    /** Uniform in [-gain / sqrt(fan), gain / sqrt(fan)), for a fan that is learned from data. */
    static Initializer fanUniform(long fan, double gain) {
        double bound = gain / Math.sqrt(fan);
        return new Uniform(-bound, bound);
    }

    /** Normal with standard deviation gain / sqrt(fan), for a fan that is learned from data. */
    static Initializer fanNormal(long fan, double gain) {
        return new Normal(0, gain / Math.sqrt(fan));
    }

    /** Every element is the same number. */
    record Fill(double value) implements Initializer {
        @Override
        public void fill(MemorySegment out, long seed, String parameter) {
            for (long i = 0; i < out.byteSize() / Float.BYTES; i++) {
                out.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) value);
            }
        }
    }

    /** Uniform in [low, high). */
    record Uniform(double low, double high) implements Initializer {
        @Override
        public void fill(MemorySegment out, long seed, String parameter) {
            new Philox(seed, parameter).fillUniform(out, low, high);
        }
    }

    /** Normal with that mean and standard deviation. */
    record Normal(double mean, double deviation) implements Initializer {
        @Override
        public void fill(MemorySegment out, long seed, String parameter) {
            new Philox(seed, parameter).fillNormal(out, mean, deviation);
        }
    }

    /** The same, each drawn anew until it is at most two standard deviations off. */
    record TruncatedNormal(double mean, double deviation) implements Initializer {
        @Override
        public void fill(MemorySegment out, long seed, String parameter) {
            new Philox(seed, parameter).fillTruncatedNormal(out, mean, deviation);
        }
    }

    /** A random matrix with orthonormal rows, or columns if it is higher than wide, times gain. Saxe et al. 2014. */
    record Orthogonal(long rows, long columns, double gain) implements Initializer {
        @Override
        public void fill(MemorySegment out, long seed, String parameter) {
            OrthogonalMatrix.fill(out, seed, parameter, this);
        }
    }

    /** 1 where row and column are equal, else 0. */
    record Identity(long columns) implements Initializer {
        @Override
        public void fill(MemorySegment out, long seed, String parameter) {
            for (long i = 0; i < out.byteSize() / Float.BYTES; i++) {
                out.setAtIndex(ValueLayout.JAVA_FLOAT, i, i / columns == i % columns ? 1 : 0);
            }
        }
    }
}
