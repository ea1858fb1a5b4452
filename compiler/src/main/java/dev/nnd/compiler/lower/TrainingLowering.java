package dev.nnd.compiler.lower;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.TypedBlock;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.compiler.typed.TypedExpr;
import dev.nnd.compiler.typed.TypedTrain;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** Makes the graphs of a train section: models, losses and metrics over a batch of {@code N} examples. */
public final class TrainingLowering {

    /** The dim variable of the batch. */
    public static final String BATCH = "N";

    /** The port of an evaluation that holds what the model says, for reports. */
    public static final String PREDICTION = "prediction";

    private final TypedTrain train;
    private final Inliner inliner;
    private final Scope scope;

    private TrainingLowering(TypedTrain train, boolean training) {
        this.train = train;
        this.inliner = new Inliner(train.name(), train.body(), training);
        Map<String, Value> fields = new HashMap<>();
        for (TypedData.Field field : train.data().fields()) {
            fields.put(field.name(), inliner.builder().input(Port.Role.INPUT, field.name(), batched(field.type())));
        }
        Map<String, String> prefixes = new HashMap<>();
        for (TypedTrain.Trained model : train.models()) {
            String prefix = prefix(train, model);
            prefixes.put(model.name(), prefix);
            inliner.declare(model.model().block(), prefix);
            if (model.frozen()) {
                inliner.freeze(model.name());
            }
        }
        this.scope = Scope.train(train, fields, prefixes);
    }

    /** The sizes of free dims in all steps of a section but perhaps an epoch's last. */
    public static Map<String, Long> usualSizes(TypedTrain train) {
        return Map.of(BATCH, (long) train.run().batch());
    }

    /** What stands in front of a model's weights: its name and a dot in a section with several models, else nothing. */
    public static String prefix(TypedTrain train, TypedTrain.Trained model) {
        return train.models().size() > 1 ? model.name() + "." : "";
    }

    /**
     * The graph of one {@code minimize} statement, which gets gradients: an INPUT port for every field of the data section
     * in its order, used or not; PARAMETER and BUFFER ports by weight path, with the {@link #prefix}; a SCALAR port for
     * each setting that the loss or a metric reads; the LOSS port and, for the first statement, METRIC ports of the
     * metrics that are means. Buffers that a batch moves have an UPDATED port, but not those that are frozen.
     */
    public static Lowered step(TypedTrain train, TypedTrain.Minimize minimize) {
        var lowering = new TrainingLowering(train, true);
        boolean first = train.minimize().getFirst().equals(minimize);
        var results = new ArrayList<TypedExpr>(List.of(minimize.loss()));
        if (first) {
            train.metrics().stream().filter(TrainingLowering::isMean).forEach(m -> results.add(m.value()));
        }
        lowering.inliner.bindings(new Needed(train.body()).of(results), lowering.scope);
        lowering.output(Port.Role.LOSS, "loss", minimize.loss());
        if (first) {
            lowering.means();
        }
        return lowering.withoutFrozenUpdates(lowering.inliner.build());
    }

    /**
     * The graph of evaluation, where nothing is done that is done in training only, such as dropout: the LOSS port, which
     * is the sum of all statements' losses, and METRIC ports for each of them if there are several; METRIC ports of
     * metrics that are means; OUTPUT ports for what the others are computed from, see {@link #operands}.
     *
     * @param losses names for the losses of several statements
     * @param prediction what the OUTPUT port {@link #PREDICTION} holds
     */
    public static Lowered evaluation(TypedTrain train, List<String> losses, Optional<TypedExpr> prediction) {
        var lowering = new TrainingLowering(train, false);
        lowering.inliner.bindings(train.body(), lowering.scope);
        lowering.losses(losses);
        lowering.means();
        lowering.streams();
        prediction.ifPresent(p -> lowering.output(Port.Role.OUTPUT, PREDICTION, p));
        return lowering.inliner.build();
    }

