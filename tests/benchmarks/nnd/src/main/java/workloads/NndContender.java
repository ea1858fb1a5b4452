package workloads;

import dev.nnd.benchmarks.Contender;
import dev.nnd.benchmarks.Network;
import dev.nnd.benchmarks.Session;
import dev.nnd.benchmarks.Task;
import dev.nnd.runtime.kernel.Precision;
import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.program.ParameterSet;
import dev.nnd.runtime.train.TrainingFactory;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The generated classes of this module's {@code .nnd} files. */
public final class NndContender implements Contender {

    /** Fewer bits in products, if the property says so. */
    private static final Precision PRECISION =
            Precision.valueOf(System.getProperty("benchmarks.precision", "f32").toUpperCase(Locale.ROOT));

    @Override
    public String version() {
        return "0.1.0 with " + provider(1).name();
    }

    @Override
    public Session open(Task task) throws NotThere {
        return switch (task.network()) {
            case MNIST, LENET, CATS, SENTIMENT, BERT_MINI ->
                new TrainingSession(factory(task.network()).create(task.threads(), Map.of()), task);
            case MLP -> mlp(task);
            case RESNET50 -> resNet50(task);
            case BERT_BASE -> bertBase(task);
            case GPT2 -> new GenerationSession(Gpt2.load(task.weights(), provider(task.threads())));
        };
    }

    private static Provider provider(int threads) {
        return Provider.best(threads).with(PRECISION);
    }

    static TrainingFactory factory(Network network) throws NotThere {
        return switch (network) {
            case MNIST -> new MnistFactory();
            case LENET -> new LeNetFactory();
            case CATS -> new CatsFactory();
            case SENTIMENT -> new SentimentFactory();
            case BERT_MINI -> PRECISION == Precision.BF16 ? new BertMiniNarrowFactory() : new BertMiniFactory();
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
            case GPT2 -> new Gpt2Weights().parameters();
        };
    }

    private static Session mlp(Task task) {
        Mlp model = Mlp.load(task.weights(), provider(task.threads()));
        Mlp.Call call = model.call(task.batch());
        return new PredictionSession(
                call::run,
                List.of(call.image()),
                List.of(call.logits()),
                model.arenaBytes(task.batch()),
                List.of(call::close, model::close));
    }

    private static Session resNet50(Task task) {
        ResNet50 model = ResNet50.load(task.weights(), provider(task.threads()));
        ResNet50.Call call = model.call(task.batch());
        return new PredictionSession(
                call::run,
                List.of(call.image()),
                List.of(call.logits()),
                model.arenaBytes(task.batch()),
                List.of(call::close, model::close));
    }

    private static Session bertBase(Task task) {
        BertBase model = BertBase.load(task.weights(), provider(task.threads()));
        int length = task.network().exampleElements();
        BertBase.Call call = model.call(task.batch(), length);
        return new PredictionSession(
                call::run,
                List.of(call.tokens(), call.segments(), call.mask()),
                List.of(call.states(), call.pooled()),
                model.arenaBytes(task.batch(), length),
                List.of(call::close, model::close));
    }
}
