package dev.nnd.compiler.check;

import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.Primitive;
import dev.nnd.grammar.Diagnostic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Metrics that are no mean over batches: each gathers over all batches what it needs. Here they are functions of a
 * batch's scores and labels that give an f32.
 */
final class MetricBuiltins {

    /** Made of the counts of true and false positives and negatives. */
    private static final List<String> COUNTED =
            List.of("f1", "precision", "recall", "specificity", "balanced_accuracy", "matthews", "iou");

    /** Those of them that are of all classes together. */
    private static final List<String> WHOLE = List.of("balanced_accuracy", "matthews");

    /** Made of the order of the scores. */
    private static final List<String> RANKED = List.of("auc", "pr_auc");

    /** Made of sums over predictions and targets of one shape. */
    private static final List<String> SUMMED = List.of("rmse", "r2", "correlation", "mape");

    private static final List<String> AVERAGES = List.of("macro", "micro", "weighted");

    private MetricBuiltins() {}

    /** Adds them to the table. */
    static void add(Map<String, Builtin> table) {
        COUNTED.forEach(n -> NeuralBuiltins.add(
                table,
                WHOLE.contains(n) ? "logits label" : "logits label average? positive?",
                MetricBuiltins::classified,
                n));
        RANKED.forEach(n -> NeuralBuiltins.add(table, "logits label positive?", MetricBuiltins::classified, n));
        SUMMED.forEach(n -> NeuralBuiltins.add(table, "prediction target", MetricBuiltins::summed, n));
        NeuralBuiltins.add(table, "logits label ignore?", MetricBuiltins::perplexity, "perplexity");
        MatchMetricBuiltins.add(table);
    }

    /** Scores [...] with a label of two classes [...], or scores [..., C] with a label [...] of C classes. */
    private static Val classified(BuiltinCall call) {
        Optional<Val.Tensor> logits = call.tensor("logits");
        Optional<Val.Tensor> label = call.tensor("label");
        if (logits.isEmpty() || label.isEmpty() || !scores(call, logits.get(), label.get())) {
            return Val.POISON;
        }
        var attributes = new ArrayList<Constant>();
        attributes.add(new Constant.Text(call.name()));
        if (call.has("average")) {
            Optional<Constant> average = average(call);
            if (average.isEmpty()) {
                return Val.POISON;
            }
            attributes.add(average.get());
        }
        if (call.has("positive")) {
            Optional<Long> only = only(call, logits.get(), label.get());
            if (only.isEmpty()) {
                return Val.POISON;
            }
            attributes.add(new Constant.Int(Dim.of(only.get())));
        }
        return gathered(call, List.of(logits.get(), label.get()), attributes);
    }

    /** The class that is the positive one, by its number. */
    private static Optional<Long> only(BuiltinCall call, Val.Tensor logits, Val.Tensor label) {
        Optional<Long> only = call.integer("positive", 0);
        TensorType scores = logits.type();
        Dim classes = scores.rank() == label.type().rank() ? Dim.of(2) : scores.dim(-1);
        if (only.isPresent()
                && classes.constant().isPresent()
                && only.get() >= classes.constant().getAsLong()) {
            call.fail(Diagnostic.error(
                            "NND0320",
                            call.span("positive"),
                            "`positive` of `" + call.name() + "` is one of the " + classes + " classes, got "
                                    + only.get())
                    .help("classes are counted from 0"));
            return Optional.empty();
        }
        return only;
    }

    private static Optional<Constant> average(BuiltinCall call) {
        if (call.value("average") instanceof Val.Const(Constant.Text text) && AVERAGES.contains(text.value())) {
            return Optional.of(text);
        }
        Diagnostic error = Diagnostic.error(
                "NND0237",
                call.span("average"),
                "`average` of `" + call.name() + "` is \"" + String.join("\", \"", AVERAGES) + "\", got "
                        + Val.describe(call.value("average")));
        call.fail(
                call.value("average") instanceof Val.Const(Constant.Text(String word))
                        ? Expressions.suggest(
                                error,
                                call.span("average"),
                                Nearest.to(word, AVERAGES).map(w -> "average: \"" + w + "\""))
                        : error);
        return Optional.empty();
    }

