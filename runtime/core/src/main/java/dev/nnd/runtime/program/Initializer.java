package dev.nnd.runtime.program;

import dev.nnd.runtime.random.Philox;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** How a parameter starts. Fan-in and fan-out are folded into numbers already. */
public sealed interface Initializer {

    /** Fills row-major floats for a parameter of that name under a seed. */
    void fill(MemorySegment out, long seed, String parameter);

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
}
