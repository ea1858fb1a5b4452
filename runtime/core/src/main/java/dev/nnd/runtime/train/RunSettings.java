package dev.nnd.runtime.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * The settings of a train section. Exactly one of {@code epochs} and {@code steps} is present. Immutable; {@code with...}
 * methods return changed copies.
 *
 * @param epochs passes over the training split
 * @param steps optimizer steps
 * @param batch examples of a step
 * @param seed of the initial weights and of the order of the examples
 * @param metrics in the order of {@link BatchProgram#metric}
 * @param keep which epoch's weights are the best
 * @param values the section's {@code float} parameters, such as {@code lr}, as resolved for this run
 * @param losses the names of the losses of several {@code minimize} statements; empty for one
 * @param validate how often to evaluate; absent for every epoch, or with {@code steps} every checkpoint if there are any
 * @param checkpoint when to write all state into a folder of its own
 * @param stop when to stop before the end
 * @param accumulate batches of a step: their gradients' mean changes the weights
 * @param average the decay of a moving average of the weights, which is what is evaluated and kept as the best
 * @param fold the fold of the data that is validated on, from 1; 0 if the data has none
 */
public record RunSettings(
        OptionalLong epochs,
        OptionalLong steps,
        int batch,
        long seed,
        List<MetricInfo> metrics,
        Optional<KeepRule> keep,
        Map<String, Double> values,
        List<String> losses,
        Optional<Duration> validate,
        Optional<CheckpointRule> checkpoint,
        Optional<StopRule> stop,
        int accumulate,
        OptionalDouble average,
        int fold) {
    public RunSettings {
        losses = List.copyOf(losses);
        metrics = List.copyOf(metrics);
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** A run with one loss and nothing on the way but what it keeps. */
    public RunSettings(
            OptionalLong epochs,
            OptionalLong steps,
            int batch,
            long seed,
            List<MetricInfo> metrics,
            Optional<KeepRule> keep,
            Map<String, Double> values) {
        this(
                epochs,
                steps,
                batch,
                seed,
                metrics,
                keep,
                values,
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                1,
                OptionalDouble.empty(),
                0);
    }

    /** With the names of the losses of several statements. */
    public RunSettings withLosses(String... names) {
        return changed(draft -> draft.losses = List.of(names));
    }

    /** With an evaluation every so often. */
    public RunSettings withValidation(Duration every) {
        return changed(draft -> draft.validate = Optional.of(every));
    }

    /** With checkpoints. */
    public RunSettings withCheckpoints(CheckpointRule rule) {
        return changed(draft -> draft.checkpoint = Optional.of(rule));
    }

    /** With an early end. */
    public RunSettings withStop(StopRule rule) {
        return changed(draft -> draft.stop = Optional.of(rule));
    }

    /** With so many batches a step. */
    public RunSettings withAccumulation(int batches) {
        return changed(draft -> draft.accumulate = batches);
    }

    /** With a moving average of the weights. */
    public RunSettings withAverage(double decay) {
        return changed(draft -> draft.average = OptionalDouble.of(decay));
    }

    /** With a fold of the data that is validated on. */
    RunSettings withFold(int fold) {
        return changed(draft -> draft.fold = fold);
    }

    private RunSettings changed(Consumer<Draft> change) {
        var draft = new Draft(this);
        change.accept(draft);
        return new RunSettings(
                epochs,
                steps,
                batch,
                seed,
                metrics,
                keep,
                values,
                draft.losses,
                draft.validate,
                draft.checkpoint,
                draft.stop,
                draft.accumulate,
                draft.average,
                draft.fold);
    }

    /** What a run may have besides, while a copy is made. */
    private static final class Draft {
        private List<String> losses;
        private Optional<Duration> validate;
        private Optional<CheckpointRule> checkpoint;
        private Optional<StopRule> stop;
        private int accumulate;
        private OptionalDouble average;
        private int fold;

        private Draft(RunSettings of) {
            losses = of.losses;
            validate = of.validate;
            checkpoint = of.checkpoint;
            stop = of.stop;
            accumulate = of.accumulate;
            average = of.average;
            fold = of.fold;
        }
    }

    /**
     * A metric's name and direction.
     *
     * @param streaming true if it is computed once from all examples of a split, false for a mean over batches
     */
    public record MetricInfo(String name, boolean higherIsBetter, boolean streaming) {
        /** A mean. */
        public MetricInfo(String name, boolean higherIsBetter) {
            this(name, higherIsBetter, false);
        }
    }

    /** {@code checkpoint every ... keep n}: a folder each time, of which the newest {@code keep} stay; all if absent. */
    public record CheckpointRule(Duration every, OptionalLong keep) {}

    /** {@code stop early on split.metric patience ...}. */
    public record StopRule(String split, String metric, boolean higherIsBetter, Duration patience) {}

    /**
     * {@code keep best by split.metric}; the metric {@code "loss"} is the loss.
     *
     * @param count how many; more than one are kept in folders of their own besides
     */
    public record KeepRule(String split, String metric, boolean higherIsBetter, long count) {
        /** One. */
        public KeepRule(String split, String metric, boolean higherIsBetter) {
            this(split, metric, higherIsBetter, 1);
        }
    }
}
