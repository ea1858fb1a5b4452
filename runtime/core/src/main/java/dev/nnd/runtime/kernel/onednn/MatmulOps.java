package dev.nnd.runtime.kernel.onednn;

import dev.nnd.runtime.kernel.Shapes;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Tensor;
import java.util.Arrays;

/** Builds matrix products over row-major memory. A transposed operand is a descriptor with swapped strides. */
final class MatmulOps {

    private final OpBuilder op;
    private final Descriptors descriptors;
    private final Shapes.Matmul shape;

    MatmulOps(OpBuilder op, Shapes.Matmul shape) {
        this.op = op;
        this.descriptors = op.descriptors();
        this.shape = shape;
    }

    void multiply(Tensor a, Tensor b, boolean transposeA, boolean transposeB) {
        var left = plain(a);
        var right = plain(b);
        // One right-hand side for the whole batch: the batch is rows of one product.
        boolean oneRight = Arrays.stream(b.dims()).limit(b.rank() - 2L).allMatch(dim -> dim == 1);
        boolean folded = oneRight && !transposeA;
        long rows = a.elements() / shape.k();
        int rank = folded ? 2 : shape.output().length;
        long source =
                folded ? descriptors.plain(ElementType.F32, rows, shape.k()) : operand(a.dims(), rank, transposeA);
        long weights = operand(folded ? tail(b.dims()) : b.dims(), rank, transposeB);
        long target = folded
                ? descriptors.plain(ElementType.F32, rows, shape.n())
                : descriptors.plain(ElementType.F32, shape.output());
        long attributes = op.attributes(false);
        var type = op.operands(Math.min(shape.k(), shape.n()));
        boolean narrow = type != ElementType.F32;
        long first = narrow ? descriptors.any(type, Descriptors.dims(source)) : source;
        long second = narrow ? descriptors.any(type, Descriptors.dims(weights)) : weights;
        long description = op.best(
                () -> op.keep(DnnlFunction.MATMUL.tryCreate(op.engine(), first, second, 0L, target, attributes)));
        var y = op.plainOutput(shape.output());
        op.step(
                description,
                op.input(description, OpBuilder.SOURCE, left, source),
                op.input(description, OpBuilder.WEIGHTS, right, weights),
                new DnnlOp.Argument(OpBuilder.DESTINATION, target, y));
    }

    private Tensor plain(Tensor tensor) {
        return tensor.plain() ? tensor : op.plainCopy(tensor);
    }

    private static long[] tail(long[] dims) {
        return Arrays.copyOfRange(dims, dims.length - 2, dims.length);
    }

    /** An operand under the product's rank, with 1 for dims that it lacks. */
    private long operand(long[] own, int rank, boolean transpose) {
        var dims = new long[rank];
        Arrays.fill(dims, 1);
        System.arraycopy(own, 0, dims, rank - own.length, own.length);
        var strides = Descriptors.rowMajorStrides(dims);
        if (transpose) {
            swapLast(dims);
            swapLast(strides);
        }
        return descriptors.strided(ElementType.F32, dims, strides);
    }

    private static void swapLast(long[] values) {
        int last = values.length - 1;
        long kept = values[last];
        values[last] = values[last - 1];
        values[last - 1] = kept;
    }
}
