package dev.nnd.runtime.program;

import dev.nnd.runtime.random.Philox;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Makes random orthonormal vectors: the method of Gram and Schmidt on normally distributed ones, done twice. */
final class OrthogonalMatrix {

    private OrthogonalMatrix() {}

    static void fill(MemorySegment out, long seed, String parameter, Initializer.Orthogonal matrix) {
        boolean wide = matrix.rows() <= matrix.columns();
        int count = Math.toIntExact(wide ? matrix.rows() : matrix.columns());
        int length = Math.toIntExact(wide ? matrix.columns() : matrix.rows());
        double[][] vectors = normal(seed, parameter, count, length);
        for (int i = 0; i < count; i++) {
            for (int pass = 0; pass < 2; pass++) {
                for (int j = 0; j < i; j++) {
                    add(vectors[i], -dot(vectors[i], vectors[j]), vectors[j]);
                }
            }
            double norm = Math.sqrt(dot(vectors[i], vectors[i]));
            for (int k = 0; k < length; k++) {
                vectors[i][k] /= norm;
            }
        }
        for (int i = 0; i < count; i++) {
            for (int k = 0; k < length; k++) {
                long at = wide ? (long) i * length + k : (long) k * count + i;
                out.setAtIndex(ValueLayout.JAVA_FLOAT, at, (float) (matrix.gain() * vectors[i][k]));
            }
        }
    }

    private static double[][] normal(long seed, String parameter, int count, int length) {
        var vectors = new double[count][length];
        try (var arena = Arena.ofConfined()) {
            MemorySegment numbers = arena.allocate(ValueLayout.JAVA_FLOAT, (long) count * length);
            new Philox(seed, parameter).fillNormal(numbers, 0, 1);
            for (int i = 0; i < count; i++) {
                for (int k = 0; k < length; k++) {
                    vectors[i][k] = numbers.getAtIndex(ValueLayout.JAVA_FLOAT, (long) i * length + k);
                }
            }
        }
        return vectors;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static void add(double[] to, double factor, double[] from) {
        for (int i = 0; i < to.length; i++) {
            to[i] += factor * from[i];
        }
    }
}
