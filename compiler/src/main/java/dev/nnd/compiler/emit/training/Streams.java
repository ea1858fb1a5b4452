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
            long ignored = ((Constant.Int) attributes.get(1)).value().constant().orElse(-1);
            return CodeBlock.of("new $T($L)", type("Perplexity"), ignored);
        }
        String constant = name.toUpperCase(Locale.ROOT);
        if (RANKED.contains(name)) {
            return CodeBlock.of("new $1T($1T.Kind.$2L)", type("RankedMetric"), constant);
        }
        if (SUMMED.contains(name)) {
            return CodeBlock.of("new $1T($1T.Kind.$2L)", type("SummedMetric"), constant);
        }
        String average = attributes.size() > 1 ? ((Constant.Text) attributes.get(1)).value() : "macro";
        return CodeBlock.of(
                "new $1T($1T.Kind.$2L, $1T.Average.$3L)",
                type("CountedMetric"),
                constant,
                average.toUpperCase(Locale.ROOT));
    }

    private static ClassName type(String name) {
        return ClassName.get("dev.nnd.runtime.metric", name);
    }
}
