package dev.nnd.runtime.optimizer;

import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.kernel.Workers;

/** Brings the singular values of a matrix near to 1 by iterations of Newton and Schulz of degree five. */
final class Orthogonal {
    private static final float A = 3.4445f;
    private static final float B = -4.7750f;
    private static final float C = 2.0315f;
    private static final double EPSILON = 1e-7;
    /** Rows of a part; the parts don't depend on the number of threads, so neither do the results. */
    private static final int PART = 16;

    private final Workers workers;
    private float[] wide = {};
    private float[] gram = {};
    private float[] polynomial = {};
    private float[] next = {};

    Orthogonal(Provider provider) {
        workers = provider.workers();
    }

    /** Changes a matrix of {@code rows} times {@code columns} in place. */
    void make(float[] matrix, int rows, int columns, int iterations) {
        boolean tall = rows > columns;
        int n = Math.min(rows, columns);
        int k = Math.max(rows, columns);
        wide = RowMajor.sized(wide, (long) n * k);
        next = RowMajor.sized(next, (long) n * k);
        gram = RowMajor.sized(gram, (long) n * n);
        polynomial = RowMajor.sized(polynomial, (long) n * n);
        double squares = 0;
        for (int i = 0; i < n * k; i++) {
            squares += (double) matrix[i] * matrix[i];
        }
        float scale = (float) (1 / Math.max(EPSILON, Math.sqrt(squares)));
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                wide[tall ? c * k + r : r * k + c] = matrix[r * columns + c] * scale;
            }
        }
        for (int i = 0; i < iterations; i++) {
            iterate(n, k);
        }
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                matrix[r * columns + c] = wide[tall ? c * k + r : r * k + c];
            }
        }
    }

    /** X = a X + (b G + c G G) X with G = X X^T. */
    private void iterate(int n, int k) {
        var x = wide;
        var y = next;
        parts(n, r -> products(x, n, k, r));
        parts(n, r -> {
            for (int j = 0; j < n; j++) {
                polynomial[r * n + j] = B * gram[r * n + j];
            }
            add(polynomial, gram, gram, C, r, n, n);
        });
        parts(n, r -> {
            for (int j = 0; j < k; j++) {
                y[r * k + j] = A * x[r * k + j];
            }
            add(y, polynomial, x, 1, r, n, k);
        });
        wide = y;
        next = x;
    }

    private interface Row {
        void run(int row);
    }

    private void parts(int rows, Row row) {
        workers.run(
                (part, slot) -> {
                    for (int r = part * PART; r < Math.min(rows, (part + 1) * PART); r++) {
                        row.run(r);
                    }
                },
                Math.ceilDiv(rows, PART));
    }

    /** A row of X X^T. */
    private void products(float[] x, int n, int k, int row) {
        for (int j = 0; j < n; j++) {
            gram[row * n + j] = dot(x, row * k, j * k, k);
        }
    }

    /** In eight sums, which the processor adds at once. */
    private static float dot(float[] x, int a, int b, int length) {
        var sums = new float[8];
        int i = 0;
        for (; i + 7 < length; i += 8) {
            for (int s = 0; s < 8; s++) {
                sums[s] += x[a + i + s] * x[b + i + s];
            }
        }
        float sum = 0;
        for (float s : sums) {
            sum += s;
        }
        for (; i < length; i++) {
            sum += x[a + i] * x[b + i];
        }
        return sum;
    }

    /** Adds scale times a row of left times right to a row of {@code to}. */
    private static void add(float[] to, float[] left, float[] right, float scale, int row, int inner, int columns) {
        for (int i = 0; i < inner; i++) {
            float factor = scale * left[row * inner + i];
            int from = i * columns;
            int at = row * columns;
            for (int j = 0; j < columns; j++) {
                to[at + j] += factor * right[from + j];
            }
        }
    }
}
