package dev.nnd.benchmarks.libtorch;

import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** The layers that the networks are made of, with the weights' names of nnd. */
final class Layers {

    private static final long[] ONE = {1, 1};
    private static final TensorOptional NONE = new TensorOptional();

    private final Parameters weights;

    Layers(Parameters weights) {
        this.weights = weights;
    }

    Tensor conv(Tensor x, String name, long stride, long padding) {
        return torch.conv2d(
                x,
                weights.get(name + ".weight"),
                weights.has(name + ".bias") ? weights.optional(name + ".bias") : NONE,
                new long[] {stride, stride},
                new long[] {padding, padding},
                ONE,
                1);
    }

    Tensor dense(Tensor x, String name) {
        return torch.linear(x, weights.get(name + ".weight"), weights.optional(name + ".bias"));
    }

    Tensor embedding(Tensor index, String name) {
        return torch.embedding(weights.get(name + ".weight"), index);
    }

    Tensor layerNorm(Tensor x, String name, long width, double eps) {
        return torch.layer_norm(
                x,
                new long[] {width},
                weights.optional(name + ".weight"),
                weights.optional(name + ".bias"),
                eps,
                false);
    }

    /** All states of an LSTM. */
    Tensor lstm(Tensor x, String name, Tensor zero) {
        var parameters = new TensorVector(
                weights.get(name + ".weight_ih"),
                weights.get(name + ".weight_hh"),
                weights.get(name + ".bias_ih"),
                weights.get(name + ".bias_hh"));
        T_TensorTensorTensor_T result =
                torch.lstm(x, new TensorVector(zero, zero), parameters, true, 1, 0.0, true, false, true);
        return result.get0();
    }

    /** Self-attention, query, key and value made by one product as in PyTorch's MultiheadAttention. */
    Tensor attention(Tensor x, String name, Tensor mask, Shape shape) {
        TensorVector three = packed(x, name).chunk(3, -1);
        Tensor mixed = torch.scaled_dot_product_attention(
                shape.heads(three.get(0)),
                shape.heads(three.get(1)),
                shape.heads(three.get(2)),
                new TensorOptional(mask),
                0.0,
                false,
                new DoubleOptional(),
                false);
        return dense(mixed.transpose(1, 2).reshape(shape.batch(), shape.length(), shape.width()), name + ".project");
    }

    /** Query, key and value beside each other. */
    Tensor packed(Tensor x, String name) {
        return torch.linear(
                x,
                weights.joined(name + ".in.weight", parts(name, "weight")),
                weights.joinedOptional(name + ".in.bias", parts(name, "bias")));
    }

    private static String[] parts(String name, String kind) {
        return new String[] {name + ".query." + kind, name + ".key." + kind, name + ".value." + kind};
    }

    /** The sizes of a sequence of states. */
    record Shape(long batch, long length, long width, long heads) {

        Tensor heads(Tensor x) {
            return x.view(batch, length, heads, width / heads).transpose(1, 2);
        }
    }
}
