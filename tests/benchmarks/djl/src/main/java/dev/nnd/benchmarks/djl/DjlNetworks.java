package dev.nnd.benchmarks.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import dev.nnd.benchmarks.Weights;
import java.util.LinkedHashMap;
import java.util.Map;

/** The networks' forward halves and their weights. */
final class DjlNetworks {

    private static final Shape ONE = new Shape(1, 1);
    private static final Shape TWO = new Shape(2, 2);
    private static final Shape NONE = new Shape(0, 0);

    private final NDManager manager;
    private final Weights weights;
    private final Map<String, NDArray> arrays = new LinkedHashMap<>();

    DjlNetworks(NDManager manager, Weights weights) {
        this.manager = manager;
        this.weights = weights;
    }

    /** All weights that have been asked for so far. */
    Map<String, NDArray> weights() {
        return arrays;
    }

    private NDArray get(String name) {
        return arrays.computeIfAbsent(name, wanted -> {
            NDArray array = manager.create(weights.values(wanted), new Shape(weights.dims(wanted)));
            array.setRequiresGradient(true);
            return array;
        });
    }

    private NDArray conv(NDArray x, String name) {
        return x.getNDArrayInternal()
                .convolution(x, get(name + ".weight"), get(name + ".bias"), ONE, NONE, ONE, 1)
                .get(0);
    }

    private NDArray dense(NDArray x, String name) {
        return x.getNDArrayInternal()
                .linear(x, get(name + ".weight"), get(name + ".bias"))
                .get(0);
    }

    private NDArray embedding(NDArray index, String name) {
        return index.getNDArrayInternal()
                .embedding(index, get(name + ".weight"), SparseFormat.DENSE)
                .get(0);
    }

    private NDArray layerNorm(NDArray x, String name, long width) {
        return x.getNDArrayInternal()
                .layerNorm(x, new Shape(width), get(name + ".weight"), get(name + ".bias"), 1e-12f)
                .get(0);
    }

    private static NDArray relu(NDArray x) {
        return x.getNDArrayInternal().relu();
    }

    private static NDArray pooled(NDArray x) {
        return relu(x).getNDArrayInternal().maxPool(TWO, TWO, NONE, false);
    }

    private static NDArray flatten(NDArray x) {
        return x.reshape(x.getShape().get(0), -1);
    }

    NDArray mnist(NDArray image) {
        return dense(flatten(relu(conv(image, "conv2d"))), "dense");
    }

    NDArray lenet(NDArray image) {
        NDArray x = flatten(pooled(conv(pooled(conv(image, "conv2d")), "conv2d_2")));
        return dense(relu(dense(relu(dense(x, "dense")), "dense_2")), "dense_3");
    }

    NDArray cats(NDArray image) {
        NDArray x = pooled(conv(pooled(conv(image, "conv2d")), "conv2d_2"));
        x = flatten(pooled(conv(pooled(conv(x, "conv2d_3")), "conv2d_4")));
        return dense(relu(dense(x, "dense")), "dense_2").squeeze(-1);
    }

    private NDArray lstm(NDArray x, String name, long hidden) {
        NDManager here = x.getManager();
        long batch = x.getShape().get(0);
        var states = new NDList(here.zeros(new Shape(1, batch, hidden)), here.zeros(new Shape(1, batch, hidden)));
        var parameters = new NDList(
                get(name + ".weight_ih"), get(name + ".weight_hh"), get(name + ".bias_ih"), get(name + ".bias_hh"));
        return x.getNDArrayInternal()
                .lstm(x, states, parameters, true, 1, 0, true, false, true)
                .get(0);
    }

    NDArray sentiment(NDArray tokens) {
        NDArray x = lstm(lstm(embedding(tokens, "embedding"), "lstm", 64), "lstm_2", 32);
        return dense(x.get(":, -1"), "dense").squeeze(-1);
    }

    /** A BERT of this width and depth as a classifier. */
    NDArray bert(NDArray tokens, NDArray segments, NDArray mask, long width, int depth, long heads) {
        NDManager here = tokens.getManager();
        long length = tokens.getShape().get(1);
        NDArray places = here.arange((int) length).toType(DataType.INT64, false);
        NDArray x = embedding(tokens, "bert.words")
                .add(embedding(segments, "bert.types"))
                .add(embedding(places, "bert.positions"));
        x = layerNorm(x, "bert.norm", width);
        // Added to the scores: 0 where one may look, far below everything else elsewhere.
        NDArray hidden = mask.toType(DataType.FLOAT32, false).sub(1).mul(1e9f).reshape(-1, 1, 1, length);
        for (int i = 0; i < depth; i++) {
            String name = "bert.encoder.layer." + i;
            NDArray a = layerNorm(x.add(attention(x, name + ".attention", hidden, heads)), name + ".norm1", width);
            NDArray up = dense(a, name + ".mlp.up").getNDArrayInternal().gelu();
            x = layerNorm(a.add(dense(up, name + ".mlp.down")), name + ".norm2", width);
        }
        return dense(dense(x.get(":, 0"), "bert.pooler").tanh(), "classifier");
    }

    private NDArray attention(NDArray x, String name, NDArray hidden, long heads) {
        Shape shape = x.getShape();
        long inner = shape.get(2) / heads;
        NDArray q = heads(dense(x, name + ".query"), heads, inner);
        NDArray k = heads(dense(x, name + ".key"), heads, inner);
        NDArray v = heads(dense(x, name + ".value"), heads, inner);
        NDArray scores = q.mul((float) (1 / Math.sqrt(inner))).matMul(k.transpose(0, 1, 3, 2));
        NDArray mixed = scores.add(hidden).softmax(-1).matMul(v);
        return dense(mixed.transpose(0, 2, 1, 3).reshape(shape), name + ".project");
    }

    private static NDArray heads(NDArray x, long heads, long inner) {
        Shape shape = x.getShape();
        return x.reshape(shape.get(0), shape.get(1), heads, inner).transpose(0, 2, 1, 3);
    }
}
