package dev.nnd.benchmarks.dl4j;

import dev.nnd.benchmarks.Batch;
import dev.nnd.benchmarks.Network;
import dev.nnd.benchmarks.Session;
import dev.nnd.benchmarks.Task;
import dev.nnd.benchmarks.Weights;
import java.io.IOException;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Steps of training. */
final class Dl4jTraining implements Session {

    private final Task task;
    private final MultiLayerNetwork net;

    Dl4jTraining(Task task) throws IOException {
        this.task = task;
        net = new MultiLayerNetwork(Dl4jNetworks.of(task.network()));
        net.init();
        new Dl4jWeights(net, Weights.open(task.weights())).load(task.network());
    }

    @Override
    public double step(Batch batch) {
        try (INDArray features = features(batch);
                INDArray labels = labels(batch)) {
            net.fit(features, labels);
            return net.score();
        }
    }

    private INDArray features(Batch batch) {
        long n = task.batch();
        long[] example = task.network().example();
        if (example.length == 3) {
            return Nd4j.create(batch.numbers(), new long[] {n, example[0], example[1], example[2]}, 'c');
        }
        var words = new float[batch.tokens().length];
        for (int i = 0; i < words.length; i++) {
            words[i] = batch.tokens()[i];
        }
        return Nd4j.create(words, new long[] {n, 1, example[0]}, 'c');
    }

    private INDArray labels(Batch batch) {
        int n = batch.labels().length;
        Network network = task.network();
        boolean rows = network == Network.MNIST || network == Network.LENET;
        int classes = rows ? network.classes() : 1;
        var values = new float[n * classes];
        for (int i = 0; i < n; i++) {
            if (rows) {
                values[i * classes + batch.labels()[i]] = 1;
            } else {
                values[i] = batch.labels()[i];
            }
        }
        return Nd4j.create(values, new long[] {n, classes}, 'c');
    }
}
