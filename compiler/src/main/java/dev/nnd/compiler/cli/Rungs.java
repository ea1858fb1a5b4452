package dev.nnd.compiler.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which trial runs next in asynchronous successive halving (Li et al. 2020, "A System for Massively Parallel Hyperparameter Tuning",
 * algorithm 2): the best 1 in {@code factor} of those that have reached a rung go on to the next as soon as they are known, from the
 * highest rung down; where there is none, a new trial begins. Not thread-safe.
 */
final class Rungs {

    /** A trial, and the rung up to which it is to run, from 0. */
    record Job(int trial, int rung) {}

    private record Reached(int trial, double cost) {}

    private final int trials;
    private final int factor;
    private final List<List<Reached>> reached = new ArrayList<>();
    private final List<Set<Integer>> promoted = new ArrayList<>();
    private final Set<Integer> begun = new HashSet<>();

    /** {@code rungs} in all, the last of which is the end of a run. */
    Rungs(int trials, int rungs, int factor) {
        this.trials = trials;
        this.factor = factor;
        for (int i = 0; i < rungs; i++) {
            reached.add(new ArrayList<>());
            promoted.add(new HashSet<>());
        }
    }

    /** What is to be done; empty if there is nothing until another job is done. */
    Optional<Job> next() {
        for (int rung = reached.size() - 2; rung >= 0; rung--) {
            var on = promoted.get(rung);
            var best = reached.get(rung).stream()
                    .sorted(Comparator.comparingDouble(Reached::cost).thenComparingInt(Reached::trial))
                    .limit(reached.get(rung).size() / factor)
                    .filter(r -> !Double.isNaN(r.cost()) && !on.contains(r.trial()))
                    .findFirst();
            if (best.isPresent()) {
                on.add(best.get().trial());
                return Optional.of(new Job(best.get().trial(), rung + 1));
            }
        }
        for (int trial = 1; trial <= trials; trial++) {
            if (begun.add(trial)) {
                return Optional.of(new Job(trial, 0));
            }
        }
        return Optional.empty();
    }

    /** A job is done; {@code cost} is the lower the better, and NaN for a trial that failed. */
    void done(Job job, double cost) {
        begun.add(job.trial());
        if (job.rung() > 0) {
            promoted.get(job.rung() - 1).add(job.trial());
        }
        reached.get(job.rung()).add(new Reached(job.trial(), cost));
    }
}
