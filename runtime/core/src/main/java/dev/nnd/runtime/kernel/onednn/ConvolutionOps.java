package dev.nnd.runtime.kernel.onednn;

import dev.nnd.runtime.foreign.NativeCalls;
import dev.nnd.runtime.kernel.Shapes;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Layout;
import dev.nnd.runtime.memory.Tensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Builds convolutions. Weights of a grouped one are [groups, o / groups, c / groups, kernel...] to oneDNN. */
final class ConvolutionOps {

    private static final int DIRECT = 1;
    /** Up to so many channels an input in row-major order is read as it is. */
    private static final int FEW_CHANNELS = 3;
    /** Weights that are copied for each number of a result. */
    private static final int MOST_COPIED = 2;
    /** With a smaller share of the kernel's places in the image, those beside it are worth leaving out. */
    private static final double FEWEST_INSIDE = 0.92;

    private final OpBuilder op;
    private final Descriptors descriptors;
    private final Shapes.Convolution shape;

    ConvolutionOps(OpBuilder op, Shapes.Convolution shape) {
        this.op = op;
        this.descriptors = op.descriptors();
        this.shape = shape;
    }

    /** What a convolution does to its sums: relu?((sum + bias) * scale + shift + added). */
    record Tail(
            @Nullable Tensor bias,
            @Nullable Tensor scale,
            @Nullable Tensor shift,
            @Nullable Tensor added,
            boolean relu) {}

    void forward(Tensor x, Tensor given, Tail tail) {
        if (ByteConvolution.wanted(op, shape, given) && new ByteConvolution(op, shape).forward(x, given, tail)) {
            return;
        }
        if (byTiles(x, given, tail)) {
            return;
        }
        if (inColumns(x, given, tail)) {
            new PixelProduct(op, shape).forward(x, given, tail);
            return;
        }
        if (!foldable(given, tail) || !forwardFolded(x, given, tail)) {
            forwardAsGiven(x, given, tail);
        }
    }

    /** False if that is not the fast way; nothing is made then. The result lies as oneDNN would have it for such an image. */
    private boolean byTiles(Tensor x, Tensor w, Tail tail) {
        if (narrow() || !op.inference() || !op.predicts(w) || !WinogradConvolution.suits(shape)) {
            return false;
        }
        boolean last = x.plain() || manyBesideImage();
        long source = last ? descriptors.channelsLast(inputDims()) : descriptors.of(x);
        long result = last ? descriptors.channelsLast(shape.output()) : 0;
        if (!last) {
            long description = forward(source, any(weightDims()), 0, op.attributes(false));
            result = description == 0 ? 0 : OpBuilder.argument(description, OpBuilder.DESTINATION);
        }
        return result != 0 && new WinogradConvolution(op, shape).forward(x, source, w, tail, result);
    }

    /**
     * Whether weights lie for a product of matrices; this convolution chooses that for weights without a home if it is the
     * fast way.
     */
    private boolean inColumns(Tensor x, Tensor w, Tail tail) {
        if (op.team().threads() != 1
                || !NativeCalls.FLOATS
                || !PixelProduct.possible(shape)
                || !PixelProduct.possible(tail)
                || !keepsChannelsLast(x, w)) {
            return false;
        }
        long columns = PixelProduct.weights(descriptors, shape);
        if (!w.decided() && op.predicts(w) && PixelProduct.suits(shape, OwnCache.BYTES)) {
            w.decide(DnnlLayout.of(columns));
        }
        return w.decided() && !foreign(w) && Descriptors.same(weights(w), columns);
    }

    /**
     * Whether it pays to scale the weights instead of the sums, in a copy of them: a product and a sum for each result cost as
     * much as many multiplications, but the copies must not double a model's memory.
     */
    private boolean foldable(Tensor given, Tail tail) {
        return tail.scale() != null
                && tail.bias() == null
                && !narrow()
                && shape.groups() == 1
                && op.predicts(given)
                && !(given.decided() && foreign(given))
                && !manyFor(given);
    }

    /** False if the weights lie in an order in which they can't be scaled; nothing is made then. */
    private boolean forwardFolded(Tensor x, Tensor w, Tail tail) {
        var folded = new Tail(tail.shift(), null, null, tail.added(), tail.relu());
        long description = describe(x, w, folded).description();
        long wanted = OpBuilder.argument(description, OpBuilder.WEIGHTS);
        var order = Descriptors.same(wanted, weights(w)) ? ScaledWeights.order(Descriptors.blocking(wanted)) : null;
        if (order == null) {
            return false;
        }
        step(description, x, folded, op.scaled(description, w, Objects.requireNonNull(tail.scale()), order));
        return true;
    }

    private void forwardAsGiven(Tensor x, Tensor given, Tail tail) {
        var w = given.decided() && foreign(given) ? op.plainCopy(given) : given;
        var described = describe(x, w, tail);
        long description = described.description();
        step(description, x, tail, op.input(description, OpBuilder.WEIGHTS, described.w(), weights(described.w())));
    }

