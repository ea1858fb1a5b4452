package dev.nnd.runtime.kernel.onednn;

import dev.nnd.runtime.kernel.Shapes;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Layout;
import dev.nnd.runtime.memory.Tensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Builds convolutions. Weights of a grouped one are [groups, o / groups, c / groups, kernel...] to oneDNN. */
final class ConvolutionOps {

    private static final int DIRECT = 1;
    /** Up to so many channels an input in row-major order is read as it is. */
    private static final int FEW_CHANNELS = 3;

    private final OpBuilder op;
    private final Descriptors descriptors;
    private final Shapes.Convolution shape;

    ConvolutionOps(OpBuilder op, Shapes.Convolution shape) {
        this.op = op;
        this.descriptors = op.descriptors();
        this.shape = shape;
    }

    /** What a convolution does to its sums: relu?((sum + bias) * scale + shift). */
    record Tail(
            @Nullable Tensor bias,
            @Nullable Tensor scale,
            @Nullable Tensor shift,
            boolean relu) {}

    void forward(Tensor x, Tensor given, Tail tail) {
        var bias = tail.bias();
        boolean fixed = given.decided();
        var w = fixed && foreign(given) ? op.plainCopy(given) : given;
        long attributes = attributes(tail);
        long biasDescriptor = bias == null ? 0 : descriptors.of(bias);
        // An implementation may choose where weights live; in other numbers than f32 if they are not trained.
        boolean predicts = narrow() && op.predicts(w);
        boolean choose = !fixed && (!narrow() || predicts);
        long source = descriptors.of(x);
        long anySource = operand(inputDims());
        long anyWeights = operand(weightDims());
        long weights = fixed && (!narrow() || !w.layout().exact()) ? weights(w) : anyWeights;
        boolean asItIs = !narrow() && (!x.plain() || shape.c() <= FEW_CHANNELS);
        long first = asItIs ? source : anySource;
        long description = op.best(
                () -> forward(first, weights, biasDescriptor, attributes),
                () -> forward(anySource, weights, biasDescriptor, attributes),
                () -> forward(anySource, anyWeights, biasDescriptor, attributes));
        if (choose) {
            w.decide(packed(description));
        } else if (predicts && w.layout().exact()) {
            w = op.site().copy(w, packed(description));
        }
        var y = op.output(description, OpBuilder.DESTINATION, "", ElementType.F32, shape.output());
        op.step(
                description,
                op.input(description, OpBuilder.SOURCE, x, source),
                op.input(description, OpBuilder.WEIGHTS, w, weights(w)),
                bias == null ? null : op.input(description, OpBuilder.BIAS, bias, biasDescriptor),
                perChannel(0, tail.scale()),
                perChannel(1, tail.shift()),
                new DnnlOp.Argument(OpBuilder.DESTINATION, OpBuilder.argument(description, OpBuilder.DESTINATION), y));
    }

    private Layout packed(long description) {
        long weights = OpBuilder.argument(description, OpBuilder.WEIGHTS);
        return narrow() ? NarrowLayout.of(weights) : DnnlLayout.of(weights);
    }

    private long attributes(Tail tail) {
        return tail.scale() == null
                ? op.attributes(tail.relu())
                : op.scalingAttributes(perChannel(), perChannel(), tail.relu());
    }

    /** [1, o, 1, ...]: a number for each channel of the result. */
    private long perChannel() {
        long[] dims = shape.output();
        Arrays.fill(dims, 1);
        dims[1] = shape.o();
        return descriptors.plain(ElementType.F32, dims);
    }

    private DnnlOp.@Nullable Argument perChannel(int position, @Nullable Tensor tensor) {
        return tensor == null ? null : new DnnlOp.Argument(OpBuilder.afterwards(position), perChannel(), tensor);
    }

    private long forward(long source, long weights, long bias, long attributes) {
        try (var arena = Arena.ofConfined()) {
            return op.keep(DnnlFunction.CONVOLUTION_FORWARD.tryCreate(
                    op.engine(),
                    OpBuilder.FORWARD_TRAINING,
                    DIRECT,
                    source,
                    weights,
                    bias,
                    any(shape.output()),
                    Geometry.strides(arena, shape.window()),
                    Geometry.dilations(arena, shape.window()),
                    Geometry.padBefore(arena, shape.window()),
                    Geometry.padAfter(arena, shape.window()),
                    attributes));
        }
    }

    /** oneDNN asks for a forward description beside a backward one; the shapes are what matters in it. */
    private long hint() {
        return forward(operand(inputDims()), operand(weightDims()), 0, op.attributes(false));
    }

    /** The gradient by x; for a transposed convolution, of which {@code likeX} has no layout yet, the forward op. */
    void backwardData(Tensor dy, Tensor given, @Nullable Tensor bias, Tensor likeX) {
        boolean free = !likeX.decided();
        boolean fixed = given.decided();
        var w = fixed && foreign(given) ? op.plainCopy(given) : given;
        long hint = hint();
        long attributes = op.attributes(false);
        boolean choose = !fixed && !narrow();
        long anyInput = any(inputDims());
        long anyWeights = operand(weightDims());
        long anyOutput = operand(shape.output());
        long target = free ? anyInput : descriptors.of(likeX);
        long weights = fixed && !narrow() ? weights(w) : anyWeights;
        long gradient = descriptors.of(dy);
        long first = narrow() ? anyOutput : gradient;
        long description = op.best(
                () -> backwardData(target, weights, first, hint, attributes),
                () -> backwardData(target, anyWeights, first, hint, attributes),
                () -> backwardData(target, anyWeights, anyOutput, hint, attributes),
                () -> backwardData(anyInput, anyWeights, anyOutput, hint, attributes));
        if (choose) {
            OpBuilder.decide(w, description, OpBuilder.WEIGHTS);
        }
        if (free) {
            OpBuilder.decide(likeX, description, OpBuilder.DIFF_SOURCE);
        }
        long made = descriptors.of(likeX);
        var dx = op.outputLike(likeX);
        var result = op.result(description, OpBuilder.DIFF_SOURCE, dx, made);
        op.step(
                description,
                op.input(description, OpBuilder.DIFF_DESTINATION, dy, gradient),
                op.input(description, OpBuilder.WEIGHTS, w, weights(w)),
                result);
        op.finish(result, dx, made);
        if (bias != null) {
            add(bias, dx, made);
        }
    }

