package dev.nnd.runtime.program;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What parameters start with. */
class InitializerTest {

    private static float[] fill(Initializer initializer, int count) {
        try (var arena = Arena.ofConfined()) {
            var out = arena.allocate(ValueLayout.JAVA_FLOAT, count);
            initializer.fill(out, 7, "layer.weight");
            return out.toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    @Test
    void aTruncatedNormalStaysWithinTwoDeviations() {
        float[] values = fill(new Initializer.TruncatedNormal(1, 0.5), 20_001);
        double sum = 0;
        double squares = 0;
        for (float value : values) {
            assertTrue(value >= 0 && value <= 2, () -> value + " is out of range");
            sum += value - 1;
            squares += (value - 1) * (value - 1);
        }
        assertEquals(0, sum / values.length, 0.015);
        // A normal distribution that is cut at two standard deviations has 0.8796 of it.
        assertEquals(0.5 * 0.8796, Math.sqrt(squares / values.length), 0.01);
        assertArrayEquals(values, fill(new Initializer.TruncatedNormal(1, 0.5), 20_001));
    }

    @ParameterizedTest
    @CsvSource({"5, 9", "9, 5", "16, 16", "1, 7", "7, 1"})
    void anOrthogonalMatrixHasOrthonormalRowsOrColumns(int rows, int columns) {
        float[] m = fill(new Initializer.Orthogonal(rows, columns, 2), rows * columns);
        boolean wide = rows <= columns;
        int count = Math.min(rows, columns);
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < count; j++) {
                double dot = 0;
                for (int k = 0; k < Math.max(rows, columns); k++) {
                    dot += wide ? m[i * columns + k] * m[j * columns + k] : m[k * columns + i] * m[k * columns + j];
                }
                assertEquals(i == j ? 4 : 0, dot, 1e-5);
            }
        }
    }

    @Test
    void anIdentityMatrixNeedNotBeSquare() {
        assertArrayEquals(new float[] {1, 0, 0, 0, 1, 0}, fill(new Initializer.Identity(3), 6));
    }
}
