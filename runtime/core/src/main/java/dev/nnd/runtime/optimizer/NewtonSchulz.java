package dev.nnd.runtime.optimizer;

import dev.nnd.runtime.kernel.BoundOp;
import dev.nnd.runtime.kernel.Precision;
import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Tensor;
import dev.nnd.runtime.program.Binding;
import dev.nnd.runtime.program.ParameterSet;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** One iteration X = a X + (b G + c G G) X with G = X X^T, for matrices of one shape; the products are the provider's. */
final class NewtonSchulz {

    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT;
    private static final float A = 3.4445f;
    private static final float B = -4.7750f;
    private static final float C = 2.0315f;

    private final Tensor x;
    private final Tensor polynomial;
    private final BoundOp gram;
    private final BoundOp square;
    private final BoundOp moved;
    private final long elements;
    private final long gramElements;

    /** For {@code n} rows, at most as many as the {@code k} columns; it lives as long as the weights that it is for. */
    NewtonSchulz(ParameterSet weights, Provider provider, long n, long k) {
        elements = n * k;
        gramElements = n * n;
        var at = new Binding("Muon", provider.with(Precision.F32), weights);
        x = at.port("x", ElementType.F32, n, k);
        polynomial = at.port("polynomial", ElementType.F32, n, n);
        gram = at.matmul("gram", x, x, false, true);
        square = at.matmul("square", gram.output(), gram.output(), false, false);
        moved = at.matmul("moved", polynomial, x, false, false);
        weights.beforeClose(at.commit()::close);
    }

    /** The matrix, row after row. */
    MemorySegment matrix() {
        return x.segment();
    }

    /** Changes the matrix. */
    void iterate() {
        gram.run();
        square.run();
        var to = polynomial.segment();
        var first = gram.output().segment();
        var second = square.output().segment();
        for (long i = 0; i < gramElements; i++) {
            to.setAtIndex(F32, i, B * first.getAtIndex(F32, i) + C * second.getAtIndex(F32, i));
        }
        moved.run();
        var matrix = x.segment();
        var change = moved.output().segment();
        for (long i = 0; i < elements; i++) {
            matrix.setAtIndex(F32, i, A * matrix.getAtIndex(F32, i) + change.getAtIndex(F32, i));
        }
    }
}
