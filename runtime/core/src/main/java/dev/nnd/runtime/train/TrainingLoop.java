package dev.nnd.runtime.train;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.data.BatchFeed;
import dev.nnd.runtime.data.DataSession;
import dev.nnd.runtime.data.RowSet;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One run: passes over the training split, each followed by evaluation and saving. */
final class TrainingLoop implements AutoCloseable {
    private static final String TEST = "test";
    private static final long SAVE_NANOS = 1_000_000_000L;
    /** Within a long pass a kill costs no more than that. */
    private static final long SAVE_WITHIN_NANOS = 60 * SAVE_NANOS;

    private final TrainingProgram program;
    private final RunSettings settings;
    private final Map<String, RowSet> splits;
    private final RowSet train;
    private final ProgressListener listener;
    private final Statements statements;
    private final Bound<EvalStep> evalSteps;
    private final EvaluationPass evaluation;
    private final Means means;
    private final int batch;
    private final int batches;
    private final long steps;
    /** Batches of a step. */
    private final int accumulate;

    /** Steps between evaluations. */
    private final long round;

    private final @Nullable EarlyStop stop;
    private final @Nullable Checkpoints checkpoints;
    private final @Nullable KeptEpochs kept;
    private final @Nullable WeightAverage average;
    private final TrainingStart start;
    private final RunFiles files;
    private final RunJournal journal;
    private final TrainingProgress progress;
    private final List<EpochResult> results = new ArrayList<>();
    private final BestEpoch best;
    private final long startNanos = System.nanoTime();

    private long step;
    private boolean evaluated;
    private long trainNanos;
    private long savedNanos;
    private long samples;

    TrainingLoop(
            TrainingProgram program,
            TrainingOptions options,
            RunSettings settings,
            RunFiles files,
            RunJournal journal,
            Map<String, RowSet> splits,
            ProgressListener listener,
            boolean resumed) {
        this.program = program;
        this.settings = settings;
        this.splits = splits;
        this.train = Objects.requireNonNull(splits.get(DataSession.TRAIN));
        this.files = files;
        this.journal = journal;
        this.listener = listener;
        this.batch = Math.min(settings.batch(), train.size());
        this.batches = BatchFeed.batches(train.size(), batch);
        this.accumulate = settings.accumulate();
        this.steps =
                settings.steps().orElseGet(() -> Math.max(1, settings.epochs().orElse(1) * batches / accumulate));
        var length = new RunLength(steps, batches / (double) accumulate);
        this.round = round(length);
        this.means = new Means(settings);
        this.statements = new Statements(
                program,
                settings,
                means,
                (at, loss, bad) -> diverged(at, "the loss of the batch is " + loss, listener.explain(bad)));
        this.evalSteps = new Bound<>(program::evalStep, program.data());
        this.evaluation = new EvaluationPass(evalSteps, program, settings, batch);
        this.progress = new TrainingProgress(means, batches, steps, Math.ceilDiv(steps * accumulate, batches));
        this.best = new BestEpoch(settings, files, program.parameters());
        this.stop = settings.stop().map(rule -> new EarlyStop(rule, length)).orElse(null);
        this.kept = settings.keep()
                .filter(rule -> rule.count() > 1)
                .map(rule -> new KeptEpochs(rule, files))
                .orElse(null);
        this.checkpoints = settings.checkpoint()
                .map(rule -> new Checkpoints(rule, length, files))
                .orElse(null);
        program.begin(length);
        program.parameters().enableGradients();
        var pretrained = new Pretrained(options.data(), listener::warning);
        if (resumed) {
            resume(files.forResume(settings, train.size(), pretrained));
        } else {
            program.initialize(settings.seed(), pretrained);
        }
        // Bound here, so that training and not evaluation decides the layout of the weights.
        long arena = statements.bind(batch);
        if (resumed) {
            files.loadState();
        }
        this.average = settings.average().isPresent()
                ? new WeightAverage(program.parameters(), settings.average().getAsDouble(), resumed)
                : null;
        this.start = new TrainingStart(
                program.name(),
                files.directory(),
                settings,
                options.threads(),
                rowCounts(),
                program.parameters().count(),
                Math.max(1, batches / accumulate),
                steps,
                step,
                arena);
    }

    private Map<String, Integer> rowCounts() {
        var counts = new LinkedHashMap<String, Integer>();
        splits.forEach((name, rows) -> counts.put(name, rows.size()));
        return counts;
    }

