package dev.nnd.runtime.train;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.data.BatchFeed;
import dev.nnd.runtime.data.DataSession;
import dev.nnd.runtime.data.RowSet;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/** One run: passes over the training split, each followed by evaluation and saving. */
final class TrainingLoop implements AutoCloseable {
    private static final String TEST = "test";
    private static final long SAVE_NANOS = 1_000_000_000L;

    private final TrainingProgram program;
    private final RunSettings settings;
    private final Map<String, RowSet> splits;
    private final RowSet train;
    private final ProgressListener listener;
    private final Bound<TrainStep> trainSteps;
    private final Bound<EvalStep> evalSteps;
    private final EvaluationPass evaluation;
    private final Means means;
    private final int batch;
    private final int batches;
    private final long steps;
    private final TrainingStart start;
    private final RunFiles files;
    private final TrainingProgress progress;
    private final List<EpochResult> results = new ArrayList<>();
    private final BestEpoch best;
    private final long startNanos = System.nanoTime();

    private long epoch = 1;
    private int stepInEpoch;
    private long step;
    private boolean evaluated;
    private long trainNanos;
    private long savedNanos;
    private long samples;

    TrainingLoop(
            TrainingProgram program,
            TrainingOptions options,
            RunSettings settings,
            Path directory,
            Map<String, RowSet> splits,
            RowSet train,
            ProgressListener listener) {
        this.program = program;
        this.settings = settings;
        this.splits = splits;
        this.train = train;
        this.listener = listener;
        this.batch = Math.min(settings.batch(), train.size());
        this.batches = BatchFeed.batches(train.size(), batch);
        this.steps = settings.steps().orElseGet(() -> settings.epochs().orElse(1) * batches);
        this.means = new Means(settings.metrics().size());
        this.trainSteps = new Bound<>(program::trainStep, program.data());
        this.evalSteps = new Bound<>(program::evalStep, program.data());
        this.evaluation = new EvaluationPass(
                evalSteps, program.data(), batch, settings.metrics().size());
        this.progress = new TrainingProgress(means, batches, steps);
        this.files = new RunFiles(directory, program);
        this.best = new BestEpoch(settings, files, program.parameters());
        program.parameters().enableGradients();
        if (options.resume()) {
            resume(files.forResume(settings, train.size()));
        } else {
            program.initialize(settings.seed());
        }
        // Bound here, so that training and not evaluation decides the layout of the weights.
        long arena = trainSteps.of(batch).program().arenaBytes();
        if (options.resume()) {
            files.loadState();
        }
        this.start = new TrainingStart(
                program.name(),
                directory,
                settings,
                options.threads(),
                rowCounts(),
                program.parameters().count(),
                batches,
                steps,
                step,
                arena);
    }

    private Map<String, Integer> rowCounts() {
        var counts = new LinkedHashMap<String, Integer>();
        splits.forEach((name, rows) -> counts.put(name, rows.size()));
        return counts;
    }

    private void resume(RunJson.Progress from) {
        epoch = from.epoch();
        stepInEpoch = from.stepInEpoch();
        step = from.step();
        evaluated = from.evaluated();
        means.restore(from.sums(), from.examples());
        best.restore(from.bestEpoch(), from.bestValue(), files.bestResult());
        if (evaluated) {
            nextEpoch();
        }
    }

    private void nextEpoch() {
        epoch++;
        stepInEpoch = 0;
        evaluated = false;
        means.reset();
    }

    TrainingRun run() {
        listener.started(start);
        boolean interrupted = !trainAll() || !test();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        var run = new TrainingRun(
                start.directory(),
                settings,
                results,
                best.result(),
                trainNanos == 0 ? 0 : samples * 1e9 / trainNanos,
                seconds(),
                interrupted);
        listener.finished(run);
        return run;
    }

    /** False if it was interrupted; then {@code last} holds what was done. */
    private boolean trainAll() {
        try (var csv = files.metrics(metricNames(), epoch - 1);
                var feed = BatchFeed.shuffled(program.data(), train, batch, settings.seed(), epoch, stepInEpoch)) {
            while (step < steps || stepInEpoch > 0) {
                double before = trainNanos;
                long samplesBefore = samples;
                trainEpoch(feed);
                finishEpoch(csv, (samples - samplesBefore) / Math.max(1e-9, (trainNanos - before) / 1e9));
                nextEpoch();
            }
            return true;
        } catch (InterruptedException e) {
            if (step > 0) {
                best.flush(start);
                saveLast(resultSoFar());
            }
            return false;
        }
    }

    private double seconds() {
        return (System.nanoTime() - startNanos) / 1e9;
    }

