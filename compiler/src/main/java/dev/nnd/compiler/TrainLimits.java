package dev.nnd.compiler;

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
        limits.run();
        return limits.found;
    }

    private void run() {
        TypedTrain.Run run = train.run();
        Span section = train.declaration().name().span();
        switch (run.precision()) {
            case F32, BF16 -> {}
            case F16, TF32 ->
                found.add(Diagnostic.warning(
                        "NND0899",
                        section,
                        "this version computes `precision "
                                + run.precision().name().toLowerCase(Locale.ROOT)
                                + "` in f32, which is slower and no less exact"));
        }
    }
}