    private long round(RunLength length) {
        return settings.validate()
                .or(() -> settings.steps().isEmpty()
                        ? Optional.empty()
                        : settings.checkpoint().map(RunSettings.CheckpointRule::every))
                .orElse(Duration.epochs(1))
                .wholeSteps(length);
    }

    private void resume(RunJson.Progress from) {
        step = from.step();
        evaluated = from.evaluated();
        if (!evaluated) {
            means.restore(from.sums(), from.examples());
        }
        best.restore(from.bestEpoch(), from.bestValue(), files.bestResult());
        if (stop != null) {
            stop.restore(from.stopValue(), from.stopStep(), from.stopped());
        }
    }

    /** The pass that the latest step belongs to. */
    private long epoch() {
        return Math.max(1, Math.ceilDiv(step * accumulate, batches));
    }

    /** Batches done in that pass. */
    private int stepInEpoch() {
        return (int) (step * accumulate - (epoch() - 1) * batches);
    }

    TrainingRun run() {
        listener.started(start);
        boolean interrupted = !profile() || !trainAll() || !test();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        journal.write(
                interrupted ? RunRecord.State.INTERRUPTED : RunRecord.State.FINISHED, epoch(), step, bestMetrics());
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

    /** The metrics of what is kept so far. */
    private Map<String, Double> bestMetrics() {
        var result = best.result();
        return result == null ? Map.of() : result.metrics();
    }

    /** Looks at the data for the report; false if it was interrupted. */
    private boolean profile() {
        try {
            journal.report().profile(train);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    private boolean stopped() {
        return stop != null && stop.reached();
    }

    /** False if it was interrupted; then {@code last} holds what was done. */
    private boolean trainAll() {
        try (var csv = files.metrics(metricNames(), evaluated ? step : step - 1);
                var feed = BatchFeed.shuffled(
                        program.data(), train, batch, settings.seed(), step * accumulate / batches + 1, (int)
                                (step * accumulate % batches))) {
            while (!stopped() && (step < steps || !evaluated)) {
                if (evaluated) {
                    evaluated = false;
                    means.reset();
                }
                double before = trainNanos;
                long samplesBefore = samples;
                trainRound(feed);
                finishRound(csv, (samples - samplesBefore) / Math.max(1e-9, (trainNanos - before) / 1e9));
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

    /** Steps up to the next evaluation or the end of the run. */
    private void trainRound(BatchFeed feed) throws InterruptedException {
        while (step < steps && (step % round != 0 || means.examples() == 0)) {
            long from = System.nanoTime();
            int examples = 0;
            double loss = 0;
            for (int part = 0; part < accumulate; part++) {
                int taken = feed.next();
                loss += statements.run(feed, taken, step, part) / accumulate;
                examples += taken;
            }
            step++;
            if (average != null) {
                average.update();
            }
            samples += examples;
            long now = System.nanoTime();
            trainNanos += now - from;
            progress.at(epoch(), stepInEpoch(), step);
            progress.stepDone(loss, examples, trainNanos, now - startNanos);
            listener.batch(progress);
            boolean more = step < steps && step % round != 0;
            if (checkpoints != null && more && checkpoints.due(step)) {
                best.flush(start); // before a position that takes it for written
                checkpoints.write(start, resultSoFar(), position());
            }
            if (more && now - Math.max(savedNanos, startNanos) >= SAVE_WITHIN_NANOS) {
                best.flush(start);
                saveLast(resultSoFar());
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    private void finishRound(MetricsFile csv, double samplesPerSecond) throws InterruptedException {
        var metrics = new LinkedHashMap<String, Double>();
        means.into(metrics, DataSession.TRAIN);
        journal.report().trained(trainNanos / 1e9);
        swapAverage();
        EpochResult result;
        boolean better;
        boolean save;
        try {
            for (var split : evaluatedSplits()) {
                evaluate(split, metrics);
            }
            if (!finite()) {
                throw diverged(step, "the weights are not finite");
            }
            result = new EpochResult(epoch(), step, metrics, seconds(), samplesPerSecond);
            evaluated = true;
            better = best.offer(result);
            if (stop != null) {
                stop.offer(result);
            }
            save = savingIsDue();
            if (better) {
                best.keep(start, save);
            }
            if (kept != null) {
                kept.offer(start, result);
            }
        } finally {
            swapAverage();
        }
        csv.add(result); // first, since a resumed run drops lines behind what was saved, and can't make up for one
        if (save) {
            best.flush(start);
            saveLast(result);
        }
        if (checkpoints != null && checkpoints.due(step)) {
            best.flush(start);
            checkpoints.write(start, result, position());
        }
        results.add(result);
        if (save) {
            journal.write(RunRecord.State.RUNNING, epoch(), step, bestMetrics());
        }
        listener.epoch(result, better);
        if (stop != null && stop.reached()) {
            listener.stopped(stop.reason(step));
        }
    }

    /** What is evaluated and kept as the best is the average, where there is one; the next call gives the weights back. */
    private void swapAverage() {
        if (average != null) {
            average.swap();
        }
    }

    /** Rounds of milliseconds are not all written: each writing waits until the disk has it. */
    private boolean savingIsDue() {
        return step >= steps || stopped() || savedNanos == 0 || System.nanoTime() - savedNanos >= SAVE_NANOS;
    }

    private void saveLast(EpochResult result) {
        long from = System.nanoTime();
        files.saveLast(start, result, position());
        savedNanos = System.nanoTime();
        journal.report().spent("saving", (savedNanos - from) / 1e9);
    }

    private RunJson.Progress position() {
        return new RunJson.Progress(
                epoch(),
                stepInEpoch(),
                step,
                train.size(),
                means.examples(),
                means.sums(),
                best.epoch(),
                best.value(),
                evaluated,
                stop == null ? Double.NaN : stop.value(),
                stop == null ? 0 : stop.step(),
                stopped());
    }

    /** What is known of a pass that was interrupted. */
    private EpochResult resultSoFar() {
        var metrics = new LinkedHashMap<String, Double>();
        if (means.examples() > 0) {
            means.into(metrics, DataSession.TRAIN);
        }
        return new EpochResult(epoch(), step, metrics, seconds(), progress.samplesPerSecond());
    }

    /** Splits to evaluate after every epoch: the test split only if it decides which epoch is kept or when to stop. */
    private List<String> evaluatedSplits() {
        var decides = new LinkedHashSet<String>();
        settings.keep().ifPresent(k -> decides.add(k.split()));
        settings.stop().ifPresent(s -> decides.add(s.split()));
        return splits.keySet().stream()
                .filter(name -> !name.equals(DataSession.TRAIN) && (!name.equals(TEST) || decides.contains(TEST)))
                .toList();
    }

    private List<String> metricNames() {
        var names = new ArrayList<>(Means.names(settings, DataSession.TRAIN, false));
        evaluatedSplits().forEach(split -> names.addAll(Means.names(settings, split, true)));
        return List.copyOf(names);
    }

    private void evaluate(String split, Map<String, Double> into) throws InterruptedException {
        var rows = splits.get(split);
        if (rows != null) {
            long from = System.nanoTime();
            var predictions = journal.report().gathering(split);
            var result = evaluation.over(rows, predictions);
            if (predictions != null) {
                journal.report().evaluated(predictions);
            }
            journal.report().spent("evaluation", (System.nanoTime() - from) / 1e9);
            if (!Double.isFinite(result.loss())) {
                throw diverged(step, "the loss of the split `" + split + "` is " + result.loss());
            }
            result.into(into, split);
        }
    }

    /** Takes the best weights and evaluates them on the test split, once; false if it was interrupted. */
    private boolean test() {
        var result = best.result();
        if (result != null && (result.step() != step || average != null)) {
            files.loadBest();
        }
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
            if (!results.isEmpty() && results.getLast().step() == tested.step()) {
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
        return diverged(at, what, Optional.empty());
    }

    private NndException diverged(long at, String what, Optional<String> cause) {
        best.flush(start);
        var lr = settings.values().get("lr");
        return new NndException(
                "Training has diverged at step " + at + " (epoch " + Math.ceilDiv(Math.max(1, at), batches) + "): "
                        + what + ". "
                        + cause.map(c -> c + " ").orElse("")
                        + (files.hasLast(best.epoch() > 0)
                                ? "The last good weights that were saved are in " + files.last() + "."
                                : "No epoch was complete, so no weights were saved."),
                "try a smaller learning rate" + (lr == null ? "" : " (lr is " + lr + ")")
                        + ", and look for extreme values in the data",
                null);
    }

    @Override
    public void close() {
        statements.close();
        evalSteps.close();
        best.close();
    }
}
