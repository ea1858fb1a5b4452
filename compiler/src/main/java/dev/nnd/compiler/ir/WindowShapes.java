package dev.nnd.compiler.ir;

import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import java.util.List;

/** Shape rules of convolution and pooling. */
final class WindowShapes {

    private WindowShapes() {}

    static TensorType convolution(Op.Convolution2d op, Operands in) {
        in.floating(0);
        in.dtype(1, in.type(0).dtype());
        in.rank(0, 4);
        in.rank(1, 4);
        if (op.bias()) {
            in.dtype(2, in.type(0).dtype());
            in.dims(2, List.of(in.type(1).dim(0)));
        }
        return in.type(0).withDims(convolved(in, op.window(), op.groups(), in.dims(0), in.dims(1)));
    }

    static TensorType backwardData(Op.Convolution2dBackwardData op, Operands in) {
        in.floating(0);
        in.dtype(1, in.type(0).dtype());
        in.rank(1, 4);
        in.dims(0, convolved(in, op.window(), op.groups(), op.inputDims(), in.dims(1)));
        return in.type(0).withDims(op.inputDims());
    }

    static List<TensorType> backwardWeights(Op.Convolution2dBackwardWeights op, Operands in) {
        in.floating(0);
        in.dtype(1, in.type(0).dtype());
        in.rank(1, 4);
        in.dims(0, convolved(in, op.window(), op.groups(), in.dims(1), op.weightDims()));
        TensorType weights = in.type(0).withDims(op.weightDims());
        return op.bias()
                ? List.of(weights, in.type(0).withDims(List.of(op.weightDims().getFirst())))
                : List.of(weights);
    }

    private static List<Dim> convolved(Operands in, Op.Window window, int groups, List<Dim> x, List<Dim> w) {
        in.require(x.size() == 4 && w.size() == 4, "takes input and weights of rank 4, has " + x + " and " + w);
        in.require(
                groups >= 1 && w.get(1).times(Dim.of(groups)).equals(x.get(1)),
                "the weights " + w + " don't fit the channels of " + x + " in " + groups + " groups");
        in.require(
                w.get(0).remainder(Dim.of(groups)).equals(Dim.ZERO)
                        || w.get(0).constant().isEmpty(),
                "the outputs of the weights " + w + " don't divide into " + groups + " groups");
        in.require(
                w.get(2).is(window.kernelHeight()) && w.get(3).is(window.kernelWidth()),
                "the weights " + w + " have another kernel");
        return slide(in, window, x, w.get(0));
    }

    static List<TensorType> maxPool(Op.MaxPool2d op, Operands in) {
        in.number(0);
        in.rank(0, 4);
        TensorType type = in.type(0)
                .withDims(slide(in, op.window(), in.dims(0), in.type(0).dim(1)));
        return op.indices() ? List.of(type, type.as(DType.I32)) : List.of(type);
    }

    static TensorType maxPoolBackward(Op.MaxPool2dBackward op, Operands in) {
        in.floating(0);
        in.dtype(1, DType.I32);
        in.require(op.inputDims().size() == 4, "the input should have rank 4");
        List<Dim> pooled = slide(in, op.window(), op.inputDims(), op.inputDims().get(1));
        in.dims(0, pooled);
        in.dims(1, pooled);
        return in.type(0).withDims(op.inputDims());
    }

    private static List<Dim> slide(Operands in, Op.Window window, List<Dim> x, Dim channels) {
        Dim height = window.outputHeight(x.get(2));
        Dim width = window.outputWidth(x.get(3));
        in.require(
                height.constant().orElse(1) >= 1 && width.constant().orElse(1) >= 1,
                "the window is larger than the padded input " + x);
        return List.of(x.get(0), channels, height, width);
    }
}
