package dev.nnd.compiler.cli;

import dev.nnd.compiler.typed.TypedTune;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** Trials that wait for no stage: each thread takes what {@link Rungs} gives next. What was done is noted, so a search goes on as it was. */
final class AsynchronousHalving {

    private final TypedTune tune;
    private final TrialRunner runner;
    private final Consumer<TrialRunner.Result> listener;
    private final RungFile file;
    private final List<Trial> trials;
    private final List<Long> lengths;
    private final Rungs rungs;
    private final Map<Integer, TrialRunner.Result> results = new TreeMap<>();
    private int running;
    private boolean failed;

    AsynchronousHalving(
            TypedTune tune,
            TrialRunner runner,
            Consumer<TrialRunner.Result> listener,
            RungFile file,
            List<Trial> trials,
            List<Long> lengths,
            int factor) {
        this.tune = tune;
        this.runner = runner;
        this.listener = listener;
        this.file = file;
        this.trials = trials;
        this.lengths = lengths;
        this.rungs = new Rungs(trials.size(), lengths.size(), factor);
    }

    /** Runs until nothing is left to do. */
    List<TrialRunner.Result> run(ExecutorService threads, int parallel) throws InterruptedException {
        for (RungFile.Line line : file.read(trials.size(), lengths.size())) {
            rungs.done(line.job(), line.cost());
            results.put(
                    line.job().trial(),
                    runner.run(
                            trials.get(line.job().trial() - 1),
                            lengths.get(line.job().rung())));
        }
        var working = new ArrayList<Future<Boolean>>();
        for (int i = 0; i < parallel; i++) {
            Callable<Boolean> work = this::work;
            working.add(threads.submit(work));
        }
        for (var one : working) {
            TrialSchedule.got(one);
        }
        synchronized (this) {
            return List.copyOf(results.values());
        }
    }

    private boolean work() throws InterruptedException {
        boolean worked = false;
        for (Optional<Rungs.Job> job = take(); job.isPresent(); job = take()) {
            boolean ended = false;
            try {
                done(
                        job.get(),
                        runner.run(
                                trials.get(job.get().trial() - 1),
                                lengths.get(job.get().rung())));
                ended = true;
                worked = true;
            } finally {
                if (!ended) {
                    giveUp();
                }
            }
        }
        return worked;
    }

    /** The next job; empty if nothing is left to do, or another thread has failed. */
    private synchronized Optional<Rungs.Job> take() throws InterruptedException {
        while (!failed) {
            Optional<Rungs.Job> job = rungs.next();
            if (job.isPresent()) {
                running++;
                return job;
            }
            if (running == 0) {
                break;
            }
            wait();
        }
        notifyAll();
        return Optional.empty();
    }

    private synchronized void done(Rungs.Job job, TrialRunner.Result result) {
        running--;
        double cost = tune.objective().maximize() ? -result.value() : result.value();
        rungs.done(job, cost);
        file.add(new RungFile.Line(job, cost));
        results.put(job.trial(), result);
        listener.accept(result);
        notifyAll();
    }

    private synchronized void giveUp() {
        failed = true;
        notifyAll();
    }
}
