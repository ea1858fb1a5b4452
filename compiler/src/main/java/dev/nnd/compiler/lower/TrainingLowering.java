package dev.nnd.compiler.lower;

import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.compiler.typed.TypedTrain;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;

/** Makes the graph of a train section: models, loss and metrics over a batch of {@code N} examples. */
public final class TrainingLowering {

    /** The dim variable of the batch. */
    public static final String BATCH = "N";

    private TrainingLowering() {}

    /**
     * The graph of one {@code minimize} statement: an INPUT port for every field of the data section in its order, used
     * or not; PARAMETER and BUFFER ports by weight path, with the model's name and a dot before it if there are several
     * models; a SCALAR port for each setting that the loss or a metric reads; the LOSS and the METRIC ports.
     *
     * @param training true for the graph that gets gradients, false for that of evaluation: they differ in what is done
     *     in training only, such as dropout; buffers that a batch moves have an UPDATED port
     */
    public static Lowered lower(TypedTrain train, TypedTrain.Minimize minimize, boolean training) {
        var inliner = new Inliner(train.name(), train.body(), training);
        Map<String, Value> fields = new HashMap<>();
        for (TypedData.Field field : train.data().fields()) {
            fields.put(field.name(), inliner.builder().input(Port.Role.INPUT, field.name(), batched(field.type())));
        }
        boolean several = train.models().size() > 1;
        Map<String, String> prefixes = new HashMap<>();
        for (TypedTrain.Trained model : train.models()) {
            String prefix = several ? model.name() + "." : "";
            prefixes.put(model.name(), prefix);
            inliner.declare(model.model().block(), prefix);
        }
        var scope = Scope.train(train, fields, prefixes);
        inliner.bindings(train.body(), scope);
        Value loss = inliner.lower(minimize.loss(), scope.named("loss"));
        inliner.builder().output(Port.Role.LOSS, "loss", loss);
        for (TypedTrain.Metric metric : train.metrics()) {
            Value value = inliner.lower(metric.value(), scope.named(metric.name()));
            inliner.builder().output(Port.Role.METRIC, metric.name(), value);
        }
        return inliner.build();
    }

    /**
     * The graph of a train section with one {@code minimize} statement.
     *
     * @throws IllegalArgumentException if there is another number of them
     */
    public static Lowered lower(TypedTrain train, boolean training) {
        if (train.minimize().size() != 1) {
            throw new IllegalArgumentException(
                    train.name() + " has " + train.minimize().size() + " minimize statements");
        }
        return lower(train, train.minimize().getFirst(), training);
    }

    private static TensorType batched(TensorType example) {
        var dims = new ArrayList<Dim>();
        dims.add(Dim.variable(BATCH));
        dims.addAll(example.dims());
        return example.withDims(dims);
    }
}
