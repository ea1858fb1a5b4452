package dev.nnd.benchmarks.libtorch;

import dev.nnd.benchmarks.Contender;
import dev.nnd.benchmarks.Release;
import dev.nnd.benchmarks.Session;
import dev.nnd.benchmarks.Task;
import dev.nnd.benchmarks.Weights;
import java.io.IOException;
import org.bytedeco.pytorch.global.torch;

/** The contender. */
public final class LibTorch implements Contender {

    @Override
    public String version() {
        return Release.of("pytorch");
    }

    @Override
    public Session open(Task task) throws IOException {
        torch.set_num_threads(task.threads());
        return switch (task.network()) {
            case MNIST, LENET, CATS, SENTIMENT, BERT_MINI ->
                new TorchTraining(task, new Parameters(Weights.open(task.weights()), true));
            case MLP, RESNET50, BERT_BASE ->
                new TorchPrediction(task, new Parameters(Weights.open(task.weights()), false));
            case GPT2 -> new TorchDecoding(new Parameters(Weights.open(task.weights()), false));
        };
    }
}
