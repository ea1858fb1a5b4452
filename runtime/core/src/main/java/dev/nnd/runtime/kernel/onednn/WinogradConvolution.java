package dev.nnd.runtime.kernel.onednn;

import dev.nnd.runtime.foreign.NativeCalls;
import dev.nnd.runtime.kernel.Shapes;
import dev.nnd.runtime.memory.Tensor;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Builds a convolution with kernels of 3 by 3 that are moved by one as F(2x2, 3x3) of A. Lavin and S. Gray, "Fast algorithms for convolutional neural networks"
 * (2015), after S. Winograd: 16 products for 2 by 2 numbers of the result instead of 36. Images stay as they lie, channels last or in blocks of
 * them. Results differ from the sums' of the definition by a few roundings; where an image has infinite numbers they may be NaN. For weights that nobody
 * trains, of which it has a copy of 16/9 of their size.
 */
final class WinogradConvolution {

    private static final long FEWEST_CHANNELS = 64;
    private static final int LEAST_LANES = 8;

    /** Of weights for each number of the result: the copies must not be most of a model's memory. */
    private static final long MOST_WEIGHTS = 16;

    /** Elsewhere the products' function is not made for the machine, or can't be called. */
    private static final boolean POSSIBLE = NativeCalls.FLOATS
            && WinogradKernels.INSTANCE.lanes() >= LEAST_LANES
            && Set.of("amd64", "x86_64").contains(System.getProperty("os.arch").toLowerCase(Locale.ROOT));

    private final OpBuilder op;
    private final Descriptors descriptors;
    private final Shapes.Convolution shape;

    WinogradConvolution(OpBuilder op, Shapes.Convolution shape) {
        this.op = op;
        this.descriptors = op.descriptors();
        this.shape = shape;
    }

    /** Whether it is the fast way. */
    static boolean suits(Shapes.Convolution shape) {
        var window = shape.window();
        if (!POSSIBLE || window.axes() != 2 || shape.groups() != 1) {
            return false;
        }
        boolean fits = window.kernel().stream().allMatch(size -> size == 3)
                && window.stride().stream().allMatch(step -> step == 1)
                && window.dilation().stream().allMatch(step -> step == 1);
        long pixels = shape.out()[0] * shape.out()[1];
        long tiles = shape.n() * Math.ceilDiv(shape.out()[0], 2) * Math.ceilDiv(shape.out()[1], 2);
        return fits
                && Math.min(shape.c(), shape.o()) >= FEWEST_CHANNELS
                && tiles >= WinogradBlocks.FEWEST_TILES
                && 9 * shape.c() <= MOST_WEIGHTS * pixels * shape.n();
    }

    /** Adds the steps; false if images don't lie so that whole vectors are channels of one pixel, and nothing is added then. */
    boolean forward(Tensor x, long images, Tensor weights, ConvolutionOps.Tail tail, long likeY) {
        var from = ImageOrder.of(images);
        var to = ImageOrder.of(likeY);
        if (from == null || to == null) {
            return false;
        }
        var blocks = WinogradBlocks.of(shape, op.team().threads(), OwnCache.BYTES);
        var layout = new WinogradWeights(shape.o(), shape.c());
        var w = op.site().copy(weights, layout);
        var source = op.input(OpBuilder.SOURCE, images, x, descriptors.of(x)).tensor();
        var y = op.output(likeY);
        var added = tail.added();
        var other = added == null
                ? null
                : op.input(OpBuilder.OTHER_OPERAND, likeY, added, descriptors.of(added))
                        .tensor();
        var operands = new WinogradTiles.Operands(source, from, w, layout, tail, other, y, to);
        var scratch = op.site()
                .scratchBytes(
                        "tiles",
                        WinogradTiles.scratchBytes(blocks, shape, op.team().threads()));
        // Begun now, it has most of its time while the rest of the network is bound.
        var warmUp = KernelWarmUp.ofWinograd();
        op.loop(() -> new WinogradTiles(shape, blocks, operands, scratch, op.team(), warmUp));
        return true;
    }

    /**
     * How images lie, in bytes.
     *
     * @param image from one to the next
     * @param block from one block of channels to the next
     * @param channels of a block
     * @param line from one line of an image to the next
     * @param pixel from one pixel to the next
     */
    record ImageOrder(long image, long block, long channels, long line, long pixel) {

        /** Of a descriptor; null if channels of a pixel don't lie side by side in whole vectors. */
        static @Nullable ImageOrder of(long descriptor) {
            if (!Descriptors.blocked(descriptor)) {
                return null;
            }
            var order = Descriptors.blocking(descriptor);
            long c = order.dims()[1];
            boolean blocks = order.innerBlocks().length == 1 && order.innerAxes()[0] == 1;
            boolean last = order.innerBlocks().length == 0 && order.strides()[1] == 1;
            long channels = blocks ? order.innerBlocks()[0] : c;
            if (!(blocks || last) || c % channels != 0 || channels % WinogradKernels.INSTANCE.lanes() != 0) {
                return null;
            }
            long[] strides = order.strides();
            return new ImageOrder(
                    strides[0] * Float.BYTES,
                    blocks ? strides[1] * Float.BYTES : 0,
                    channels,
                    strides[2] * Float.BYTES,
                    strides[3] * Float.BYTES);
        }

        /** Where a channel of the first pixel is, behind the image's beginning. */
        long channel(long c) {
            return c / channels * block + c % channels * Float.BYTES;
        }
    }
}
