package dev.nnd.runtime.kernel.onednn;

import dev.nnd.runtime.kernel.MatmulAxes;
import dev.nnd.runtime.kernel.Matrices;
import dev.nnd.runtime.kernel.Shapes;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Tensor;
import java.util.Arrays;
import java.util.List;

/** Builds matrix products over row-major memory. Other orders of axes are descriptors with other strides. */
final class MatmulOps {

    private static final List<Integer> HEADS_FIRST = List.of(0, 2, 1, 3);

    private final OpBuilder op;
    private final Descriptors descriptors;
    private final Shapes.Matmul shape;

    MatmulOps(OpBuilder op, Shapes.Matmul shape) {
        this.op = op;
        this.descriptors = op.descriptors();
        this.shape = shape;
    }

    /**
     * Whether the library multiplies these. Other orders of axes, or these with a batch that is repeated, make it choose
     * kernels that take a stride for another where dims are 1.
     */
    static boolean can(Tensor a, Tensor b, MatmulAxes axes) {
        return !axes.permutes()
                || sound(axes.a())
                        && sound(axes.b())
                        && sound(axes.result())
                        && a.rank() == 4
                        && b.rank() == 4
                        && Arrays.equals(batch(a, axes.a()), batch(b, axes.b()));
    }

    private static boolean sound(List<Integer> order) {
        return order.isEmpty() || order.equals(HEADS_FIRST);
    }

    private static long[] batch(Tensor tensor, List<Integer> order) {
        var dims = tensor.dims();
        return new long[] {dims[0], dims[order.isEmpty() ? 1 : order.get(1)]};
    }

    void multiply(Tensor a, Tensor b, MatmulAxes axes) {
        if (!axes.transposeA()
                && !axes.permutes()
                && b.rank() == 2
                && ByteProduct.wanted(op, b, shape.k(), shape.n())
                && inBytes(a, b, axes)) {
            return;
        }
        var left = plain(a);
        var right = plain(b);
        // One right-hand side for the whole batch: the batch is rows of one product.
        boolean oneRight =
                Arrays.stream(shape.b().dims()).limit(shape.batch().length).allMatch(dim -> dim == 1);
        boolean folded = oneRight && !axes.transposeA() && !axes.permutes();
        long rows = a.elements() / shape.k();
        long source = folded ? descriptors.plain(ElementType.F32, rows, shape.k()) : described(shape.a());
        long weights = described(folded ? tail(shape.b()) : shape.b());
        long target = folded ? descriptors.plain(ElementType.F32, rows, shape.n()) : described(shape.y());
        long attributes = op.attributes(false);
        long length = Math.min(shape.k(), shape.n());
        boolean row = folded && b.rank() == 2 && op.narrowsRow(rows, length, right);
        var type = row ? ElementType.BF16 : op.operands(length);
        boolean narrow = type != ElementType.F32;
        long first = narrow ? narrowed(type, folded, shape.a(), source) : source;
        long second = narrow ? narrowed(type, folded, shape.b(), weights) : weights;
        long description = op.best(
                () -> product(first, second, target, attributes),
                () -> product(
                        descriptors.any(type, Descriptors.dims(source)),
                        descriptors.any(type, Descriptors.dims(weights)),
                        target,
                        attributes));
        var y = op.plainOutput(shape.output());
        op.step(
                description,
                op.input(description, OpBuilder.SOURCE, left, source),
                narrow && folded && !axes.transposeB() && b.rank() == 2 && op.predicts(right)
                        ? shared(description, right)
                        : op.input(description, OpBuilder.WEIGHTS, right, weights),
                new DnnlOp.Argument(OpBuilder.DESTINATION, target, y));
    }

    private long product(long first, long second, long target, long attributes) {
        return op.keep(DnnlFunction.MATMUL.tryCreate(op.engine(), first, second, 0L, target, attributes));
    }

    /** An operand in narrow numbers: in its own order, so that all its readers share one copy, or in the best. */
    private long narrowed(ElementType type, boolean folded, Matrices matrices, long descriptor) {
        return folded
                ? descriptors.any(type, Descriptors.dims(descriptor))
                : descriptors.strided(type, matrices.dims(), matrices.strides());
    }

    /** Weights in the numbers of the product: one copy for all programs. */
    private DnnlOp.Argument shared(long description, Tensor weights) {
        long packed = OpBuilder.argument(description, OpBuilder.WEIGHTS);
        return new DnnlOp.Argument(OpBuilder.WEIGHTS, packed, op.site().copy(weights, NarrowLayout.of(packed)));
    }

    /** The product in eight bits; false if the machine has no fast kernel for it. */
    private boolean inBytes(Tensor a, Tensor b, MatmulAxes axes) {
        long k = shape.k();
        var product = new ByteProduct(op, a.elements() / k, k, shape.n(), FeatureOrder.plain(k), !axes.transposeB());
        long description = product.description(ByteProduct.home(b));
        if (description == 0) {
            return false;
        }
        product.multiply(description, plain(a), b, null, false, op.plainOutput(shape.output()));
        return true;
    }

    private Tensor plain(Tensor tensor) {
        return tensor.plain() ? tensor : op.plainCopy(tensor);
    }

    private static Matrices tail(Matrices matrices) {
        int rank = matrices.dims().length;
        return new Matrices(
                Arrays.copyOfRange(matrices.dims(), rank - 2, rank),
                Arrays.copyOfRange(matrices.strides(), rank - 2, rank));
    }

    private long described(Matrices matrices) {
        return descriptors.strided(ElementType.F32, matrices.dims(), matrices.strides());
    }
}
