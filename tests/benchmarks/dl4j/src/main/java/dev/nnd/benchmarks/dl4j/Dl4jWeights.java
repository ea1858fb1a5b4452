package dev.nnd.benchmarks.dl4j;

import dev.nnd.benchmarks.Network;
import dev.nnd.benchmarks.Weights;
import java.util.Map;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Gives a network the weights of a file: those of nnd's layers in their order, for the layers here that have some. */
final class Dl4jWeights {

    /** Where the gates of an LSTM stand here, in the order i, f, g, o. */
    private static final int[] GATES = {3, 1, 0, 2};

    private final MultiLayerNetwork net;
    private final Weights weights;

    Dl4jWeights(MultiLayerNetwork net, Weights weights) {
        this.net = net;
        this.weights = weights;
    }

    void load(Network network) {
        switch (network) {
            case MNIST -> {
                conv(0, "conv2d");
                dense(1, "dense");
            }
            case LENET -> {
                conv(0, "conv2d");
                conv(2, "conv2d_2");
                dense(4, "dense");
                dense(5, "dense_2");
                dense(6, "dense_3");
            }
            case CATS -> {
                conv(0, "conv2d");
                conv(2, "conv2d_2");
                conv(4, "conv2d_3");
                conv(6, "conv2d_4");
                dense(8, "dense");
                dense(9, "dense_2");
            }
            case SENTIMENT -> {
                set(0, "W", array("embedding.weight"));
                lstm(1, "lstm");
                lstm(2, "lstm_2");
                dense(3, "dense");
            }
            case BERT_MINI, MLP, RESNET50, BERT_BASE, GPT2 -> throw new IllegalArgumentException("no " + network);
        }
    }

    private INDArray array(String name) {
        return Nd4j.create(weights.values(name), weights.dims(name), 'c');
    }

    private void set(int layer, String name, INDArray values) {
        Map<String, INDArray> table = net.getLayer(layer).paramTable();
        INDArray target = table.get(name);
        if (target == null) {
            throw new IllegalArgumentException("layer " + layer + " has " + table.keySet() + ", no " + name);
        }
        target.assign(values.reshape(target.shape()));
    }

    private void conv(int layer, String name) {
        set(layer, "W", array(name + ".weight"));
        set(layer, "b", array(name + ".bias"));
    }

    private void dense(int layer, String name) {
        set(layer, "W", array(name + ".weight").transpose().dup('c'));
        set(layer, "b", array(name + ".bias"));
    }

    private void lstm(int layer, String name) {
        set(layer, "W", gates(array(name + ".weight_ih")).transpose().dup('c'));
        set(layer, "RW", gates(array(name + ".weight_hh")).transpose().dup('c'));
        set(
                layer,
                "b",
                gates(array(name + ".bias_ih").add(array(name + ".bias_hh")).reshape(-1, 1)));
    }

    /** Rows of gates in the order that this library has. */
    private static INDArray gates(INDArray rows) {
        long hidden = rows.size(0) / 4;
        INDArray to = Nd4j.create(rows.shape());
        for (int gate = 0; gate < 4; gate++) {
            INDArray from = rows.get(NDArrayIndex.interval(gate * hidden, (gate + 1) * hidden), NDArrayIndex.all());
            long at = GATES[gate] * hidden;
            to.get(NDArrayIndex.interval(at, at + hidden), NDArrayIndex.all()).assign(from);
        }
        return to;
    }
}
