package dev.nnd.runtime.kernel.onednn;

import dev.nnd.runtime.kernel.Shapes;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Builds inner products. An x in a convolution's layout is read as it is: the weights [o, f] then lie as [o, c, h, w] in
 * the same feature order, and flattening costs nothing. Whatever is in row-major order can be read under either dims.
 */
final class InnerProductOps {

    private final OpBuilder op;
    private final Descriptors descriptors;
    private final Shapes.InnerProduct shape;
    /** Dims of one row of x in the primitive: [f] or [c, h, w]. */
    private final long[] features;

    /** {@code x} and {@code w} are the operands, or what has their dims and layouts. */
    InnerProductOps(OpBuilder op, Shapes.InnerProduct shape, Tensor x, Tensor w) {
        this.op = op;
        this.descriptors = op.descriptors();
        this.shape = shape;
        this.features = features(shape, x, w);
    }

    private static long[] features(Shapes.InnerProduct shape, Tensor x, Tensor w) {
        if (w.decided() && w.layout() instanceof DnnlLayout home) {
            return tail(home.dims());
        }
        if (x.layout() instanceof DnnlLayout layout) {
            return tail(layout.dims());
        }
        return new long[] {shape.f()};
    }

    private static long[] tail(long[] dims) {
        return Arrays.copyOfRange(dims, 1, dims.length);
    }

    private long[] with(long rows) {
        var dims = new long[features.length + 1];
        dims[0] = rows;
        System.arraycopy(features, 0, dims, 1, features.length);
        return dims;
    }

    /** The descriptor of an x-like tensor under the primitive's dims; 0 if it must become row-major first. */
    private long rows(Tensor x) {
        if (x.layout() instanceof DnnlLayout layout && !Arrays.equals(tail(layout.dims()), features)) {
            return 0;
        }
        return descriptors.of(x.layout(), ElementType.F32, with(shape.n()));
    }

    private long weights(Tensor w) {
        return descriptors.of(w.layout(), ElementType.F32, with(shape.o()));
    }

    private long any(long rows) {
        return descriptors.any(ElementType.F32, with(rows));
    }

    private long outputs() {
        return descriptors.plain(ElementType.F32, shape.output());
    }

    void forward(Tensor x, Tensor w, @Nullable Tensor bias, boolean relu) {
        var in = readable(x);
        long attributes = op.attributes(relu);
        long biasDescriptor = bias == null ? 0 : descriptors.of(bias);
        boolean fixed = w.decided();
        long anyWeights = any(shape.o());
        long weights = fixed ? weights(w) : anyWeights;
        long anySource = any(shape.n());
        long description = op.best(
                () -> forward(in.descriptor(), weights, biasDescriptor, attributes),
                () -> forward(in.descriptor(), anyWeights, biasDescriptor, attributes),
                () -> forward(anySource, anyWeights, biasDescriptor, attributes));
        if (!fixed) {
            OpBuilder.decide(w, description, OpBuilder.WEIGHTS);
        }
        var y = op.output(description, OpBuilder.DESTINATION, "", ElementType.F32, shape.output());
        op.step(
                description,
                op.input(description, OpBuilder.SOURCE, in.tensor(), in.descriptor()),
                op.input(description, OpBuilder.WEIGHTS, w, weights(w)),
                bias == null ? null : op.input(description, OpBuilder.BIAS, bias, biasDescriptor),
                new DnnlOp.Argument(
                        OpBuilder.DESTINATION, OpBuilder.argument(description, OpBuilder.DESTINATION), y));
    }

    private long forward(long source, long weights, long bias, long attributes) {
        return op.keep(DnnlFunction.INNER_PRODUCT_FORWARD.tryCreate(
                op.engine(), OpBuilder.FORWARD_TRAINING, source, weights, bias, outputs(), attributes));
    }

    /** x itself, or a row-major copy of it where the primitive can't read its layout. */
    private DnnlOp.Argument readable(Tensor x) {
        long descriptor = rows(x);
        return descriptor != 0
                ? new DnnlOp.Argument(OpBuilder.SOURCE, descriptor, x)
                : new DnnlOp.Argument(
                        OpBuilder.SOURCE,
                        descriptors.plain(ElementType.F32, with(shape.n())),
                        op.plainCopy(x));
    }

    void backwardData(Tensor dy, Tensor w, Tensor likeX) {
        long attributes = op.attributes(false);
        long anySource = any(shape.n());
        long anyWeights = any(shape.o());
        long gradient = descriptors.of(dy);
        long weights = weights(w);
        var dx = op.outputLike(likeX);
        long direct = rows(likeX);
        long target = direct != 0 ? direct : descriptors.plain(ElementType.F32, with(shape.n()));
        long hint = forward(anySource, anyWeights, 0, attributes);
        long description = op.best(
                () -> backwardData(target, weights, gradient, hint, attributes),
                () -> backwardData(target, anyWeights, gradient, hint, attributes),
                () -> backwardData(anySource, anyWeights, gradient, hint, attributes));
        var place = direct != 0 ? dx : op.plainScratch(dx);
        var result = op.result(description, OpBuilder.DIFF_SOURCE, place, target);
        op.step(
                description,
                op.input(description, OpBuilder.DIFF_DESTINATION, dy, gradient),
                op.input(description, OpBuilder.WEIGHTS, w, weights),
                result);
        op.finish(result, place, target);
        if (direct == 0) {
            op.fromPlain(place, dx);
        }
    }

    private long backwardData(long target, long weights, long gradient, long hint, long attributes) {
        return op.keep(DnnlFunction.INNER_PRODUCT_BACKWARD_DATA.tryCreate(
                op.engine(), target, weights, gradient, hint, attributes));
    }

    void backwardWeights(Tensor dy, Tensor x, Tensor dw, @Nullable Tensor db) {
        var in = readable(x);
        long attributes = op.attributes(false);
        long anySource = any(shape.n());
        long anyWeights = any(shape.o());
        long gradient = descriptors.of(dy);
        long target = weights(dw);
        long bias = db == null ? 0 : descriptors.of(db);
        long hint = forward(anySource, anyWeights, 0, attributes);
        long description = op.best(
                () -> backwardWeights(in.descriptor(), target, bias, gradient, hint, attributes),
                () -> backwardWeights(in.descriptor(), anyWeights, bias, gradient, hint, attributes),
                () -> backwardWeights(anySource, anyWeights, bias, gradient, hint, attributes));
        var result = op.result(description, OpBuilder.DIFF_WEIGHTS, dw, target);
        op.step(
                description,
                op.input(description, OpBuilder.DIFF_DESTINATION, dy, gradient),
                op.input(description, OpBuilder.SOURCE, in.tensor(), in.descriptor()),
                result,
                db == null ? null : op.result(description, OpBuilder.DIFF_BIAS, db, bias));
        op.finish(result, dw, target);
    }

    private long backwardWeights(
            long source, long target, long bias, long gradient, long hint, long attributes) {
        return op.keep(DnnlFunction.INNER_PRODUCT_BACKWARD_WEIGHTS.tryCreate(
                op.engine(), source, target, bias, gradient, hint, attributes));
    }
}
