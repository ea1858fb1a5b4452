package dev.nnd.compiler.check;

import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.grammar.Diagnostic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Metrics over all examples that match what is predicted with what is there: runs of ids, and boxes in images. */
final class MatchMetricBuiltins {

    private static final List<String> SEQUENCES = List.of("rouge_1", "rouge_2", "rouge_l", "edit_error");

    /** Runs of more ids than this are shared by hardly any two texts. */
    private static final long LONGEST = 16;

    private MatchMetricBuiltins() {}

    /** Adds them to the table. */
    static void add(Map<String, Builtin> table) {
        NeuralBuiltins.add(table, "prediction reference longest? end? ignore?", MatchMetricBuiltins::sequences, "bleu");
        SEQUENCES.forEach(
                n -> NeuralBuiltins.add(table, "prediction reference end? ignore?", MatchMetricBuiltins::sequences, n));
        NeuralBuiltins.add(
                table, "boxes scores truth label overlap?", MatchMetricBuiltins::detection, "mean_average_precision");
    }

    /** Ids [..., T] and reference ids [..., U], one sequence to a row. */
    private static Val sequences(BuiltinCall call) {
        Optional<Val.Tensor> prediction = call.tensor("prediction");
        Optional<Val.Tensor> reference = call.tensor("reference");
        if (prediction.isEmpty() || reference.isEmpty()) {
            return Val.POISON;
        }
        TensorType ids = prediction.get().type();
        TensorType right = reference.get().type();
        boolean fits = ids.rank() == right.rank() && ids.rank() > 0 && isIds(ids) && isIds(right);
        for (int i = 0; fits && i < ids.rank() - 1; i++) {
            fits = NeuralBuiltins.same(call.c(), ids.dim(i), right.dim(i));
        }
        if (!fits) {
            Diagnostic error = call.error(
                    "NND0302",
                    "`" + call.name()
                            + "` compares sequences of ids [..., T] with as many reference sequences [..., U],"
                            + " got " + ids + " and " + right);
            return call.fail(
                    reference.get().trace().mark(prediction.get().trace().mark(scores(error, ids))));
        }
        return settings(call)
                .map(s -> MetricBuiltins.gathered(call, List.of(prediction.get(), reference.get()), s))
                .orElse(Val.POISON);
    }

    private static Diagnostic scores(Diagnostic error, TensorType ids) {
        return ids.dtype().isFloat() ? error.help("the ids of the highest scores are `argmax(scores)`") : error;
    }

    private static boolean isIds(TensorType type) {
        return type.dtype() == DType.I32 || type.dtype() == DType.I64;
    }

    /** The name, the longest runs, the id that ends a sequence and the id that is left out; -1 for none. */
    private static Optional<List<Constant>> settings(BuiltinCall call) {
        var found = new ArrayList<Constant>(List.of(new Constant.Text(call.name())));
        Optional<Long> longest = call.has("longest") ? call.integer("longest", 1) : Optional.of(4L);
        if (longest.isPresent() && longest.get() > LONGEST) {
            call.fail(Diagnostic.error(
                    "NND0320",
                    call.span("longest"),
                    "`longest` of `bleu` is from 1 to " + LONGEST + ", got " + longest.get()));
            return Optional.empty();
        }
        Optional<Long> end = call.has("end") ? call.integer("end", 0) : Optional.of(-1L);
        Optional<Long> ignore = call.has("ignore") ? call.integer("ignore", 0) : Optional.of(-1L);
        if (longest.isEmpty() || end.isEmpty() || ignore.isEmpty()) {
            return Optional.empty();
        }
        List.of(longest.get(), end.get(), ignore.get()).forEach(n -> found.add(new Constant.Int(Dim.of(n))));
        return Optional.of(found);
    }

    /** Boxes [N, P, 4], scores [N, P, C], true boxes [N, G, 4], classes [N, G]. */
    private static Val detection(BuiltinCall call) {
        Optional<Val.Tensor> boxes = call.tensor("boxes");
        Optional<Val.Tensor> scores = call.tensor("scores");
        Optional<Val.Tensor> truth = call.tensor("truth");
        Optional<Val.Tensor> label = call.tensor("label");
        if (boxes.isEmpty() || scores.isEmpty() || truth.isEmpty() || label.isEmpty()) {
            return Val.POISON;
        }
        List<Val.Tensor> all = List.of(boxes.get(), scores.get(), truth.get(), label.get());
        if (!fit(call, all.stream().map(Val.Tensor::type).toList())) {
            Diagnostic error = call.error(
                    "NND0302",
                    "`mean_average_precision` takes boxes f32[N, P, 4], scores f32[N, P, C], true boxes f32[N, G, 4] and"
                            + " their classes i32[N, G], got "
                            + String.join(
                                    ", ",
                                    all.stream().map(t -> t.type().toString()).toList()));
            for (Val.Tensor tensor : all) {
                error = tensor.trace().mark(error);
            }
            return call.fail(error);
        }
        Optional<Double> overlap = call.has("overlap") ? call.number("overlap") : Optional.of(0.0);
        if (overlap.isEmpty()) {
            return Val.POISON;
        }
        if (call.has("overlap") && !(overlap.get() > 0 && overlap.get() <= 1)) {
            return call.fail(Diagnostic.error(
                            "NND0320",
                            call.span("overlap"),
                            "`overlap` of `mean_average_precision` is more than 0 and at most 1, got " + overlap.get())
                    .help("without it the mean over 0.50, 0.55 ... 0.95 is taken"));
        }
        return MetricBuiltins.gathered(
                call, all, List.of(new Constant.Text(call.name()), new Constant.Float(overlap.get())));
    }

    private static boolean fit(BuiltinCall call, List<TensorType> types) {
        TensorType boxes = types.get(0);
        TensorType scores = types.get(1);
        TensorType truth = types.get(2);
        TensorType label = types.get(3);
        return boxes.rank() == 3
                && scores.rank() == 3
                && truth.rank() == 3
                && label.rank() == 2
                && boxes.dtype().isFloat()
                && scores.dtype().isFloat()
                && truth.dtype().isFloat()
                && isIds(label)
                && same(call, boxes.dim(2), Dim.of(4))
                && same(call, truth.dim(2), Dim.of(4))
                && same(call, boxes.dim(0), scores.dim(0))
                && same(call, boxes.dim(1), scores.dim(1))
                && same(call, boxes.dim(0), truth.dim(0))
                && same(call, truth.dim(0), label.dim(0))
                && same(call, truth.dim(1), label.dim(1));
    }

    private static boolean same(BuiltinCall call, Dim a, Dim b) {
        return NeuralBuiltins.same(call.c(), a, b);
    }
}