    private void losses(List<String> names) {
        List<TypedTrain.Minimize> statements = train.minimize();
        if (statements.size() == 1) {
            output(Port.Role.LOSS, "loss", statements.getFirst().loss());
            return;
        }
        Value sum = null;
        for (int i = 0; i < statements.size(); i++) {
            Value loss =
                    output(Port.Role.METRIC, names.get(i), statements.get(i).loss());
            sum = sum == null ? loss : inliner.builder().add(sum, loss);
        }
        if (sum != null) {
            inliner.builder().output(Port.Role.LOSS, "loss", sum);
        }
    }

    private void means() {
        for (TypedTrain.Metric metric : train.metrics()) {
            if (isMean(metric)) {
                output(Port.Role.METRIC, metric.name(), metric.value());
            }
        }
    }

    private static boolean isMean(TypedTrain.Metric metric) {
        return metric.aggregation() == TypedTrain.Aggregation.MEAN;
    }

    private void streams() {
        for (TypedTrain.Metric metric : train.metrics()) {
            if (!isMean(metric) && metric.value() instanceof TypedExpr.Apply a) {
                for (int i = 0; i < a.operands().size(); i++) {
                    if (field(train, a.operands().get(i)).isEmpty()) {
                        output(
                                Port.Role.OUTPUT,
                                metric.name() + "." + i,
                                a.operands().get(i));
                    }
                }
            }
        }
    }

    private Value output(Port.Role role, String name, TypedExpr expression) {
        Value value = inliner.lower(expression, scope.named(name));
        inliner.builder().output(role, name, value);
        return value;
    }

    /** The ports that hold the operands of a metric over all examples: those of fields, or outputs of their own. */
    public static List<String> operands(TypedTrain train, TypedTrain.Metric metric) {
        List<TypedExpr> operands = ((TypedExpr.Apply) metric.value()).operands();
        return IntStream.range(0, operands.size())
                .mapToObj(i -> field(train, operands.get(i)).orElse(metric.name() + "." + i))
                .toList();
    }

    private static Optional<String> field(TypedTrain train, TypedExpr expression) {
        return switch (expression) {
            case TypedExpr.Input input -> Optional.of(input.name());
            case TypedExpr.Local local ->
                train.body().stream()
                        .filter(b -> b.id() == local.id() && b instanceof TypedBlock.Binding.Value)
                        .findFirst()
                        .flatMap(b -> field(train, ((TypedBlock.Binding.Value) b).value()));
            default -> Optional.empty();
        };
    }

    /** {@code freeze} keeps buffers too. */
    private Lowered withoutFrozenUpdates(Lowered lowered) {
        Set<String> kept = new HashSet<>();
        for (TypedTrain.Trained model : train.models()) {
            model.frozenWeights().forEach(w -> kept.add(prefix(train, model) + w));
        }
        Graph graph = lowered.graph();
        List<Port> outputs = graph.outputs().stream()
                .filter(p -> p.role() != Port.Role.UPDATED || !kept.contains(p.name()))
                .toList();
        return new Lowered(new Graph(graph.name(), graph.inputs(), graph.nodes(), outputs), lowered.parameters());
    }

    /**
     * The graph of a train section with one {@code minimize} statement, for training or for evaluation.
     *
     * @throws IllegalArgumentException if there is another number of them
     */
    public static Lowered lower(TypedTrain train, boolean training) {
        if (train.minimize().size() != 1) {
            throw new IllegalArgumentException(
                    train.name() + " has " + train.minimize().size() + " minimize statements");
        }
        return training ? step(train, train.minimize().getFirst()) : evaluation(train, List.of(), Optional.empty());
    }

    private static TensorType batched(TensorType example) {
        var dims = new ArrayList<Dim>();
        dims.add(Dim.variable(BATCH));
        dims.addAll(example.dims());
        return example.withDims(dims);
    }
}
