package dev.nnd.compiler.emit.training;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.typed.TypedExpr;
import dev.nnd.compiler.typed.TypedTrain;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.lang.model.element.Modifier;

/** The method that makes what gathers for the metrics over all examples. */
final class Streams {

    private static final List<String> RANKED = List.of("auc", "pr_auc");
    private static final List<String> SUMMED = List.of("rmse", "r2", "correlation", "mape");

    private static final List<String> SEQUENCES = List.of("bleu", "rouge_1", "rouge_2", "rouge_l", "edit_error");

    private Streams() {}

    /** The method; empty if all metrics are means. */
    static Optional<MethodSpec> method(TypedTrain train) {
        var method = MethodSpec.methodBuilder("streaming")
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PUBLIC)
                .addParameter(int.class, "metric")
                .returns(RuntimeTypes.STREAMING_METRIC)
                .beginControlFlow("return switch (metric)");
        boolean any = false;
        for (int i = 0; i < train.metrics().size(); i++) {
            TypedTrain.Metric metric = train.metrics().get(i);
            if (metric.aggregation() == TypedTrain.Aggregation.STREAMING
                    && metric.value() instanceof TypedExpr.Apply apply) {
                any = true;
                method.addStatement("case $L -> $L", i, made(apply.attributes()));
            }
        }
        method.addStatement(
                        "default -> throw new $T($S + metric + $S)",
                        IndexOutOfBoundsException.class,
                        "metric ",
                        " is a mean")
                .addCode("$<};\n");
        return any ? Optional.of(method.build()) : Optional.empty();
    }

    /** The first attribute is the metric's name. */
    private static CodeBlock made(List<Constant> attributes) {
        String name = ((Constant.Text) attributes.getFirst()).value();
        if (name.equals("perplexity")) {
            return CodeBlock.of("new $T($L)", type("Perplexity"), number(attributes.get(1)));
        }
        if (name.equals("mean_average_precision")) {
            return CodeBlock.of("new $T($L)", type("DetectionMetric"), ((Constant.Float) attributes.get(1)).value());
        }
        String constant = name.toUpperCase(Locale.ROOT);
        if (RANKED.contains(name)) {
            return CodeBlock.of("new $1T($1T.Kind.$2L$3L)", type("RankedMetric"), constant, positive(attributes));
        }
        if (SUMMED.contains(name)) {
            return CodeBlock.of("new $1T($1T.Kind.$2L)", type("SummedMetric"), constant);
        }
        if (SEQUENCES.contains(name)) {
            return CodeBlock.of(
                    "new $1T($1T.Kind.$2L, $3L, $4L, $5L)",
                    type("SequenceMetric"),
                    constant,
                    number(attributes.get(1)),
                    number(attributes.get(2)),
                    number(attributes.get(3)));
        }
        String average = attributes.stream()
                .skip(1)
                .filter(a -> a instanceof Constant.Text)
                .map(a -> ((Constant.Text) a).value())
                .findFirst()
                .orElse("macro");
        return CodeBlock.of(
                "new $1T($1T.Kind.$2L, $1T.Average.$3L$4L)",
                type("CountedMetric"),
                constant,
                average.toUpperCase(Locale.ROOT),
                positive(attributes));
    }

    /** The class that a metric is told to take as the positive one, as an argument; nothing if there is none. */
    private static String positive(List<Constant> attributes) {
        return attributes.stream()
                .filter(a -> a instanceof Constant.Int)
                .map(a -> ", " + number(a))
                .findFirst()
                .orElse("");
    }

    private static long number(Constant constant) {
        return ((Constant.Int) constant).value().constant().orElse(-1);
    }

    private static ClassName type(String name) {
        return ClassName.get("dev.nnd.runtime.metric", name);
    }
}