    /** Adds a number for each channel in place. */
    private void add(Tensor bias, Tensor to, long descriptor) {
        long[] dims = shape.input();
        Arrays.fill(dims, 1);
        dims[1] = shape.c();
        long channels = descriptors.plain(ElementType.F32, dims);
        long sum = op.keep(DnnlFunction.BINARY.create(
                op.engine(), OpBuilder.ADD, descriptor, channels, descriptor, op.attributes(false)));
        op.step(
                sum,
                new DnnlOp.Argument(OpBuilder.SOURCE, descriptor, to),
                new DnnlOp.Argument(OpBuilder.OTHER_OPERAND, channels, bias),
                new DnnlOp.Argument(OpBuilder.DESTINATION, descriptor, to));
    }

    private long backwardData(long target, long weights, long gradient, long hint, long attributes) {
        try (var arena = Arena.ofConfined()) {
            return op.keep(DnnlFunction.CONVOLUTION_BACKWARD_DATA.tryCreate(
                    op.engine(),
                    DIRECT,
                    target,
                    weights,
                    gradient,
                    Geometry.strides(arena, shape.window()),
                    Geometry.dilations(arena, shape.window()),
                    Geometry.padBefore(arena, shape.window()),
                    Geometry.padAfter(arena, shape.window()),
                    hint,
                    attributes));
        }
    }

    void backwardWeights(Tensor dy, Tensor x, Tensor given, @Nullable Tensor db) {
        var dw = foreign(given) ? op.plainScratch(given) : given;
        long hint = hint();
        long attributes = op.attributes(false);
        long anyInput = operand(inputDims());
        long anyWeights = any(weightDims());
        long anyOutput = operand(shape.output());
        long source = descriptors.of(x);
        long target = weights(dw);
        long gradient = descriptors.of(dy);
        long bias = db == null ? 0 : descriptors.of(db);
        boolean asItIs = !narrow() && (!x.plain() || shape.c() <= FEW_CHANNELS);
        long left = narrow() ? anyInput : source;
        long right = narrow() ? anyOutput : gradient;
        long description = op.best(
                () -> backwardWeights(asItIs ? source : anyInput, target, bias, right, hint, attributes),
                () -> backwardWeights(left, anyWeights, bias, right, hint, attributes),
                () -> backwardWeights(anyInput, anyWeights, bias, right, hint, attributes),
                () -> backwardWeights(anyInput, anyWeights, bias, anyOutput, hint, attributes));
        var result = op.result(description, OpBuilder.DIFF_WEIGHTS, dw, target);
        op.step(
                description,
                op.input(description, OpBuilder.DIFF_DESTINATION, dy, gradient),
                op.input(description, OpBuilder.SOURCE, x, source),
                result,
                db == null ? null : op.result(description, OpBuilder.DIFF_BIAS, db, bias));
        op.finish(result, dw, target);
        if (foreign(given)) {
            op.fromPlain(dw, given);
        }
    }

    private long backwardWeights(long source, long target, long bias, long gradient, long hint, long attributes) {
        try (var arena = Arena.ofConfined()) {
            return op.keep(DnnlFunction.CONVOLUTION_BACKWARD_WEIGHTS.tryCreate(
                    op.engine(),
                    DIRECT,
                    source,
                    target,
                    bias,
                    gradient,
                    Geometry.strides(arena, shape.window()),
                    Geometry.dilations(arena, shape.window()),
                    Geometry.padBefore(arena, shape.window()),
                    Geometry.padAfter(arena, shape.window()),
                    hint,
                    attributes));
        }
    }

    /** Whether weights lie in a layout that another kind of op, or another grouping, has chosen for them. */
    private boolean foreign(Tensor w) {
        boolean own = w.layout() instanceof NativeLayout layout && Arrays.equals(layout.dims(), weightDims());
        return !w.plain() && !own;
    }

    /** In which numbers it is computed: a sum has a term for each channel of a group and each place of the kernel. */
    private ElementType type() {
        return op.operands(shape.c() / shape.groups());
    }

    private boolean narrow() {
        return type() != ElementType.F32;
    }

    /** Something that is multiplied, in whatever layout is best. */
    private long operand(long[] dims) {
        return descriptors.any(type(), dims);
    }

    private long any(long[] dims) {
        return descriptors.any(ElementType.F32, dims);
    }

    private long weights(Tensor w) {
        return descriptors.of(w.layout(), w.type(), weightDims());
    }

    private long[] inputDims() {
        return shape.input();
    }

    private long[] weightDims() {
        long groups = shape.groups();
        var dims = new ArrayList<Long>();
        if (groups > 1) {
            dims.add(groups);
        }
        dims.add(shape.o() / groups);
        dims.add(shape.c() / groups);
        shape.window().kernel().forEach(k -> dims.add((long) k));
        return dims.stream().mapToLong(Long::longValue).toArray();
    }
}
