package dev.nnd.runtime.kernel.onednn;

import dev.nnd.runtime.kernel.Shapes;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Tensor;
import org.jspecify.annotations.Nullable;

/** Builds batch normalization; results have the layout of x. */
final class NormalizationOps {

    private static final int MEAN = 49;
    private static final int VARIANCE = 50;
    private static final int SCALE = 51;
    private static final int SHIFT = 52;
    private static final int DIFF_SCALE = 255;
    private static final int DIFF_SHIFT = 256;

    private static final int GIVEN_STATISTICS = 1;
    private static final int WITH_SCALE = 2;
    private static final int WITH_SHIFT = 4;
    private static final int BACKWARD = 128;

    private final OpBuilder op;
    private final Descriptors descriptors;
    private final Shapes.Channels shape;
    private final float eps;

    NormalizationOps(OpBuilder op, Shapes.Channels shape, double eps) {
        this.op = op;
        this.descriptors = op.descriptors();
        this.shape = shape;
        this.eps = (float) eps;
    }

    /** By the statistics of x, which are outputs. */
    void training(Tensor x, @Nullable Tensor weight, @Nullable Tensor bias) {
        long source = descriptors.of(x);
        int flags = flags(weight, bias);
        long description = op.best(() -> forward(OpBuilder.FORWARD_TRAINING, source, flags));
        var y = op.outputLike(x);
        var mean = op.output(description, MEAN, "Mean", ElementType.F32, shape.c());
        var variance = op.output(description, VARIANCE, "Variance", ElementType.F32, shape.c());
        op.step(
                description,
                op.input(description, OpBuilder.SOURCE, x, source),
                channels(description, SCALE, weight),
                channels(description, SHIFT, bias),
                channels(description, MEAN, mean),
                channels(description, VARIANCE, variance),
                new DnnlOp.Argument(OpBuilder.DESTINATION, source, y));
    }

    /** By given statistics. */
    void inference(Tensor x, Tensor mean, Tensor variance, @Nullable Tensor weight, @Nullable Tensor bias) {
        long source = descriptors.of(x);
        int flags = flags(weight, bias) | GIVEN_STATISTICS;
        long description = op.best(() -> forward(OpBuilder.FORWARD_INFERENCE, source, flags));
        var y = op.outputLike(x);
        op.step(
                description,
                op.input(description, OpBuilder.SOURCE, x, source),
                channels(description, SCALE, weight),
                channels(description, SHIFT, bias),
                channels(description, MEAN, mean),
                channels(description, VARIANCE, variance),
                new DnnlOp.Argument(OpBuilder.DESTINATION, source, y));
    }

    void backward(
            Tensor dy,
            Tensor x,
            Tensor mean,
            Tensor variance,
            @Nullable Tensor weight,
            @Nullable Tensor dWeight,
            @Nullable Tensor dBias) {
        long source = descriptors.of(x);
        int flags = flags(weight, dBias);
        long hint = op.best(() -> forward(OpBuilder.FORWARD_TRAINING, source, flags));
        long description = op.keep(DnnlFunction.BATCH_NORM_BACKWARD.create(
                op.engine(), BACKWARD, source, source, source, eps, flags, hint, op.attributes(false)));
        var dx = op.outputLike(x);
        op.step(
                description,
                op.input(description, OpBuilder.SOURCE, x, source),
                op.input(description, OpBuilder.DIFF_DESTINATION, dy, descriptors.of(dy)),
                channels(description, SCALE, weight),
                channels(description, MEAN, mean),
                channels(description, VARIANCE, variance),
                channels(description, DIFF_SCALE, dWeight),
                channels(description, DIFF_SHIFT, dBias),
                new DnnlOp.Argument(OpBuilder.DIFF_SOURCE, source, dx));
    }

    private long forward(int kind, long source, int flags) {
        return op.keep(DnnlFunction.BATCH_NORM_FORWARD.tryCreate(
                op.engine(), kind, source, source, eps, flags, op.attributes(false)));
    }

    private static int flags(@Nullable Tensor weight, @Nullable Tensor bias) {
        return (weight == null ? 0 : WITH_SCALE) | (bias == null ? 0 : WITH_SHIFT);
    }

    /** A number for each channel: row-major, read and written where it is. */
    private static DnnlOp.@Nullable Argument channels(long description, int number, @Nullable Tensor tensor) {
        return tensor == null ? null : new DnnlOp.Argument(number, OpBuilder.argument(description, number), tensor);
    }
}
