package dev.nnd.compiler.ir;

import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.List;

/** Shape rules of convolution, pooling and batch normalization. */
final class WindowShapes {

    private WindowShapes() {}

    static TensorType convolution(Op.Convolution op, Operands in) {
        in.floating(0);
        in.dtype(1, in.type(0).dtype());
        in.rank(0, op.window().axes() + 2);
        in.rank(1, op.window().axes() + 2);
        int channels = in.types().size() - (op.added() ? 1 : 0);
        for (int i = 2; i < in.types().size(); i++) {
            in.dtype(i, in.type(0).dtype());
        }
        for (int i = 2; i < channels; i++) {
            in.dims(i, List.of(in.type(1).dim(0)));
        }
        List<Dim> dims = convolved(in, op.window(), op.groups(), in.dims(0), in.dims(1));
        if (op.added()) {
            in.dims(channels, dims);
        }
        return in.type(0).withDims(dims);
    }

    static TensorType backwardData(Op.ConvolutionBackwardData op, Operands in) {
        in.floating(0);
        in.dtype(1, in.type(0).dtype());
        in.rank(1, op.window().axes() + 2);
        in.dims(0, convolved(in, op.window(), op.groups(), op.inputDims(), in.dims(1)));
        if (op.bias()) {
            in.dtype(2, in.type(0).dtype());
            in.dims(2, List.of(op.inputDims().get(1)));
        }
        return in.type(0).withDims(op.inputDims());
    }

    static List<TensorType> backwardWeights(Op.ConvolutionBackwardWeights op, Operands in) {
        in.floating(0);
        in.dtype(1, in.type(0).dtype());
        in.rank(1, op.window().axes() + 2);
        in.dims(0, convolved(in, op.window(), op.groups(), in.dims(1), op.weightDims()));
        TensorType weights = in.type(0).withDims(op.weightDims());
        return op.bias()
                ? List.of(weights, in.type(0).withDims(List.of(op.weightDims().getFirst())))
                : List.of(weights);
    }

    private static List<Dim> convolved(Operands in, Op.Window window, int groups, List<Dim> x, List<Dim> w) {
        int rank = window.axes() + 2;
        in.require(
                x.size() == rank && w.size() == rank,
                "takes input and weights of rank " + rank + ", has " + x + " and " + w);
        in.require(!window.ceil(), "a convolution is not rounded up");
        in.require(
                groups >= 1 && w.get(1).times(Dim.of(groups)).equals(x.get(1)),
                "the weights " + w + " don't fit the channels of " + x + " in " + groups + " groups");
        in.require(
                w.get(0).remainder(Dim.of(groups)).equals(Dim.ZERO)
                        || w.get(0).constant().isEmpty(),
                "the outputs of the weights " + w + " don't divide into " + groups + " groups");
        for (int axis = 0; axis < window.axes(); axis++) {
            in.require(
                    w.get(2 + axis).is(window.kernel().get(axis)), () -> "the weights " + w + " have another kernel");
        }
        return slide(in, window, x, w.get(0));
    }

    static List<TensorType> pool(Op.Pool op, Operands in) {
        in.number(0);
        in.require(
                op.function() == Op.PoolFunction.MAXIMUM || in.type(0).dtype().isFloat(), "a mean should be of floats");
        in.require(op.function() == Op.PoolFunction.MAXIMUM || !op.indices(), "only a maximum has indices");
        in.rank(0, op.window().axes() + 2);
        TensorType type = in.type(0)
                .withDims(slide(in, op.window(), in.dims(0), in.type(0).dim(1)));
        return op.indices() ? List.of(type, type.as(DType.I32)) : List.of(type);
    }

    static TensorType poolBackward(Op.PoolBackward op, Operands in) {
        in.floating(0);
        int rank = op.window().axes() + 2;
        in.require(op.inputDims().size() == rank, () -> "the input should have rank " + rank);
        List<Dim> pooled = slide(in, op.window(), op.inputDims(), op.inputDims().get(1));
        in.dims(0, pooled);
        if (op.function() == Op.PoolFunction.MAXIMUM) {
            in.dtype(1, DType.I32);
            in.dims(1, pooled);
        }
        return in.type(0).withDims(op.inputDims());
    }

    private static List<Dim> slide(Operands in, Op.Window window, List<Dim> x, Dim channels) {
        var dims = new ArrayList<>(List.of(x.get(0), channels));
        for (int axis = 0; axis < window.axes(); axis++) {
            Dim size = window.output(axis, x.get(2 + axis));
            in.require(size.constant().orElse(1) >= 1, () -> "the window is larger than the padded input " + x);
            dims.add(size);
        }
        return dims;
    }

    /** The operands from {@code first} on are one number for each channel of operand {@code x}. */
    private static void channels(Operands in, int x, int first) {
        in.floating(x);
        in.atLeast(x, 2);
        for (int i = first; i < in.types().size(); i++) {
            in.dtype(i, in.type(x).dtype());
            in.dims(i, List.of(in.type(x).dim(1)));
        }
    }

    static TensorType batchNorm(Operands in) {
        channels(in, 0, 1);
        return in.type(0);
    }

    static List<TensorType> batchNormTraining(Operands in) {
        channels(in, 0, 1);
        TensorType perChannel = in.type(0).withDims(List.of(in.type(0).dim(1)));
        return List.of(in.type(0), perChannel, perChannel);
    }

    static List<TensorType> batchNormBackward(Op.BatchNormBackward op, Operands in) {
        channels(in, 1, 2);
        in.dtype(0, in.type(1).dtype());
        in.dims(0, in.dims(1));
        TensorType perChannel = in.type(1).withDims(List.of(in.type(1).dim(1)));
        return op.affine() ? List.of(in.type(1), perChannel, perChannel) : List.of(in.type(1));
    }
}
