package dev.nnd.compiler.cli;

import dev.nnd.compiler.typed.TypedTune;
import dev.nnd.runtime.NndException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** In which order trials run, how many at once, and which of them go on. */
final class TrialSchedule {
    private final TypedTune tune;
    private final TrialRunner runner;
    private final Consumer<TrialRunner.Result> listener;

    TrialSchedule(TypedTune tune, TrialRunner runner, Consumer<TrialRunner.Result> listener) {
        this.tune = tune;
        this.runner = runner;
        this.listener = listener;
    }

    /** The better one first; what failed comes last. */
    static Comparator<TrialRunner.Result> order(TypedTune tune) {
        return Comparator.comparingDouble((TrialRunner.Result r) -> Double.isNaN(r.value())
                        ? Double.POSITIVE_INFINITY
                        : tune.objective().maximize() ? -r.value() : r.value())
                .thenComparingInt(r -> r.trial().number());
    }

    /**
     * Runs all of them.
     *
     * @param whole the length of a whole run, in epochs or steps
     * @throws InterruptedException if somebody stops the search
     */
    List<TrialRunner.Result> run(List<Trial> trials, int parallel, long whole) throws InterruptedException {
        var threads = Executors.newFixedThreadPool(parallel);
        try {
            Map<Integer, TrialRunner.Result> results = new TreeMap<>();
            List<Trial> left = trials;
            for (long length : lengths(whole)) {
                var stage = stage(threads, left, length);
                stage.forEach(r -> results.put(r.trial().number(), r));
                if (tune.strategy() instanceof TypedTune.Strategy.Halving halving) {
                    left = stage.stream()
                            .filter(r -> !Double.isNaN(r.value()))
                            .sorted(order(tune))
                            .limit(Math.max(1, left.size() / halving.factor()))
                            .map(TrialRunner.Result::trial)
                            .sorted(Comparator.comparingInt(Trial::number))
                            .toList();
                }
            }
            return List.copyOf(results.values());
        } finally {
            threads.shutdownNow();
        }
    }

    /** To what length the trials of each stage run. */
    private List<Long> lengths(long whole) {
        var lengths = new ArrayList<Long>();
        if (tune.strategy() instanceof TypedTune.Strategy.Halving halving) {
            for (long length = halving.least(); length < whole; length *= halving.factor()) {
                lengths.add(length);
            }
        }
        lengths.add(Long.MAX_VALUE);
        return lengths;
    }

    private List<TrialRunner.Result> stage(ExecutorService threads, List<Trial> trials, long length)
            throws InterruptedException {
        var running = new ArrayList<Future<TrialRunner.Result>>();
        for (Trial trial : trials) {
            Callable<TrialRunner.Result> work = () -> {
                var result = runner.run(trial, length);
                synchronized (this) {
                    listener.accept(result);
                }
                return result;
            };
            running.add(threads.submit(work));
        }
        var results = new ArrayList<TrialRunner.Result>();
        for (var one : running) {
            try {
                results.add(one.get());
            } catch (ExecutionException e) {
                throw failed(e.getCause());
            }
        }
        return results;
    }

    private static RuntimeException failed(@Nullable Throwable cause) throws InterruptedException {
        return switch (cause) {
            case null -> new IllegalStateException("a trial failed for no reason");
            case InterruptedException e -> throw e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> new NndException("A trial failed: " + cause.getMessage() + ".", cause);
        };
    }
}
