package dev.nnd.runtime.kernel.onednn;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.nnd.runtime.kernel.NativeMemory;
import dev.nnd.runtime.kernel.Shapes;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Layout;
import dev.nnd.runtime.memory.Tensor;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/**
 * Builds a convolution with the weights of a model in eight bits: each output's weights get the scale max|w| / 127, each image
 * gets those of {@link ByteImages}; the sums of products are exact. Images are computed one by one, so the numbers of one
 * don't depend on those beside it.
 */
record ByteConvolution(OpBuilder op, Shapes.Convolution shape) {

    private static final int DIRECT = 1;
    private static final int SCALES = 4096;
    private static final int ZERO_POINTS = 8192;
    /** A sum of so many products of bytes may not fit into an integer any more. */
    private static final long MOST_TERMS = Integer.MAX_VALUE / (255 * 127);
    /** With fewer products for each number of an image it costs more to round it than bytes save. */
    private static final double FEWEST_PRODUCTS = 32;

    /** Whether a convolution with these weights is made in eight bits, if the machine has a fast kernel for it. */
    static boolean wanted(OpBuilder op, Shapes.Convolution shape, Tensor weights) {
        double places = 1;
        for (int axis = 0; axis < shape.window().axes(); axis++) {
            places *= (double) shape.output()[axis + 2] / shape.input()[axis + 2];
        }
        long terms = weights.elements() / shape.o();
        double products = places * weights.elements() / shape.c();
        boolean already = weights.decided() && weights.layout() instanceof ByteFilters;
        return shape.groups() == 1
                && op.quantizes(Math.min(shape.c(), shape.o()))
                && terms <= MOST_TERMS
                && (already || products >= FEWEST_PRODUCTS)
                && op.predicts(weights);
    }

    /** False if there is no fast kernel; nothing is made then. */
    boolean forward(Tensor x, Tensor weights, ConvolutionOps.Tail tail) {
        boolean biased = tail.bias() != null || tail.scale() != null;
        var home = weights.decided() && weights.layout() instanceof ByteFilters filters ? filters : null;
        long known = home == null ? 0 : description(op.descriptor(home.form()), biased, tail);
        long any = op.descriptors().anySignedBytes(weights.dims());
        long description = known != 0 ? known : description(any, biased, tail);
        if (description == 0) {
            return false;
        }
        var layout =
                home != null && known != 0 ? home : ByteFilters.of(OpBuilder.argument(description, OpBuilder.WEIGHTS));
        step(description, ByteImages.of(op, x), placed(weights, layout), layout, tail);
        return true;
    }

    /** Of one image. */
    private long description(long weights, boolean biased, ConvolutionOps.Tail tail) {
        var descriptors = op.descriptors();
        long added = tail.added() == null ? 0 : descriptors.channelsLast(one(shape.output()));
        long attributes = op.attributes(0, 0, added, tail.relu());
        DnnlFunction.SET_SCALES_MASK.call(attributes, OpBuilder.SOURCE, 0);
        DnnlFunction.SET_SCALES_MASK.call(attributes, OpBuilder.WEIGHTS, 1);
        DnnlFunction.SET_ZERO_POINTS_MASK.call(attributes, OpBuilder.SOURCE, 0);
        var window = shape.window();
        try (var arena = Arena.ofConfined()) {
            return op.fast(DnnlFunction.CONVOLUTION_FORWARD.tryCreate(
                    op.engine(),
                    OpBuilder.FORWARD_INFERENCE,
                    DIRECT,
                    descriptors.channelsLast(ElementType.U8, one(shape.input())),
                    weights,
                    biased ? descriptors.plain(ElementType.F32, shape.o()) : 0L,
                    descriptors.channelsLast(one(shape.output())),
                    Geometry.strides(arena, window),
                    Geometry.dilations(arena, window),
                    Geometry.padBefore(arena, window),
                    Geometry.padAfter(arena, window),
                    attributes));
        }
    }

    private static long[] one(long[] dims) {
        var image = dims.clone();
        image[0] = 1;
        return image;
    }

    /** Weights in the order of the kernel: at home, if they have none yet, or as a copy that all programs share. */
    private Tensor placed(Tensor weights, ByteFilters layout) {
        if (!weights.decided()) {
            weights.decide(layout);
        }
        return layout.equals(weights.layout()) ? weights : op.site().copy(weights, layout);
    }

