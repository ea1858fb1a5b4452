package dev.nnd.runtime.kernel.onednn;

import dev.nnd.runtime.kernel.Shapes;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Builds a convolution of images that have channels last as the product of matrices that it is: [pixels, terms] by weights that lie as [terms,
 * channels of the result]. {@link ColumnProduct} fetches weights ahead, so it is the faster way where reading them is much of the work; what
 * happens to the sums is done in one more pass over the result, which is small then.
 */
final class PixelProduct {

    /** With fewer pixels it is no faster. */
    private static final long FEWEST_PIXELS = 48;

    /** Patches of the image stay in a processor's own cache, beside what else is used. */
    private static final long MOST_PATCH_BYTES = 1L << 20;

    private final OpBuilder op;
    private final Descriptors descriptors;
    private final Shapes.Convolution shape;

    PixelProduct(OpBuilder op, Shapes.Convolution shape) {
        this.op = op;
        this.descriptors = op.descriptors();
        this.shape = shape;
    }

    /** Whether it is the fast way here, on one thread, if weights are many for the results. */
    static boolean suits(Shapes.Convolution shape, long cache) {
        return possible(shape) && ColumnProduct.suits(pixels(shape), FEWEST_PIXELS, terms(shape), shape.o(), cache);
    }

    /** Whether an image is a matrix, or a small one can be made of it. */
    static boolean possible(Shapes.Convolution shape) {
        var window = shape.window();
        boolean inPatches = window.axes() == 2
                && window.dilation().get(1) == 1
                && pixels(shape) * terms(shape) * Float.BYTES <= MOST_PATCH_BYTES;
        return shape.groups() == 1 && (isMatrix(shape) || inPatches);
    }

    /** Whether all that happens to the sums is one pass, or none: a relu alone has no other operand to begin with. */
    static boolean possible(ConvolutionOps.Tail tail) {
        return !tail.relu() || tail.bias() != null || tail.scale() != null || tail.added() != null;
    }

    /** A kernel of one place that is moved by one, and nothing beside the image. */
    private static boolean isMatrix(Shapes.Convolution shape) {
        var window = shape.window();
        return all(1, window.kernel())
                && all(1, window.stride())
                && all(0, window.padBefore())
                && all(0, window.padAfter());
    }

    private static long terms(Shapes.Convolution shape) {
        return ImagePatches.terms(shape);
    }

    private static boolean all(int wanted, List<Integer> numbers) {
        return numbers.stream().allMatch(number -> number == wanted);
    }

    private static long pixels(Shapes.Convolution shape) {
        return Arrays.stream(shape.output()).reduce(1, Math::multiplyExact) / shape.o();
    }

    /** How weights [o, c, kernel...] lie: those of one term for all channels of the result side by side. */
    static long weights(Descriptors descriptors, Shapes.Convolution shape) {
        var kernel = shape.window().kernel();
        long[] dims = new long[shape.output().length];
        long[] strides = new long[dims.length];
        dims[0] = shape.o();
        dims[1] = shape.c();
        strides[0] = 1;
        strides[1] = ColumnProduct.stride(shape.o());
        long stride = strides[1] * shape.c();
        for (int axis = dims.length - 1; axis > 1; axis--) {
            dims[axis] = kernel.get(axis - 2);
            strides[axis] = stride;
            stride *= dims[axis];
        }
        return descriptors.strided(ElementType.F32, dims, strides);
    }

    /** Adds the steps, of an x with channels last and of weights in {@link #weights}'s order. */
    void forward(Tensor x, Tensor w, ConvolutionOps.Tail tail) {
        long images = descriptors.channelsLast(shape.output());
        var y = op.output(images);
        var rest = new ArrayList<Next>();
        if (tail.scale() != null || tail.added() != null || tail.relu()) {
            addPerChannel(rest, Attributes.ADD, tail.bias());
        }
        var bias = rest.isEmpty() ? tail.bias() : null;
        var rows = isMatrix(shape) ? x : op.rowsScratch(pixels(shape), terms(shape));
        if (rows != x) {
            op.loop(() -> new ImagePatches(x, rows, shape));
        }
        var operands = new ColumnProduct.Operands(rows, w, bias, false, y, pixels(shape), terms(shape), shape.o());
        op.loop(() -> new ColumnProduct(operands, op.team()));
        addPerChannel(rest, Attributes.MULTIPLY, tail.scale());
        addPerChannel(rest, Attributes.ADD, tail.shift());
        var added = tail.added();
        if (added != null) {
            rest.add(new Next(Attributes.ADD, op.input(OpBuilder.OTHER_OPERAND, images, added, descriptors.of(added))));
        }
        finish(y, images, rest, tail.relu());
    }

    /** What is done to the sums with another operand: {@link Attributes#ADD} or {@link Attributes#MULTIPLY}. */
    private record Next(int kind, DnnlOp.Argument operand) {}

    private void addPerChannel(List<Next> rest, int kind, @Nullable Tensor numbers) {
        if (numbers != null) {
            long[] dims = shape.output();
            Arrays.fill(dims, 1);
            dims[1] = shape.o();
            long descriptor = descriptors.plain(ElementType.F32, dims);
            rest.add(new Next(kind, new DnnlOp.Argument(OpBuilder.OTHER_OPERAND, descriptor, numbers)));
        }
    }

    /** All that is done to the sums, in one pass in place. */
    private void finish(Tensor y, long images, List<Next> rest, boolean relu) {
        if (rest.isEmpty()) {
            return;
        }
        var first = rest.getFirst();
        var behind = rest.subList(1, rest.size());
        var arguments = new ArrayList<DnnlOp.Argument>();
        arguments.add(new DnnlOp.Argument(OpBuilder.SOURCE, images, y));
        arguments.add(first.operand());
        for (int i = 0; i < behind.size(); i++) {
            var operand = behind.get(i).operand();
            arguments.add(new DnnlOp.Argument(OpBuilder.afterwards(i), operand.descriptor(), operand.tensor()));
        }
        arguments.add(new DnnlOp.Argument(OpBuilder.DESTINATION, images, y));
        long attributes = op.attributes(
                behind.stream()
                        .map(next ->
                                new Attributes.Next(next.kind(), next.operand().descriptor()))
                        .toList(),
                relu);
        long description = op.keep(DnnlFunction.BINARY.create(
                op.engine(), first.kind(), images, first.operand().descriptor(), images, attributes));
        op.step(description, arguments.toArray(DnnlOp.Argument[]::new));
    }
}
