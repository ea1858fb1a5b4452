package dev.nnd.runtime.train;

import dev.nnd.runtime.program.ParameterSet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The best epoch so far; without a rule the latest. Its weights are on disk, or, where epochs are so short that writing
 * each would take longer than training, in a copy in memory until {@link #flush}.
 */
final class BestEpoch implements AutoCloseable {
    private final RunSettings settings;
    private final RunFiles files;
    private final ParameterSet parameters;
    private final Arena arena = Arena.ofShared();
    private long epoch;
    private double value = Double.NaN;
    private @Nullable EpochResult result;
    private @Nullable MemorySegment copy;
    private boolean pending;

    BestEpoch(RunSettings settings, RunFiles files, ParameterSet parameters) {
        this.settings = settings;
        this.files = files;
        this.parameters = parameters;
    }

    /** Takes over what a resumed run had. */
    void restore(long epoch, double value, @Nullable EpochResult result) {
        this.epoch = epoch;
        this.value = value;
        this.result = result;
    }

    /** Keeps the weights as they are now if the result is the best so far; returns whether it is. */
    boolean offer(EpochResult offered) {
        if (settings.keep().isPresent()) {
            var rule = settings.keep().get();
            double now = offered.metric(rule.split() + "." + rule.metric());
            boolean better = rule.higherIsBetter() ? now > value : now < value;
            // A metric that is not a number is kept only until there is one that is.
            if (epoch > 0 && !better && !(Double.isNaN(value) && !Double.isNaN(now))) {
                return false;
            }
            value = now;
        }
        epoch = offered.epoch();
        result = offered;
        pending = true;
        return true;
    }

    /** After {@link #offer} said yes: writes the weights, or copies them to be written later. */
    void keep(TrainingStart start, boolean onDisk) {
        if (onDisk && result != null) {
            files.saveBest(start, result);
            pending = false;
        } else {
            var values = parameters.values();
            if (copy == null) {
                copy = arena.allocate(values.byteSize(), 64);
            }
            copy.copyFrom(values);
        }
    }

    /** Writes what is not on disk yet. The weights in use stay as they are. */
    void flush(TrainingStart start) {
        if (!pending || copy == null || result == null) {
            return;
        }
        var values = parameters.values();
        try (var scratch = Arena.ofShared()) {
            var current = scratch.allocate(values.byteSize(), 64).copyFrom(values);
            values.copyFrom(copy);
            files.saveBest(start, result);
            values.copyFrom(current);
        }
        pending = false;
    }

    /** Adds metrics to the best epoch's results. */
    void replace(EpochResult same) {
        result = same;
    }

    /** Its number, 0 before the first. */
    long epoch() {
        return epoch;
    }

    /** The metric that decides, NaN without a rule. */
    double value() {
        return value;
    }

    @Nullable
    EpochResult result() {
        return result;
    }

    @Override
    public void close() {
        arena.close();
    }
}
