package dev.nnd.runtime.train;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.data.BatchFeed;
import java.util.ArrayList;
import java.util.List;

/** The {@code minimize} statements of a section: all of them on one batch after the other. */
final class Statements implements AutoCloseable {

    /** What to do about a loss that is no finite number. */
    @FunctionalInterface
    interface Diverged {
        NndException at(long step, double loss, BadStep bad);
    }

    private final TrainingProgram program;
    private final long seed;
    private final int accumulate;
    private final Means means;
    private final Diverged diverged;
    private final List<Bound<TrainStep>> all = new ArrayList<>();

    /** Those of a program, whose losses and metrics are added to the means. */
    Statements(TrainingProgram program, RunSettings settings, Means means, Diverged diverged) {
        this.program = program;
        this.seed = settings.seed();
        this.accumulate = settings.accumulate();
        this.means = means;
        this.diverged = diverged;
        for (int i = 0; i < program.statements(); i++) {
            int statement = i;
            all.add(new Bound<>(n -> program.trainStep(statement, n), program.data()));
        }
    }

    /** Binds them for batches of that size; returns the bytes of their arenas. */
    long bind(int batch) {
        long arena = 0;
        for (var bound : all) {
            arena += bound.of(batch).program().arenaBytes();
        }
        return arena;
    }

    /** All statements on the next batch, the part of that number of the step behind {@code step}; returns the sum of their losses. */
    double run(BatchFeed feed, int examples, long step, int part) {
        double loss = 0;
        for (int statement = 0; statement < all.size(); statement++) {
            var bound = all.get(statement).of(examples);
            if (statement == 0) {
                feed.take(bound.inputs());
            } else {
                bound.copyInputs(all.getFirst().of(examples));
            }
            loss += run(statement, bound.program(), step, part);
        }
        return loss;
    }

    /** One statement on the batch at hand; returns its loss. */
    private double run(int statement, TrainStep trainStep, long step, int part) {
        // Each statement draws numbers of its own.
        long draws = (step * accumulate + part) * all.size() + statement;
        trainStep.random(seed, draws);
        trainStep.run();
        double loss = trainStep.loss();
        if (!Double.isFinite(loss)) {
            throw diverged.at(step + 1, loss, new BadStep(program, statement, trainStep, seed, draws));
        }
        if (accumulate > 1) {
            GradientSums.add(program.parameters(), statement, part, accumulate);
        }
        if (part == accumulate - 1) {
            program.update(statement, step + 1);
        }
        means.addStep(statement, trainStep, loss);
        return loss;
    }

    @Override
    public void close() {
        all.forEach(Bound::close);
    }
}
