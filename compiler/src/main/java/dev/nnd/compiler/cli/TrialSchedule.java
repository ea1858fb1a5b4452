package dev.nnd.compiler.cli;

import dev.nnd.compiler.typed.TypedTune;
import dev.nnd.runtime.NndException;
import java.nio.file.Path;
import java.util.ArrayDeque;
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
    private final Path directory;
    private final TrialRunner runner;
    private final Consumer<TrialRunner.Result> listener;

    TrialSchedule(TypedTune tune, Path directory, TrialRunner runner, Consumer<TrialRunner.Result> listener) {
        this.directory = directory;
        this.tune = tune;
        this.runner = runner;
        this.listener = listener;
    }

    /** The better one first; what failed comes last. */
    static Comparator<TrialRunner.Result> order(boolean maximize) {
        return Comparator.comparingDouble((TrialRunner.Result r) ->
                        Double.isNaN(r.value()) ? Double.POSITIVE_INFINITY : maximize ? -r.value() : r.value())
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
            return switch (tune.strategy()) {
                case TypedTune.Strategy.Random _, TypedTune.Strategy.Grid _ -> stage(threads, trials, Long.MAX_VALUE);
                case TypedTune.Strategy.Halving(long factor, long least) ->
                    halving(threads, trials, lengths(factor, least, whole), factor);
                case TypedTune.Strategy.Asha(long factor, long least) ->
                    new AsynchronousHalving(
                                    tune,
                                    runner,
                                    listener,
                                    new RungFile(directory),
                                    trials,
                                    lengths(factor, least, whole),
                                    Math.toIntExact(Math.min(factor, Integer.MAX_VALUE)))
                            .run(threads, parallel);
                case TypedTune.Strategy.Tpe(long startup) -> guided(threads, new TreeParzen(tune, startup), parallel);
            };
        } finally {
            threads.shutdownNow();
        }
    }

    private List<TrialRunner.Result> halving(
            ExecutorService threads, List<Trial> trials, List<Long> lengths, long factor) throws InterruptedException {
        Map<Integer, TrialRunner.Result> results = new TreeMap<>();
        List<Trial> left = trials;
        for (long length : lengths) {
            var stage = stage(threads, left, length);
            stage.forEach(r -> results.put(r.trial().number(), r));
            left = stage.stream()
                    .filter(r -> !Double.isNaN(r.value()))
                    .sorted(order(tune.objective().maximize()))
                    .limit(Math.max(1, left.size() / factor))
                    .map(TrialRunner.Result::trial)
                    .sorted(Comparator.comparingInt(Trial::number))
                    .toList();
        }
        return List.copyOf(results.values());
    }

    /**
     * Each trial knows all before it but those that may still run, the last {@code parallel - 1}: what is proposed does not depend
     * on which of them is the faster.
     */
    private List<TrialRunner.Result> guided(ExecutorService threads, TreeParzen parzen, int parallel)
            throws InterruptedException {
        var running = new ArrayDeque<Future<TrialRunner.Result>>();
        var over = new ArrayList<TrialRunner.Result>();
        for (int number = 1; number <= TrialPlan.count(tune); number++) {
            if (running.size() == parallel) {
                over.add(got(running.removeFirst()));
            }
            running.add(begun(threads, new Trial(number, parzen.propose(number, over)), Long.MAX_VALUE));
        }
        while (!running.isEmpty()) {
            over.add(got(running.removeFirst()));
        }
        return over;
    }

    /** To what length the trials of each stage run. */
    private static List<Long> lengths(long factor, long least, long whole) {
        var lengths = new ArrayList<Long>();
        for (long length = least; length < whole; length *= factor) {
            lengths.add(length);
        }
        lengths.add(Long.MAX_VALUE);
        return lengths;
    }

    private List<TrialRunner.Result> stage(ExecutorService threads, List<Trial> trials, long length)
            throws InterruptedException {
        var running = new ArrayList<Future<TrialRunner.Result>>();
        for (Trial trial : trials) {
            running.add(begun(threads, trial, length));
        }
        var results = new ArrayList<TrialRunner.Result>();
        for (var one : running) {
            results.add(got(one));
        }
        return results;
    }

    private Future<TrialRunner.Result> begun(ExecutorService threads, Trial trial, long length) {
        Callable<TrialRunner.Result> work = () -> {
            var result = runner.run(trial, length);
            synchronized (this) {
                listener.accept(result);
            }
            return result;
        };
        return threads.submit(work);
    }

    /** What a thread has made; its error if it failed. */
    static <T> T got(Future<T> one) throws InterruptedException {
        try {
            return one.get();
        } catch (ExecutionException e) {
            throw failed(e.getCause());
        }
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
