package dev.nnd.benchmarks.libtorch;

import dev.nnd.benchmarks.libtorch.Layers.Shape;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The networks' forward halves. */
final class TorchNetworks {

    private static final double EPS = 1e-12;

    private final Layers layers;
    private final boolean training;

    TorchNetworks(Layers layers, boolean training) {
        this.layers = layers;
        this.training = training;
    }

    private Tensor relu(Tensor x) {
        return training ? torch.relu(x) : torch.relu_(x);
    }

    /** In the order of channels, rows, columns: what the dense layer's weights go by. */
    private static Tensor flatten(Tensor x) {
        return x.contiguous().flatten(1, -1);
    }

    private Tensor pooled(Tensor x) {
        return torch.max_pool2d(relu(x), 2, 2);
    }

    Tensor mnist(Tensor image) {
        return layers.dense(flatten(relu(layers.conv(image, "conv2d", 1, 0))), "dense");
    }

    Tensor lenet(Tensor image) {
        Tensor x = pooled(layers.conv(image, "conv2d", 1, 0));
        x = flatten(pooled(layers.conv(x, "conv2d_2", 1, 0)));
        return layers.dense(relu(layers.dense(relu(layers.dense(x, "dense")), "dense_2")), "dense_3");
    }

    Tensor cats(Tensor image) {
        Tensor x = pooled(layers.conv(image, "conv2d", 1, 0));
        x = pooled(layers.conv(x, "conv2d_2", 1, 0));
        x = pooled(layers.conv(x, "conv2d_3", 1, 0));
        x = flatten(pooled(layers.conv(x, "conv2d_4", 1, 0)));
        return layers.dense(relu(layers.dense(x, "dense")), "dense_2").squeeze(-1);
    }

    Tensor sentiment(Tensor tokens, long batch) {
        Tensor x = layers.lstm(layers.embedding(tokens, "embedding"), "lstm", torch.zeros(1, batch, 64));
        x = layers.lstm(x, "lstm_2", torch.zeros(1, batch, 32));
        return layers.dense(x.select(1, -1), "dense").squeeze(-1);
    }

    Tensor mlp(Tensor image) {
        Tensor x = relu(layers.dense(image, "dense"));
        return layers.dense(relu(layers.dense(x, "dense_2")), "dense_3");
    }

    /** The states of a BERT; {@code places} are 0, 1, 2 and so on. */
    Tensor bert(Tensor tokens, Tensor segments, Tensor places, Tensor mask, Shape shape, int depth) {
        Tensor x = layers.embedding(tokens, "bert.words")
                .add(layers.embedding(segments, "bert.types"))
                .add(layers.embedding(places, "bert.positions"));
        x = layers.layerNorm(x, "bert.norm", shape.width(), EPS);
        for (int i = 0; i < depth; i++) {
            String name = "bert.encoder.layer." + i;
            Tensor a = layers.attention(x, name + ".attention", mask, shape);
            a = layers.layerNorm(x.add(a), name + ".norm1", shape.width(), EPS);
            Tensor f = layers.dense(torch.gelu(layers.dense(a, name + ".mlp.up")), name + ".mlp.down");
            x = layers.layerNorm(a.add(f), name + ".norm2", shape.width(), EPS);
        }
        return x;
    }

    /** The state that stands for the whole text. */
    Tensor bertPooled(Tensor states) {
        return layers.dense(states.select(1, 0), "bert.pooler").tanh();
    }

    Tensor bertClasses(Tensor states) {
        return layers.dense(bertPooled(states), "classifier");
    }

    /** With batch norms folded into the convolutions. */
    Tensor resNet50(Tensor image) {
        Tensor x = torch.relu_(layers.conv(image, "net.conv1", 2, 3));
        x = torch.max_pool2d(x, new long[] {3, 3}, new long[] {2, 2}, new long[] {1, 1}, new long[] {1, 1}, false);
        int[] depths = {3, 4, 6, 3};
        for (int stage = 0; stage < depths.length; stage++) {
            for (int i = 0; i < depths[stage]; i++) {
                x = bottleneck(x, "net.bottleneck." + stage + "." + i, i == 0, i == 0 && stage > 0 ? 2 : 1);
            }
        }
        return layers.dense(torch.adaptive_avg_pool2d(x, 1, 1).flatten(1, -1), "net.fc");
    }

    private Tensor bottleneck(Tensor x, String name, boolean first, long stride) {
        Tensor y = torch.relu_(layers.conv(x, name + ".conv1", 1, 0));
        y = torch.relu_(layers.conv(y, name + ".conv2", stride, 1));
        y = layers.conv(y, name + ".conv3", 1, 0);
        Tensor shortcut = first ? layers.conv(x, name + ".downsample.conv", stride, 0) : x;
        return torch.relu_(y.add_(shortcut));
    }
}