    /** Steps up to the end of the pass or of the run. */
    private void trainEpoch(BatchFeed feed) throws InterruptedException {
        while (stepInEpoch < batches && step < steps) {
            long from = System.nanoTime();
            var bound = trainSteps.of(feed.next());
            feed.take(bound.inputs());
            var trainStep = bound.program();
            trainStep.random(settings.seed(), step);
            trainStep.run();
            double loss = trainStep.loss();
            if (!Double.isFinite(loss)) {
                throw diverged(step + 1, "the loss of the batch is " + loss);
            }
            program.update(step + 1);
            step++;
            stepInEpoch++;
            means.add(trainStep, loss);
            samples += bound.batch();
            long now = System.nanoTime();
            trainNanos += now - from;
            progress.at(epoch, stepInEpoch, step);
            progress.stepDone(loss, bound.batch(), trainNanos, now - startNanos);
            listener.batch(progress);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    private void finishEpoch(MetricsFile csv, double samplesPerSecond) throws InterruptedException {
        var metrics = new LinkedHashMap<String, Double>();
        means.into(metrics, DataSession.TRAIN, settings.metrics());
        for (var split : evaluatedSplits()) {
            evaluate(split, metrics);
        }
        if (!finite()) {
            throw diverged(step, "the weights are not finite");
        }
        var result = new EpochResult(epoch, step, metrics, seconds(), samplesPerSecond);
        boolean save = savingIsDue();
        boolean better = best.offer(result);
        if (better) {
            best.keep(start, save);
        }
        evaluated = true;
        if (save) {
            best.flush(start);
            saveLast(result);
        }
        csv.add(result);
        results.add(result);
        listener.epoch(result, better);
    }

    /** Epochs of milliseconds are not all written: each writing waits until the disk has it. */
    private boolean savingIsDue() {
        return step >= steps || savedNanos == 0 || System.nanoTime() - savedNanos >= SAVE_NANOS;
    }

    private void saveLast(EpochResult result) {
        files.saveLast(
                start,
                result,
                new RunJson.Progress(
                        epoch,
                        stepInEpoch,
                        step,
                        train.size(),
                        means.examples(),
                        means.sums(),
                        best.epoch(),
                        best.value(),
                        evaluated));
        savedNanos = System.nanoTime();
    }

    /** What is known of a pass that was interrupted. */
    private EpochResult resultSoFar() {
        var metrics = new LinkedHashMap<String, Double>();
        if (means.examples() > 0) {
            means.into(metrics, DataSession.TRAIN, settings.metrics());
        }
        return new EpochResult(epoch, step, metrics, seconds(), progress.samplesPerSecond());
    }

    /** Splits to evaluate after every epoch: the test split only if it decides which epoch is kept. */
    private List<String> evaluatedSplits() {
        var keep = settings.keep().map(RunSettings.KeepRule::split).orElse("");
        return splits.keySet().stream()
                .filter(name -> !name.equals(DataSession.TRAIN) && (!name.equals(TEST) || keep.equals(TEST)))
                .toList();
    }

    private List<String> metricNames() {
        var names = new LinkedHashSet<String>();
        var all = new ArrayList<String>();
        all.add(DataSession.TRAIN);
        all.addAll(evaluatedSplits());
        for (var split : all) {
            names.add(split + ".loss");
            settings.metrics().forEach(m -> names.add(split + "." + m.name()));
        }
        return List.copyOf(names);
    }

    private void evaluate(String split, Map<String, Double> into) throws InterruptedException {
        var rows = splits.get(split);
        if (rows != null) {
            var result = evaluation.over(rows);
            if (!Double.isFinite(result.loss())) {
                throw diverged(step, "the loss of the split `" + split + "` is " + result.loss());
            }
            result.into(into, split, settings.metrics());
        }
    }

    /** Takes the best weights and evaluates them on the test split, once; false if it was interrupted. */
    private boolean test() {
        if (best.epoch() != epoch - 1) {
            files.loadBest();
        }
        var result = best.result();
        if (result != null && splits.containsKey(TEST) && !result.metrics().containsKey(TEST + ".loss")) {
            var metrics = new LinkedHashMap<String, Double>();
            try {
                evaluate(TEST, metrics);
            } catch (InterruptedException e) {
                return false;
            }
            var tested = result.with(metrics);
            best.replace(tested);
            files.rewriteBest(start, tested);
            if (!results.isEmpty() && results.getLast().epoch() == tested.epoch()) {
                results.set(results.size() - 1, tested);
            }
        }
        return true;
    }

    /** One pass over the weights, at the memory's speed: 0 times a finite number is 0. */
    private boolean finite() {
        var values = program.parameters().values();
        long n = program.parameters().slabElements();
        float zero = 0;
        for (long i = 0; i < n; i++) {
            zero += 0 * values.getAtIndex(ValueLayout.JAVA_FLOAT, i);
        }
        return zero == 0;
    }

    private NndException diverged(long at, String what) {
        best.flush(start);
        var lr = settings.values().get("lr");
        return new NndException(
                "Training has diverged at step " + at + " (epoch " + epoch + "): " + what + ". "
                        + (files.hasLast(best.epoch() > 0)
                                ? "The last good weights that were saved are in " + files.last() + "."
                                : "No epoch was complete, so no weights were saved."),
                "try a smaller learning rate" + (lr == null ? "" : " (lr is " + lr + ")")
                        + ", and look for extreme values in the data",
                null);
    }

    @Override
    public void close() {
        trainSteps.close();
        evalSteps.close();
        best.close();
    }
}
