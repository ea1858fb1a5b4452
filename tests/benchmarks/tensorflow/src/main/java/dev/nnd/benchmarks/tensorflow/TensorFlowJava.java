package dev.nnd.benchmarks.tensorflow;

import dev.nnd.benchmarks.Contender;
import dev.nnd.benchmarks.Release;
import dev.nnd.benchmarks.Session;
import dev.nnd.benchmarks.Task;
import java.io.IOException;
import org.tensorflow.TensorFlow;

/** The contender: training only. */
public final class TensorFlowJava implements Contender {

    @Override
    public String version() {
        return Release.of("tensorflow-core-api") + " with TensorFlow " + TensorFlow.version();
    }

    @Override
    public Session open(Task task) throws IOException, NotThere {
        return switch (task.network()) {
            case MNIST, LENET, CATS, SENTIMENT, BERT_MINI -> new TensorFlowTraining(task);
            case MLP, RESNET50, BERT_BASE, GPT2 -> throw new NotThere("training only");
        };
    }
}
