package dev.nnd.benchmarks.libtorch;

import dev.nnd.benchmarks.Batch;
import dev.nnd.benchmarks.Network;
import dev.nnd.benchmarks.Session;
import dev.nnd.benchmarks.Task;
import dev.nnd.benchmarks.libtorch.Layers.Shape;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.AdamW;
import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.Optimizer;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Steps of training; the tensors of a step are freed at its end, not when the collector finds them. */
final class TorchTraining implements Session {

    private final Task task;
    private final TorchInputs inputs;
    private final TorchNetworks networks;
    private final Optimizer optimizer;

    TorchTraining(Task task, Parameters parameters) {
        this.task = task;
        inputs = new TorchInputs(task);
        networks = new TorchNetworks(new Layers(parameters), true);
        inputs.fill(Batch.of(task.workload(), 0));
        // The first time names the parameters.
        loss();
        optimizer = optimizer(task.network(), parameters.all());
    }

    private static Optimizer optimizer(Network network, TensorVector parameters) {
        return switch (network) {
            case MNIST, SENTIMENT -> new Adam(parameters, new AdamOptions(1e-3));
            case CATS -> new Adam(parameters, new AdamOptions(1e-4));
            case BERT_MINI -> {
                var options = new AdamWOptions(1e-4);
                options.weight_decay().put(0.01);
                yield new AdamW(parameters, options);
            }
            case LENET -> {
                var options = new SGDOptions(0.01);
                options.momentum().put(0.9);
                yield new SGD(parameters, options);
            }
            case MLP, RESNET50, BERT_BASE, GPT2 -> throw new IllegalArgumentException("no training of " + network);
        };
    }

    private Tensor loss() {
        return switch (task.network()) {
            case MNIST -> torch.cross_entropy_loss(networks.mnist(inputs.numbers()), inputs.labels());
            case LENET -> torch.cross_entropy_loss(networks.lenet(inputs.numbers()), inputs.labels());
            case CATS ->
                torch.binary_cross_entropy_with_logits(networks.cats(inputs.numbers()), inputs.wantedNumbers());
            case SENTIMENT ->
                torch.binary_cross_entropy_with_logits(
                        networks.sentiment(inputs.tokens(), task.batch()), inputs.wantedNumbers());
            case BERT_MINI -> {
                var shape = new Shape(task.batch(), task.network().exampleElements(), 256, 4);
                Tensor states =
                        networks.bert(inputs.tokens(), inputs.segments(), inputs.places(), inputs.mask(), shape, 4);
                yield torch.cross_entropy_loss(networks.bertClasses(states), inputs.labels());
            }
            case MLP, RESNET50, BERT_BASE, GPT2 ->
                throw new IllegalArgumentException("no training of " + task.network());
        };
    }

    @Override
    public double step(Batch batch) {
        try (var _ = new PointerScope()) {
            inputs.fill(batch);
            optimizer.zero_grad();
            Tensor loss = loss();
            loss.backward();
            optimizer.step();
            return loss.item_float();
        }
    }
}
