package dev.nnd.benchmarks.tensorflow;

import dev.nnd.benchmarks.Batch;
import dev.nnd.benchmarks.Network;
import dev.nnd.benchmarks.Session;
import dev.nnd.benchmarks.Task;
import dev.nnd.benchmarks.Weights;
import dev.nnd.benchmarks.tensorflow.TensorFlowNetworks.Sizes;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gradients;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;

/** Steps of training. */
final class TensorFlowTraining implements Session {

    private final Task task;
    private final Graph graph = new Graph();
    private final org.tensorflow.Session session;
    private final Feeds feeds;
    private final Updates updates;
    private final Operand<TFloat32> loss;
    private final List<Op> ops;
    private long steps;

    TensorFlowTraining(Task task) throws IOException {
        this.task = task;
        Ops tf = Ops.create(graph);
        var variables = new Variables(tf, Weights.open(task.weights()));
        var networks = new TensorFlowNetworks(tf, variables);
        feeds = new Feeds(tf, task);
        updates = new Updates(tf, variables);
        Map<String, Operand<TFloat32>> gradients;
        if (task.network() == Network.SENTIMENT) {
            var recurrence = new Recurrence(tf, variables, task.batch());
            loss = recurrence.loss(networks, feeds.tokens(), feeds.wanted());
            gradients = recurrence.gradients();
        } else {
            loss = loss(tf, networks);
            gradients = gradients(tf, variables);
        }
        ops = updates.of(task.network(), gradients);
        var config = ConfigProto.newBuilder()
                .setIntraOpParallelismThreads(task.threads())
                .setInterOpParallelismThreads(1)
                .build();
        session = new org.tensorflow.Session(graph, config);
        variables.initialize(session);
    }

    private Operand<TFloat32> loss(Ops tf, TensorFlowNetworks networks) {
        return switch (task.network()) {
            case MNIST -> Losses.classes(tf, networks.mnist(feeds.image()), feeds.wanted());
            case LENET -> Losses.classes(tf, networks.lenet(feeds.image()), feeds.wanted());
            case CATS -> Losses.binary(tf, networks.cats(feeds.image()), feeds.wanted());
            case BERT_MINI -> {
                var sizes = new Sizes(task.network().exampleElements(), 256, 4, 4);
                Operand<TFloat32> logits = networks.bert(feeds.tokens(), feeds.segments(), feeds.mask(), sizes);
                yield Losses.classes(tf, logits, feeds.wanted());
            }
            case SENTIMENT, MLP, RESNET50, BERT_BASE, GPT2 ->
                throw new IllegalArgumentException("no such training of " + task.network());
        };
    }

    private Map<String, Operand<TFloat32>> gradients(Ops tf, Variables variables) {
        Gradients found = tf.gradients(loss, variables.all().values());
        var gradients = new LinkedHashMap<String, Operand<TFloat32>>();
        int at = 0;
        for (String name : variables.all().keySet()) {
            gradients.put(name, found.dy(at++));
        }
        return gradients;
    }

    @Override
    public double step(Batch batch) {
        steps++;
        org.tensorflow.Session.Runner runner = session.runner().fetch(loss);
        ops.forEach(runner::addTarget);
        try (Feeds.Given _ = feeds.feed(runner, batch);
                TFloat32 power1 = TFloat32.scalarOf(Updates.power1(steps));
                TFloat32 power2 = TFloat32.scalarOf(Updates.power2(steps))) {
            if (task.network() != Network.LENET) {
                runner.feed(updates.power1(), power1).feed(updates.power2(), power2);
            }
            try (Result result = runner.run()) {
                return ((TFloat32) result.get(0)).getFloat();
            }
        }
    }

    @Override
    public void close() {
        session.close();
        graph.close();
    }
}
