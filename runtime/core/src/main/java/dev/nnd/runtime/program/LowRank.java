package dev.nnd.runtime.program;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.weights.Entry;
import dev.nnd.runtime.weights.Safetensors;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;

/**
 * What an adapter adds to a weight f32[out, in]: a factor times the product of f32[out, rank] and f32[rank, in].
 *
 * @param file that holds both matrices
 * @param alpha the factor is this over the rank
 */
record LowRank(Safetensors file, Entry down, Entry up, double alpha) {

    /** The adapter of a layer in a file that has both of its matrices; they must fit a weight of these dims. */
    static LowRank of(Safetensors file, String layer, double alpha, long[] dims) {
        var down = file.entries().get(layer + AdapterFit.DOWN);
        var up = file.entries().get(layer + AdapterFit.UP);
        if (down == null || up == null) {
            throw new NndException(file.file() + " has only one of " + layer + AdapterFit.DOWN + " and " + layer
                    + AdapterFit.UP + ", and an adapter is both.");
        }
        boolean fits = dims.length == 2
                && down.shape().size() == 2
                && up.shape().size() == 2
                && down.shape().getFirst() > 0
                && up.shape().equals(List.of(dims[0], down.shape().getFirst()))
                && down.shape().getLast() == dims[1];
        if (!fits) {
            throw new NndException(
                    file.file() + " holds an adapter of " + layer + " that does not fit its weight "
                            + Arrays.toString(dims) + ": the matrices are " + up.shape() + " and " + down.shape()
                            + ".",
                    "use the model that the adapters were trained with",
                    null);
        }
        return new LowRank(file, down, up, alpha);
    }

    /** Adds it, {@code sign} times, to the weight's row-major floats. */
    void addTo(MemorySegment weight, int sign) {
        long rank = down.shape().getFirst();
        long in = down.shape().getLast();
        long out = up.shape().getFirst();
        float factor = (float) (sign * alpha / rank);
        try (var arena = Arena.ofConfined()) {
            var a = arena.allocate(rank * in * Float.BYTES, Float.BYTES);
            var b = arena.allocate(out * rank * Float.BYTES, Float.BYTES);
            file.readFloats(down, a);
            file.readFloats(up, b);
            var row = new float[Math.toIntExact(in)];
            for (long o = 0; o < out; o++) {
                Arrays.fill(row, 0);
                for (long k = 0; k < rank; k++) {
                    float f = b.getAtIndex(ValueLayout.JAVA_FLOAT, o * rank + k);
                    for (int i = 0; i < row.length; i++) {
                        row[i] += f * a.getAtIndex(ValueLayout.JAVA_FLOAT, k * in + i);
                    }
                }
                for (int i = 0; i < row.length; i++) {
                    long at = o * in + i;
                    weight.setAtIndex(
                            ValueLayout.JAVA_FLOAT,
                            at,
                            weight.getAtIndex(ValueLayout.JAVA_FLOAT, at) + factor * row[i]);
                }
            }
        }
    }
}