    private void step(long description, Tensor x, Tail tail, DnnlOp.Argument w) {
        var bias = tail.bias();
        var y = op.output(description, OpBuilder.DESTINATION, "", ElementType.F32, shape.output());
        op.step(
                description,
                op.input(description, OpBuilder.SOURCE, x, descriptors.of(x)),
                w,
                bias == null ? null : op.input(description, OpBuilder.BIAS, bias, descriptors.of(bias)),
                perChannel(0, tail.scale()),
                perChannel(1, tail.shift()),
                added(description, tail),
                new DnnlOp.Argument(OpBuilder.DESTINATION, OpBuilder.argument(description, OpBuilder.DESTINATION), y));
    }

    /** An implementation, and the weights that it reads: those that there are, or a copy in other numbers. */
    private record Described(long description, Tensor w) {}

    /** The best implementation; it chooses where weights live that live nowhere yet. */
    private Described describe(Tensor x, Tensor w, Tail tail) {
        boolean fixed = w.decided();
        long attributes = attributes(tail);
        var bias = tail.bias();
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
        boolean last = manyBesideImage() || keepsChannelsLast(x, w);
        long found = last ? channelsLast(weights, biasDescriptor, attributes) : 0;
        long description = found != 0
                ? found
                : op.best(
                        () -> forward(first, weights, biasDescriptor, attributes),
                        () -> forward(anySource, weights, biasDescriptor, attributes),
                        () -> forward(anySource, anyWeights, biasDescriptor, attributes));
        if (choose) {
            w.decide(packed(description));
        } else if (predicts && w.layout().exact()) {
            return new Described(description, op.site().copy(w, packed(description)));
        }
        return new Described(description, w);
    }

    /**
     * Whether so many places of the kernel lie beside a small image that an implementation gains which leaves them out: it has
     * channels last. Images are small then, and copies of them cost little.
     */
    private boolean manyBesideImage() {
        if (!mayHaveChannelsLast()) {
            return false;
        }
        double inside = 1;
        var window = shape.window();
        for (int axis = 0; axis < window.axes(); axis++) {
            inside *= Geometry.inside(window, axis, inputDims()[axis + 2], shape.output()[axis + 2]);
        }
        return inside < FEWEST_INSIDE;
    }

    /**
     * Whether an image has channels last and its result should, too. If the result may lie anyhow, oneDNN takes an
     * implementation for blocks of channels, which is slower where weights are many for the results. Where they are fewer
     * both are equal, but only blocks let weights be scaled.
     */
    private boolean keepsChannelsLast(Tensor x, Tensor w) {
        return mayHaveChannelsLast()
                && !x.plain()
                && manyFor(w)
                && Descriptors.same(descriptors.of(x), descriptors.channelsLast(inputDims()));
    }

    /** Whether weights are many for the results: reading them is much of the work, and copies of them would not pay. */
    private boolean manyFor(Tensor w) {
        return w.elements() > MOST_COPIED * product(shape.output());
    }

    private boolean mayHaveChannelsLast() {
        return !narrow() && op.inference() && shape.groups() == 1 && shape.c() > FEW_CHANNELS;
    }

    /** A description with channels last, or 0. */
    private long channelsLast(long weights, long bias, long attributes) {
        long source = descriptors.channelsLast(inputDims());
        long target = descriptors.channelsLast(shape.output());
        long description = forward(source, weights, bias, target, attributes);
        return description != 0 && Implementation.name(description).startsWith("brg") ? description : 0;
    }

    private static long product(long[] dims) {
        return Arrays.stream(dims).reduce(1, Math::multiplyExact);
    }

    private Layout packed(long description) {
        long weights = OpBuilder.argument(description, OpBuilder.WEIGHTS);
        return narrow() ? NarrowLayout.of(weights) : DnnlLayout.of(weights);
    }

    private long attributes(Tail tail) {
        long scale = tail.scale() == null ? 0 : perChannel();
        return op.attributes(scale, scale, tail.added() == null ? 0 : any(shape.output()), tail.relu());
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

    /** What is added to each number of the result, in the order of the result. */
    private DnnlOp.@Nullable Argument added(long description, Tail tail) {
        var added = tail.added();
        if (added == null) {
            return null;
        }
        int number = OpBuilder.afterwards(tail.scale() == null ? 0 : 2);
        return op.input(number, OpBuilder.argument(description, OpBuilder.DESTINATION), added, descriptors.of(added));
    }

    private long forward(long source, long weights, long bias, long attributes) {
        return forward(source, weights, bias, any(shape.output()), attributes);
    }

    private long forward(long source, long weights, long bias, long target, long attributes) {
        try (var arena = Arena.ofConfined()) {
            return op.keep(DnnlFunction.CONVOLUTION_FORWARD.tryCreate(
                    op.engine(),
                    OpBuilder.FORWARD_TRAINING,
                    DIRECT,
                    source,
                    weights,
                    bias,
                    target,
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
                op.engine(), Attributes.ADD, descriptor, channels, descriptor, op.attributes(false)));
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
