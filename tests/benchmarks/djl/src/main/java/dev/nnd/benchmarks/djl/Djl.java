package dev.nnd.benchmarks.djl;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import dev.nnd.benchmarks.Contender;
import dev.nnd.benchmarks.Release;
import dev.nnd.benchmarks.Session;
import dev.nnd.benchmarks.Task;
import java.io.IOException;

/** The contender: training only. */
public final class Djl implements Contender {

    @Override
    public String version() {
        return Release.of("api") + " with libtorch " + Release.of("pytorch-native-cpu");
    }

    @Override
    public Session open(Task task) throws IOException, NotThere {
        Engine.getEngine("PyTorch");
        JniUtils.setNumThreads(task.threads());
        return switch (task.network()) {
            case MNIST, LENET, CATS, SENTIMENT, BERT_MINI -> new DjlTraining(task);
            case MLP, RESNET50, BERT_BASE, GPT2 -> throw new NotThere("predictions are measured with libtorch itself");
        };
    }
}
