package dev.nnd.runtime.kernel.onednn;

import dev.nnd.runtime.kernel.Pooling;
import dev.nnd.runtime.kernel.Shapes;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Tensor;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/** Builds pooling. Indices of maxima are oneDNN's workspace, which only the backward primitive of the same shape reads. */
final class PoolingOps {

    private static final int MAXIMUM = 0x1ff;
    private static final int AVERAGE_WITH_PADDING = 0x2ff;
    private static final int AVERAGE = 0x3ff;

    private final OpBuilder op;
    private final Descriptors descriptors;
    private final Shapes.Pool shape;
    private final int algorithm;

    PoolingOps(OpBuilder op, Pooling pooling, Shapes.Pool shape) {
        this.op = op;
        this.descriptors = op.descriptors();
        this.shape = shape;
        this.algorithm = switch (pooling) {
            case MAXIMUM -> MAXIMUM;
            case AVERAGE -> AVERAGE;
            case AVERAGE_WITH_PADDING -> AVERAGE_WITH_PADDING;
        };
    }

    void forward(Tensor x, boolean indices) {
        long source = descriptors.of(x);
        long description = op.best(() -> forward(source, indices));
        var y = op.output(description, OpBuilder.DESTINATION, "", ElementType.F32, shape.output());
        long workspace = indices ? OpBuilder.argument(description, OpBuilder.WORKSPACE) : 0;
        op.step(
                description,
                op.input(description, OpBuilder.SOURCE, x, source),
                new DnnlOp.Argument(OpBuilder.DESTINATION, OpBuilder.argument(description, OpBuilder.DESTINATION), y),
                workspace == 0 ? null : new DnnlOp.Argument(OpBuilder.WORKSPACE, workspace, winners(description)));
    }

    private Tensor winners(long description) {
        var type = Descriptors.type(OpBuilder.argument(description, OpBuilder.WORKSPACE));
        return op.output(description, OpBuilder.WORKSPACE, "Indices", type, shape.output());
    }

    private long forward(long source, boolean training) {
        try (var arena = Arena.ofConfined()) {
            return op.keep(DnnlFunction.POOLING_FORWARD.tryCreate(
                    op.engine(),
                    training ? OpBuilder.FORWARD_TRAINING : OpBuilder.FORWARD_INFERENCE,
                    algorithm,
                    source,
                    descriptors.any(ElementType.F32, shape.output()),
                    Geometry.strides(arena, shape.window()),
                    Geometry.kernel(arena, shape.window()),
                    Geometry.dilations(arena, shape.window()),
                    Geometry.padBefore(arena, shape.window()),
                    Geometry.padAfter(arena, shape.window(), shape.in()),
                    op.attributes(false)));
        }
    }

    void backward(Tensor dy, @Nullable Tensor indices, Tensor likeX) {
        long target = descriptors.of(likeX);
        long gradient = descriptors.of(dy);
        long hint = forward(target, true);
        long output = OpBuilder.argument(hint, OpBuilder.DESTINATION);
        long description = op.best(() -> backward(target, output, hint));
        var dx = op.outputLike(likeX);
        op.step(
                description,
                op.input(description, OpBuilder.DIFF_DESTINATION, dy, gradient),
                indices == null ? null : winners(description, indices, likeX),
                op.result(description, OpBuilder.DIFF_SOURCE, dx, target));
    }

    private DnnlOp.Argument winners(long description, Tensor indices, Tensor likeX) {
        long winners = descriptors.of(indices);
        if (!Descriptors.same(OpBuilder.argument(description, OpBuilder.WORKSPACE), winners)) {
            throw new IllegalStateException(indices + " are not those of a forward op on " + likeX);
        }
        return new DnnlOp.Argument(OpBuilder.WORKSPACE, winners, indices);
    }

    private long backward(long target, long gradient, long hint) {
        try (var arena = Arena.ofConfined()) {
            return op.keep(DnnlFunction.POOLING_BACKWARD.tryCreate(
                    op.engine(),
                    algorithm,
                    target,
                    gradient,
                    Geometry.strides(arena, shape.window()),
                    Geometry.kernel(arena, shape.window()),
                    Geometry.dilations(arena, shape.window()),
                    Geometry.padBefore(arena, shape.window()),
                    Geometry.padAfter(arena, shape.window(), shape.in()),
                    hint,
                    op.attributes(false)));
        }
    }
}
