package dev.nnd.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What is asked, in which order, and what is asked once only. */
final class Schedule {

    /** A peer this much slower than the fastest one in the first repetition is not measured again. */
    static final double HOPELESS = 1.5;

    /** Ratios that differ by less, of the middle one, say the same. */
    static final double SETTLED = 0.1;

    private final Options options;
    private final Results results;

    Schedule(Options options, Results results) {
        this.options = options;
        this.results = results;
    }

    /** nnd and its peers in turn; the order is reversed from one repetition to the next. */
    List<Question> of(int repetition) {
        var all = new ArrayList<Question>();
        for (Workload workload : Workload.values()) {
            if (options.wants(workload)) {
                var libraries = new ArrayList<>(workload.libraries());
                libraries.removeIf(library -> !options.libraries().contains(library));
                if (repetition % 2 == 1) {
                    Collections.reverse(libraries);
                }
                for (int threads : options.threads()) {
                    libraries.forEach(library -> all.add(new Question(workload, library, threads, repetition)));
                }
            }
        }
        return all;
    }

    /** Whether to ask it: not what is known, nor again what can't change a ratio. */
    boolean worth(Question question) {
        if (results.has(question)) {
            return false;
        }
        if (question.repetition() == 0 || question.library() == Library.NND) {
            return true;
        }
        if (question.library().once()) {
            return false;
        }
        double fastest = question.workload().libraries().stream()
                .filter(library -> library != Library.NND && !library.once())
                .mapToDouble(library -> median(new Question(question.workload(), library, question.threads(), 0)))
                .min()
                .orElse(Double.POSITIVE_INFINITY);
        double own = median(question.first());
        return Double.isInfinite(own)
                ? Double.isInfinite(fastest) && !isDone(question.first())
                : own <= HOPELESS * fastest;
    }

    /** The questions of one repetition more, for rows whose ratios to the fastest peer don't agree. Which way they differ does not matter. */
    List<Question> more(int repetition) {
        var found = new Found(results.all());
        return of(repetition).stream()
                .filter(question -> !settled(found, question))
                .toList();
    }

    private static boolean settled(Found found, Question question) {
        var ratios = found.ratios(
                question.workload(), question.threads(), question.workload().rivals());
        if (ratios.size() < 2) {
            return true;
        }
        double middle = ratios.get((ratios.size() - 1) / 2).value();
        return ratios.getLast().value() - ratios.getFirst().value() <= SETTLED * middle;
    }

    private boolean isDone(Question question) {
        return results.all().stream().anyMatch(question::isAnsweredBy);
    }

    private double median(Question question) {
        return results.all().stream()
                .filter(m -> m.measured() && question.isAnsweredBy(m))
                .mapToDouble(m -> m.times().median())
                .findFirst()
                .orElse(Double.POSITIVE_INFINITY);
    }
}
