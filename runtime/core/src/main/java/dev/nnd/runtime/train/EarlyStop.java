package dev.nnd.runtime.train;

import java.util.Locale;

/** Sees to it that a run ends once a metric has not become better for a while. */
final class EarlyStop {
    private final RunSettings.StopRule rule;
    private final long patience;
    private double best = Double.NaN;
    private long since;
    private boolean reached;

    EarlyStop(RunSettings.StopRule rule, RunLength run) {
        this.rule = rule;
        this.patience = Math.round(rule.patience().in(run));
    }

    /** Takes over what a resumed run had. */
    void restore(double value, long step, boolean over) {
        best = value;
        since = step;
        reached = over;
    }

    /** Looks at an evaluation; from then on {@link #reached} tells whether the run is over. */
    void offer(EpochResult result) {
        double now = result.metric(rule.split() + "." + rule.metric());
        boolean better = rule.higherIsBetter() ? now > best : now < best;
        if (better || (Double.isNaN(best) && !Double.isNaN(now))) {
            best = now;
            since = result.step();
        }
        reached = !better && result.step() > since && result.step() - since >= patience;
    }

    boolean reached() {
        return reached;
    }

    double value() {
        return best;
    }

    long step() {
        return since;
    }

    /** Why the run is over. */
    String reason(long step) {
        return String.format(
                Locale.ROOT,
                "stopped after step %d: %s.%s has not become better than %.4g since step %d",
                step,
                rule.split(),
                rule.metric(),
                best,
                since);
    }
}