    private void step(long description, ByteImages x, Tensor w, ByteFilters layout, ConvolutionOps.Tail tail) {
        var y = op.output(op.descriptors().channelsLast(shape.output()));
        long number = op.descriptors().plain(ElementType.F32, 1);
        long whole = op.descriptors().plain(ElementType.I32, 1);
        long each = op.descriptors().plain(ElementType.F32, shape.o());
        long input = x.bytes().elements() / shape.n();
        long output = y.elements() / shape.n() * Float.BYTES;
        var factors = new DnnlOp.Argument(SCALES | OpBuilder.WEIGHTS, each, w, layout.scalesAt(), 0);
        var bias = tail.bias();
        if (tail.scale() != null) {
            var site = op.site();
            var scaled = site.scratch("factors", ElementType.F32, Layout.rowMajor(shape.o()), shape.o());
            var added = site.scratch("added", ElementType.F32, Layout.rowMajor(shape.o()), shape.o());
            op.loop(() -> new Scale(tail, w, layout.scalesAt(), scaled, added));
            factors = new DnnlOp.Argument(SCALES | OpBuilder.WEIGHTS, each, scaled);
            bias = added;
        }
        op.repeated(
                description,
                shape.n(),
                new DnnlOp.Argument(
                        OpBuilder.SOURCE, OpBuilder.argument(description, OpBuilder.SOURCE), x.bytes(), 0, input),
                new DnnlOp.Argument(OpBuilder.WEIGHTS, OpBuilder.argument(description, OpBuilder.WEIGHTS), w),
                bias == null ? null : new DnnlOp.Argument(OpBuilder.BIAS, each, bias),
                new DnnlOp.Argument(SCALES | OpBuilder.SOURCE, number, x.scales(), 0, Float.BYTES),
                factors,
                new DnnlOp.Argument(ZERO_POINTS | OpBuilder.SOURCE, whole, x.zeros(), 0, Integer.BYTES),
                added(tail.added(), output),
                new DnnlOp.Argument(
                        OpBuilder.DESTINATION, OpBuilder.argument(description, OpBuilder.DESTINATION), y, 0, output));
    }

    /** What is added to each number of the result, image by image, with channels last as these. */
    private DnnlOp.@Nullable Argument added(@Nullable Tensor added, long bytesOfAnImage) {
        if (added == null) {
            return null;
        }
        var descriptors = op.descriptors();
        int number = OpBuilder.afterwards(0);
        var images = op.input(number, descriptors.channelsLast(shape.output()), added, descriptors.of(added));
        long image = descriptors.channelsLast(one(shape.output()));
        return new DnnlOp.Argument(number, image, images.tensor(), 0, bytesOfAnImage);
    }

    /** (sum + bias) scale + shift as sum (scale of the weights scale) + (bias scale + shift). */
    private static final class Scale implements Runnable {

        private final long count;
        private final long weightScales;
        private final long scale;
        private final long shift;
        private final long bias;
        private final long scaled;
        private final long added;

        Scale(ConvolutionOps.Tail tail, Tensor weights, long scalesAt, Tensor scaled, Tensor added) {
            count = scaled.elements();
            weightScales = NativeMemory.address(weights.segment(), weights.storedBytes()) + scalesAt;
            scale = at(tail.scale());
            shift = at(tail.shift());
            bias = at(tail.bias());
            this.scaled = at(scaled);
            this.added = at(added);
        }

        private long at(@Nullable Tensor tensor) {
            return tensor == null ? 0 : NativeMemory.address(tensor.segment(), count * Float.BYTES);
        }

        private static float number(long from, long at) {
            return from == 0 ? 0 : ByteKernels.MEMORY.get(JAVA_FLOAT, from + at);
        }

        @Override
        public void run() {
            for (long at = 0; at < count * Float.BYTES; at += Float.BYTES) {
                float factor = number(scale, at);
                ByteKernels.MEMORY.set(JAVA_FLOAT, scaled + at, number(weightScales, at) * factor);
                ByteKernels.MEMORY.set(JAVA_FLOAT, added + at, number(bias, at) * factor + number(shift, at));
            }
        }
    }
}
