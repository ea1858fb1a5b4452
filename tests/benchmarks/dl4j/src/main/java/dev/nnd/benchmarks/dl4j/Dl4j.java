package dev.nnd.benchmarks.dl4j;

import dev.nnd.benchmarks.Contender;
import dev.nnd.benchmarks.Release;
import dev.nnd.benchmarks.Session;
import dev.nnd.benchmarks.Task;
import java.io.IOException;

/** The contender: training only. */
public final class Dl4j implements Contender {

    @Override
    public String version() {
        return Release.of("deeplearning4j-nn");
    }

    @Override
    public Session open(Task task) throws IOException, NotThere {
        return switch (task.network()) {
            case MNIST, LENET, CATS, SENTIMENT -> new Dl4jTraining(task);
            case BERT_MINI, MLP, RESNET50, BERT_BASE, GPT2 -> throw new NotThere("T1 to T4 only");
        };
    }
}
