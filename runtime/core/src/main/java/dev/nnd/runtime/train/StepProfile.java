package dev.nnd.runtime.train;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.data.BatchFeed;
import dev.nnd.runtime.data.DataSession;
import dev.nnd.runtime.data.RowSet;
import dev.nnd.runtime.profile.OpTime;
import dev.nnd.runtime.profile.Profile;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the time of training steps goes.
 *
 * @param steps that were measured, all of the full batch
 * @param batch examples in a step
 * @param arenaBytes of the bound steps
 * @param dataNanos waiting for batches, which another thread makes, and copying them, in all steps
 * @param computeNanos forward and backward
 * @param updateNanos the optimizer
 * @param loaderNanos the time in which as many batches are made when no step has the processor
 * @param ops times of single ops, the longest first; empty if the program was not compiled for profiling
 */
public record StepProfile(
        int steps,
        int batch,
        long arenaBytes,
        long dataNanos,
        long computeNanos,
        long updateNanos,
        long loaderNanos,
        List<OpTime> ops) {

    public StepProfile {
        ops = List.copyOf(ops);
    }

    /** All of a step's parts, in nanoseconds, over all steps. */
    public long nanos() {
        return dataNanos + computeNanos + updateNanos;
    }

    /**
     * Trains for some steps on real data, without evaluating or saving anything.
     *
     * @param warmup steps before those that are measured, in which the JVM compiles what is hot
     * @param steps at least 1
     * @throws NndException if the data is bad or has no split {@code train}
     */
    public static StepProfile of(TrainingProgram program, TrainingOptions options, int warmup, int steps) {
        var profile = new Profile();
        return ScopedValue.where(Profile.CURRENT, profile)
                .call(() -> measured(program, options, warmup, steps, profile));
    }

    private static StepProfile measured(
            TrainingProgram program, TrainingOptions options, int warmup, int steps, Profile profile) {
        var settings = options.resolve(program.settings());
        try (var session = DataSession.open(program.data(), options.data(), options.memoryBytes(), options.fold())) {
            var rows = session.split(DataSession.TRAIN)
                    .orElseThrow(() -> new NndException(program.data().name() + " has no split `train` to train on."));
            session.learn();
            program.begin(new RunLength((long) warmup + steps, BatchFeed.batches(rows.size(), settings.batch())));
            program.parameters().enableGradients();
            program.initialize(settings.seed(), new Pretrained(options.data(), _ -> {}));
            return new Run(program, settings, rows, profile).measure(warmup, steps);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NndException("The profile was interrupted.", e);
        }
    }

    /** The steps at work. */
    private static final class Run {
        private final TrainingProgram program;
        private final RunSettings settings;
        private final RowSet rows;
        private final Profile profile;
        private final int batch;
        private final List<Bound<TrainStep>> bound = new ArrayList<>();
        private long data;
        private long compute;
        private long update;
        private long mark;

        private Run(TrainingProgram program, RunSettings settings, RowSet rows, Profile profile) {
            this.program = program;
            this.settings = settings;
            this.rows = rows;
            this.profile = profile;
            this.batch = Math.min(settings.batch(), rows.size());
            for (int i = 0; i < program.statements(); i++) {
                int statement = i;
                bound.add(new Bound<>(n -> program.trainStep(statement, n), program.data()));
            }
        }

        private StepProfile measure(int warmup, int steps) throws InterruptedException {
            long arena = 0;
            long loader;
            for (var steady : bound) {
                arena += steady.of(batch).program().arenaBytes();
            }
            try (var feed = BatchFeed.shuffled(program.data(), rows, batch, settings.seed(), 1, 0)) {
                for (int step = 1; step <= warmup + steps; step++) {
                    if (step == warmup + 1) {
                        profile.reset();
                        data = 0;
                        compute = 0;
                        update = 0;
                    }
                    step(feed, step);
                }
                loader = alone(feed, steps);
            } finally {
                bound.forEach(Bound::close);
            }
            return new StepProfile(steps, batch, arena, data, compute, update, loader, profile.times());
        }

        /** Only takes batches, as many examples as in so many steps; those that are ready at the beginning do not count. */
        private long alone(BatchFeed feed, int steps) throws InterruptedException {
            for (int ready = 0; ready < BatchFeed.BUFFERS; ready++) {
                take(feed);
            }
            long start = System.nanoTime();
            for (long examples = 0; examples < (long) steps * batch; ) {
                examples += take(feed);
            }
            return System.nanoTime() - start;
        }

        private int take(BatchFeed feed) throws InterruptedException {
            int n = feed.next();
            feed.take(bound.getFirst().of(n).inputs());
            return n;
        }

        private void step(BatchFeed feed, int step) throws InterruptedException {
            mark = System.nanoTime();
            // The rest at the end of a pass is smaller: its times would say nothing about the others.
            while (feed.next() < batch) {
                feed.take(bound.getFirst().of(rows.size() % batch).inputs());
            }
            for (int statement = 0; statement < bound.size(); statement++) {
                var entry = bound.get(statement).of(batch);
                if (statement == 0) {
                    feed.take(entry.inputs());
                } else {
                    entry.copyInputs(bound.getFirst().of(batch));
                }
                data += lap();
                entry.program().random(settings.seed(), step);
                entry.program().run();
                compute += lap();
                program.update(statement, step);
                update += lap();
            }
        }

        /** Nanoseconds since the last mark, which moves to now. */
        private long lap() {
            long before = mark;
            mark = System.nanoTime();
            return mark - before;
        }
    }
}
