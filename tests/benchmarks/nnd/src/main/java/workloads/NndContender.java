package workloads;

import dev.nnd.benchmarks.Contender;
import dev.nnd.benchmarks.Network;
import dev.nnd.benchmarks.Session;
import dev.nnd.benchmarks.Task;
import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.program.ParameterSet;
import dev.nnd.runtime.train.TrainingFactory;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

/** The generated classes of this module's {@code .nnd} files. */
public final class NndContender implements Contender {

    @Override
    public String version() {
        return "0.1.0 with " + Provider.best(1).name();
    }

    @Override
    public Session open(Task task) throws NotThere {
        return switch (task.network()) {
            case MNIST, LENET, CATS, SENTIMENT, BERT_MINI ->
                new TrainingSession(factory(task.network()).create(task.threads(), Map.of()), task);
            case MLP -> mlp(task);
            case RESNET50 -> resNet50(task);
            case BERT_BASE -> bertBase(task);
            case GPT2 -> throw new NotThere("this suite does not measure decoding yet");
        };
    }

    static TrainingFactory factory(Network network) throws NotThere {
        return switch (network) {
            case MNIST -> new MnistFactory();
            case LENET -> new LeNetFactory();
            case CATS -> new CatsFactory();
            case SENTIMENT -> new SentimentFactory();
            case BERT_MINI -> new BertMiniFactory();
            case MLP, RESNET50, BERT_BASE, GPT2 -> throw new NotThere("training of " + network);
        };
    }

    static ParameterSet parameters(Network network) throws NotThere {
        return switch (network) {
            case MNIST, LENET, CATS, SENTIMENT, BERT_MINI ->
                factory(network).create(1, Map.of()).parameters();
            case MLP -> new MlpWeights().parameters();
            case RESNET50 -> new ResNet50Weights().parameters();
            case BERT_BASE -> new BertBaseWeights().parameters();
            case GPT2 -> throw new NotThere("this suite does not measure decoding yet");
        };
    }

    private static Session mlp(Task task) {
        var weights = new MlpWeights();
        weights.parameters().load(task.weights());
        var program = MlpForward.bind(Provider.best(task.threads()), weights, task.batch());
        return new PredictionSession(
                program, weights.parameters(), List.of(program.image()), List.of(program.logits()));
    }

    private static Session resNet50(Task task) {
        var weights = new ResNet50Weights();
        weights.parameters().load(task.weights());
        var program = ResNet50Forward.bind(Provider.best(task.threads()), weights, task.batch());
        return new PredictionSession(
                program, weights.parameters(), List.of(program.image()), List.of(program.logits()));
    }

    private static Session bertBase(Task task) {
        var weights = new BertBaseWeights();
        weights.parameters().load(task.weights());
        int length = task.network().exampleElements();
        var program = BertBaseForward.bind(Provider.best(task.threads()), weights, task.batch(), length);
        List<MemorySegment> inputs = List.of(program.tokens(), program.segments(), program.mask());
        return new PredictionSession(
                program, weights.parameters(), inputs, List.of(program.states(), program.pooled()));
    }
}
