package dev.nnd.benchmarks.djl;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import dev.nnd.benchmarks.Batch;
import dev.nnd.benchmarks.Network;
import dev.nnd.benchmarks.Session;
import dev.nnd.benchmarks.Task;
import dev.nnd.benchmarks.Weights;
import java.io.IOException;
import java.util.Map;

/** Steps of training. */
final class DjlTraining implements Session {

    private final Task task;
    private final NDManager manager = NDManager.newBaseManager();
    private final DjlNetworks networks;
    private final Optimizer optimizer;
    private final Loss classes = Loss.softmaxCrossEntropyLoss();
    private final Loss binary = Loss.sigmoidBinaryCrossEntropyLoss();

    DjlTraining(Task task) throws IOException {
        this.task = task;
        networks = new DjlNetworks(manager, Weights.open(task.weights()));
        optimizer = optimizer(task.network());
    }

    private static Optimizer optimizer(Network network) {
        return switch (network) {
            case MNIST, SENTIMENT ->
                Optimizer.adam()
                        .optLearningRateTracker(Tracker.fixed(1e-3f))
                        .optEpsilon(1e-8f)
                        .build();
            case CATS ->
                Optimizer.adam()
                        .optLearningRateTracker(Tracker.fixed(1e-4f))
                        .optEpsilon(1e-8f)
                        .build();
            case BERT_MINI ->
                Optimizer.adamW()
                        .optLearningRateTracker(Tracker.fixed(1e-4f))
                        .optEpsilon(1e-8f)
                        .optWeightDecays(0.01f)
                        .build();
            case LENET ->
                Optimizer.sgd()
                        .setLearningRateTracker(Tracker.fixed(0.01f))
                        .optMomentum(0.9f)
                        .build();
            case MLP, RESNET50, BERT_BASE, GPT2 -> throw new IllegalArgumentException("no training of " + network);
        };
    }

    private NDArray loss(Batch batch, NDManager here) {
        Network network = task.network();
        long n = task.batch();
        long[] example = network.example();
        return switch (network) {
            case MNIST, LENET -> {
                NDArray image = here.create(batch.numbers(), new Shape(n, example[0], example[1], example[2]));
                NDArray logits = network == Network.MNIST ? networks.mnist(image) : networks.lenet(image);
                yield classes.evaluate(new NDList(here.create(batch.labels())), new NDList(logits));
            }
            case CATS -> {
                NDArray image = here.create(batch.numbers(), new Shape(n, example[0], example[1], example[2]));
                yield binary.evaluate(wanted(batch, here), new NDList(networks.cats(image)));
            }
            case SENTIMENT -> {
                NDArray tokens = here.create(batch.tokens(), new Shape(n, example[0]));
                yield binary.evaluate(wanted(batch, here), new NDList(networks.sentiment(tokens)));
            }
            case BERT_MINI -> {
                var shape = new Shape(n, example[0]);
                NDArray logits = networks.bert(
                        here.create(batch.tokens(), shape),
                        here.create(batch.segments(), shape),
                        here.create(batch.mask(), shape),
                        256,
                        4,
                        4);
                yield classes.evaluate(new NDList(here.create(batch.labels())), new NDList(logits));
            }
            case MLP, RESNET50, BERT_BASE, GPT2 -> throw new IllegalArgumentException("no training of " + network);
        };
    }

    private static NDList wanted(Batch batch, NDManager here) {
        return new NDList(here.create(batch.labels()).toType(DataType.FLOAT32, false));
    }

    @Override
    public double step(Batch batch) {
        try (NDManager here = manager.newSubManager()) {
            NDArray loss;
            try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
                loss = loss(batch, here);
                collector.backward(loss);
            }
            float value = loss.getFloat();
            for (Map.Entry<String, NDArray> weight : networks.weights().entrySet()) {
                try (NDArray gradient = weight.getValue().getGradient()) {
                    optimizer.update(weight.getKey(), weight.getValue(), gradient);
                    gradient.muli(0);
                }
            }
            return value;
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
