package dev.nnd.benchmarks.libtorch;

import dev.nnd.benchmarks.Batch;
import dev.nnd.benchmarks.Network;
import dev.nnd.benchmarks.Session;
import dev.nnd.benchmarks.Task;
import dev.nnd.benchmarks.libtorch.Layers.Shape;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;

/** Predictions in inference mode. */
final class TorchPrediction implements Session {

    private final Task task;
    private final TorchInputs inputs;
    private final TorchNetworks networks;
    private final InferenceMode mode;
    private float[] first = new float[0];
    private float[] second = new float[0];

    TorchPrediction(Task task, Parameters parameters) {
        this.task = task;
        mode = new InferenceMode();
        if (task.network() == Network.RESNET50) {
            BatchNormFolding.fold(parameters);
        }
        inputs = new TorchInputs(task);
        networks = new TorchNetworks(new Layers(parameters), false);
        inputs.fill(Batch.of(task.workload(), 0));
        predict();
    }

    private TensorVector predict() {
        return switch (task.network()) {
            case MLP -> new TensorVector(networks.mlp(inputs.numbers()));
            case RESNET50 -> new TensorVector(networks.resNet50(inputs.numbers()));
            case BERT_BASE -> {
                var shape = new Shape(task.batch(), task.network().exampleElements(), 768, 12);
                Tensor states =
                        networks.bert(inputs.tokens(), inputs.segments(), inputs.places(), inputs.mask(), shape, 12);
                yield new TensorVector(states, networks.bertPooled(states));
            }
            case MNIST, LENET, CATS, SENTIMENT, BERT_MINI, GPT2 ->
                throw new IllegalArgumentException("no prediction with " + task.network());
        };
    }

    @Override
    public double step(Batch batch) {
        try (var _ = new PointerScope()) {
            inputs.fill(batch);
            TensorVector results = predict();
            first = copy(results.get(0), first);
            if (results.size() > 1) {
                second = copy(results.get(1), second);
            }
            return first[0];
        }
    }

    private static float[] copy(Tensor tensor, float[] to) {
        Tensor plain = tensor.contiguous();
        int count = Math.toIntExact(plain.numel());
        float[] target = to.length == count ? to : new float[count];
        plain.data_ptr_float().capacity(count).get(target);
        return target;
    }

    @Override
    public float[] outputs() {
        var all = new float[first.length + second.length];
        System.arraycopy(first, 0, all, 0, first.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }

    @Override
    public void close() {
        mode.close();
    }
}
