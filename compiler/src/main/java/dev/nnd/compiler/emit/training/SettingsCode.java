package dev.nnd.compiler.emit.training;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import dev.nnd.compiler.typed.TypedTrain;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The expression that makes a section's {@code RunSettings}. */
final class SettingsCode {

    private SettingsCode() {}

    static CodeBlock of(TypedTrain train, TrainingNames names, SectionCode code) {
        TypedTrain.Run run = train.run();
        CodeBlock values = names.settings().isEmpty()
                ? CodeBlock.of("$T.of()", Map.class)
                : CodeBlock.of("values($L)", String.join(", ", names.settings().values()));
        var made = CodeBlock.builder()
                .add(
                        "new $T(\n$>$>$L,\n$L,\n$L,\n$LL,\n$T.of($L),\n$L,\n$L)",
                        RuntimeTypes.RUN_SETTINGS,
                        optional(run.epochs()),
                        optional(run.steps()),
                        run.batch(),
                        run.seed(),
                        List.class,
                        CodeBlock.join(
                                train.metrics().stream()
                                        .map(SettingsCode::metric)
                                        .toList(),
                                ", "),
                        run.keep().map(SettingsCode::keep).orElse(CodeBlock.of("$T.empty()", Optional.class)),
                        values);
        if (code.several()) {
            made.add(
                    "\n.withLosses($L)",
                    CodeBlock.join(
                            code.statements().stream()
                                    .map(s -> CodeBlock.of("$S", s.lossName()))
                                    .toList(),
                            ", "));
        }
        run.validate().ifPresent(every -> made.add("\n.withValidation($L)", ScheduleCode.time(every)));
        run.checkpoint().ifPresent(c -> made.add("\n.withCheckpoints($L)", checkpoint(c)));
        run.stop().ifPresent(s -> made.add("\n.withStop($L)", stop(s)));
        if (run.accumulate() > 1) {
            made.add("\n.withAccumulation($L)", run.accumulate());
        }
        run.ema().ifPresent(decay -> made.add("\n.withAverage($L)", decay));
        return made.add("$<$<").build();
    }

    private static ClassName nested(String name) {
        return RuntimeTypes.RUN_SETTINGS.nestedClass(name);
    }

    private static CodeBlock metric(TypedTrain.Metric metric) {
        boolean streaming = metric.aggregation() == TypedTrain.Aggregation.STREAMING;
        return CodeBlock.of(
                "new $T($S, $L$L)",
                nested("MetricInfo"),
                metric.name(),
                metric.higherIsBetter(),
                streaming ? ", true" : "");
    }

    private static CodeBlock keep(TypedTrain.Keep keep) {
        return CodeBlock.of(
                "$T.of(new $T($S, $S, $L$L))",
                Optional.class,
                nested("KeepRule"),
                keep.split(),
                keep.metric(),
                keep.higherIsBetter(),
                keep.count() == 1 ? "" : ", " + keep.count() + "L");
    }

    private static CodeBlock checkpoint(TypedTrain.Checkpoint checkpoint) {
        return CodeBlock.of(
                "new $T($L, $L)",
                nested("CheckpointRule"),
                ScheduleCode.time(checkpoint.every()),
                optional(checkpoint.keep()));
    }

    private static CodeBlock stop(TypedTrain.StopEarly stop) {
        return CodeBlock.of(
                "new $T($S, $S, $L, $L)",
                nested("StopRule"),
                stop.split(),
                stop.metric(),
                stop.higherIsBetter(),
                ScheduleCode.time(stop.patience()));
    }

    private static CodeBlock optional(OptionalLong value) {
        return value.isPresent()
                ? CodeBlock.of("$T.of($L)", OptionalLong.class, value.getAsLong())
                : CodeBlock.of("$T.empty()", OptionalLong.class);
    }
}