    private static boolean scores(BuiltinCall call, Val.Tensor logits, Val.Tensor label) {
        TensorType scores = logits.type();
        TensorType type = label.type();
        if (!scores.dtype().isFloat() || type.dtype().isFloat()) {
            Val.Tensor wrong = scores.dtype().isFloat() ? label : logits;
            call.fail(wrong.trace()
                    .mark(call.error(
                            "NND0305",
                            "`" + call.name() + "` takes float scores and a label, got " + scores + " and " + type)));
            return false;
        }
        boolean binary = scores.rank() == type.rank();
        List<Dim> rows =
                binary || scores.rank() == 0 ? scores.dims() : scores.dims().subList(0, scores.rank() - 1);
        boolean fits = rows.size() == type.rank();
        for (int i = 0; fits && i < rows.size(); i++) {
            fits = NeuralBuiltins.same(call.c(), rows.get(i), type.dim(i));
        }
        if (!fits) {
            call.fail(label.trace()
                    .mark(logits.trace()
                            .mark(call.error(
                                    "NND0302",
                                    "`" + call.name() + "` takes one label per score of two classes, or one per row of"
                                            + " scores: the scores are " + scores + ", the label is " + type))));
            return false;
        }
        return classesFit(call, logits, label, binary ? Dim.of(2) : scores.dim(-1), binary);
    }

    private static boolean classesFit(
            BuiltinCall call, Val.Tensor logits, Val.Tensor label, Dim classes, boolean binary) {
        Optional<Val.Classes> known = label.classes().filter(c -> !c.ids());
        if (known.isEmpty() || NeuralBuiltins.same(call.c(), known.get().count(), classes)) {
            return true;
        }
        Dim count = known.get().count();
        call.fail(logits.trace()
                .mark(call.error(
                                "NND0319",
                                binary
                                        ? "one score per example tells 2 classes apart, but the label has " + count
                                        : "there are " + classes + " scores per example, but the label has " + count
                                                + " classes")
                        .label(known.get().span(), "has " + count + " classes"))
                .help("make the last layer " + count + " wide, such as `Dense(" + count + ")`"));
        return false;
    }

    private static Val summed(BuiltinCall call) {
        Optional<Val.Tensor> prediction = call.tensor("prediction");
        Optional<Val.Tensor> target = call.tensor("target");
        if (prediction.isEmpty() || target.isEmpty()) {
            return Val.POISON;
        }
        TensorType a = prediction.get().type();
        TensorType b = target.get().type();
        boolean fits = a.rank() == b.rank() && a.dtype().isFloat() && b.dtype() == a.dtype();
        for (int i = 0; fits && i < a.rank(); i++) {
            fits = NeuralBuiltins.same(call.c(), a.dim(i), b.dim(i));
        }
        if (!fits) {
            return call.fail(target.get()
                    .trace()
                    .mark(prediction
                            .get()
                            .trace()
                            .mark(call.error(
                                    "NND0302",
                                    "`" + call.name() + "` compares floats of one shape, got " + a + " and " + b))));
        }
        return gathered(call, List.of(prediction.get(), target.get()), List.of(new Constant.Text(call.name())));
    }

    /** {@code exp} of the mean of {@code -log(softmax(logits)[label])}. */
    private static Val perplexity(BuiltinCall call) {
        Optional<Val.Tensor> logits = call.tensor("logits");
        Optional<Val.Tensor> label = call.tensor("label");
        Optional<Dim> ignore = call.has("ignore") ? call.dim("ignore") : Optional.of(Dim.of(-1));
        if (logits.isEmpty() || label.isEmpty() || ignore.isEmpty()) {
            return Val.POISON;
        }
        if (logits.get().type().rank() != label.get().type().rank() + 1) {
            return call.fail(label.get()
                    .trace()
                    .mark(logits.get()
                            .trace()
                            .mark(call.error(
                                    "NND0302",
                                    "`perplexity` takes scores [..., classes] and a label [...], got "
                                            + logits.get().type() + " and "
                                            + label.get().type()))));
        }
        return scores(call, logits.get(), label.get())
                ? gathered(
                        call,
                        List.of(logits.get(), label.get()),
                        List.of(new Constant.Text("perplexity"), new Constant.Int(ignore.get())))
                : Val.POISON;
    }

    static Val gathered(BuiltinCall call, List<Val.Tensor> operands, List<Constant> attributes) {
        return call.c()
                .apply(Primitive.STREAMING_METRIC, operands, attributes, TensorType.scalar(DType.F32), call.at());
    }
}
