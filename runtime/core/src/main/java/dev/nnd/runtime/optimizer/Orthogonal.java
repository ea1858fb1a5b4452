package dev.nnd.runtime.optimizer;

import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.program.ParameterSet;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;

/** Brings the singular values of a matrix near to 1 by iterations of Newton and Schulz of degree five. */
final class Orthogonal {
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT;
    private static final double EPSILON = 1e-7;

    /** Rows and columns, the fewer first. */
    private record Shape(int n, int k) {}

    private final Provider provider;
    private final Map<Shape, NewtonSchulz> products = new HashMap<>();

    Orthogonal(Provider provider) {
        this.provider = provider;
    }

    /** Changes a matrix of {@code rows} times {@code columns} in place; {@code weights} are those that it belongs to. */
    void make(ParameterSet weights, float[] matrix, int rows, int columns, int iterations) {
        boolean tall = rows > columns;
        var shape = new Shape(Math.min(rows, columns), Math.max(rows, columns));
        var steps = products.computeIfAbsent(shape, s -> new NewtonSchulz(weights, provider, s.n(), s.k()));
        double squares = 0;
        for (int i = 0; i < rows * columns; i++) {
            squares += (double) matrix[i] * matrix[i];
        }
        float scale = (float) (1 / Math.max(EPSILON, Math.sqrt(squares)));
        var x = steps.matrix();
        int k = shape.k();
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                x.setAtIndex(F32, tall ? (long) c * k + r : (long) r * k + c, matrix[r * columns + c] * scale);
            }
        }
        for (int i = 0; i < iterations; i++) {
            steps.iterate();
        }
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                matrix[r * columns + c] = x.getAtIndex(F32, tall ? (long) c * k + r : (long) r * k + c);
            }
        }
    }
}
