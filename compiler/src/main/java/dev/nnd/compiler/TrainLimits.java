package dev.nnd.compiler;

import dev.nnd.compiler.lower.OptimizerLowering;
import dev.nnd.compiler.typed.OptimizerSpec;
import dev.nnd.compiler.typed.OptimizerSpec.ScalarExpr;
import dev.nnd.compiler.typed.TypedTrain;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a correct train section may ask for and the training loop cannot do yet. */
final class TrainLimits {

    private final TypedTrain train;
    private final List<Diagnostic> found = new ArrayList<>();

    private TrainLimits(TypedTrain train) {
        this.train = train;
    }

    static List<Diagnostic> of(TypedTrain train) {
        var limits = new TrainLimits(train);
        limits.models();
        limits.run();
        train.minimize().forEach(m -> limits.optimizer(m.optimizer(), m.span()));
        SettingUses.in(train.body(), train.minimize(), train.metrics())
                .forEach(s -> limits.refuse("the setting `" + s.name() + "` in a loss or a metric", s.span()));
        for (TypedTrain.Metric metric : train.metrics()) {
            if (metric.aggregation() == TypedTrain.Aggregation.STREAMING) {
                limits.refuse(
                        "the metric `" + metric.name() + "`, which is computed over all examples,", metric.span());
            }
        }
        return limits.found;
    }

    private void refuse(String what, Span span) {
        found.add(
                Diagnostic.error("NND0899", span, what + " checks, but this version does not compile it to Java yet"));
    }

    private void models() {
        if (train.minimize().size() > 1) {
            refuse("a second `minimize`", train.minimize().get(1).span());
        }
        if (train.models().size() > 1) {
            refuse("a second `model` in a train section", train.models().get(1).span());
        }
        for (TypedTrain.Trained model : train.models()) {
            model.from().ifPresent(f -> refuse("a model `from` a weights file", f.span()));
            if (model.frozen()) {
                refuse("`frozen`", model.span());
            }
            if (!model.frozenWeights().isEmpty()) {
                refuse("`freeze`", model.span());
            }
        }
    }

    private void run() {
        TypedTrain.Run run = train.run();
        Span section = train.declaration().name().span();
        if (run.precision() != TypedTrain.Precision.F32) {
            refuse("`precision " + run.precision().name().toLowerCase(Locale.ROOT) + "`", section);
        }
        if (run.accumulate() > 1) {
            refuse("`accumulate`", section);
        }
        run.clipNorm().ifPresent(c -> refuse("`clip_norm`", section));
        run.ema().ifPresent(e -> refuse("`ema`", section));
        run.validate().ifPresent(v -> refuse("`validate every`", section));
        run.checkpoint().ifPresent(c -> refuse("`checkpoint`", c.span()));
        run.stop().ifPresent(s -> refuse("`stop early`", s.span()));
        run.keep().filter(k -> k.count() > 1).ifPresent(k -> refuse("keeping more than one", k.span()));
    }

    private void optimizer(OptimizerSpec spec, Span span) {
        String name = spec.kind().name().toLowerCase(Locale.ROOT);
        if (!OptimizerLowering.lowers(spec.kind())) {
            refuse("the optimizer `" + name + "`", span);
        }
        if (!spec.noDecay().isEmpty()) {
            refuse("`no_decay`", span);
        }
        spec.arguments().forEach((argument, value) -> {
            boolean standard = value.equals(new ScalarExpr.Number(0));
            if (holdsSchedule(value)) {
                refuse("a schedule", span);
            } else if (argument.startsWith("clip_")
                    || (!standard && (argument.equals("dampening") || argument.equals("initial")))) {
                refuse("`" + argument + "`", span);
            }
        });
    }

    private static boolean holdsSchedule(ScalarExpr expr) {
        return switch (expr) {
            case ScalarExpr.Number _, ScalarExpr.Setting _ -> false;
            case ScalarExpr.Binary b -> holdsSchedule(b.left()) || holdsSchedule(b.right());
            case ScalarExpr.Scheduled _ -> true;
        };
    }
}
