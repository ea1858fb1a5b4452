package workloads;

import dev.nnd.benchmarks.Batch;
import dev.nnd.benchmarks.Session;
import dev.nnd.benchmarks.Task;
import dev.nnd.runtime.memory.Tensor;
import dev.nnd.runtime.train.TrainStep;
import dev.nnd.runtime.train.TrainingProgram;

/** Steps of a generated training program, without a data section behind it. */
final class TrainingSession implements Session {

    private final TrainingProgram program;
    private final TrainStep step;
    private long steps;

    TrainingSession(TrainingProgram program, Task task) {
        this.program = program;
        program.parameters().enableGradients();
        program.parameters().load(task.weights());
        step = program.trainStep(0, task.batch());
    }

    @Override
    public double step(Batch batch) {
        for (int i = 0; i < step.fields().size(); i++) {
            Tensor field = step.fields().get(i);
            Inputs.copy(batch, field.name(), field.segment());
        }
        step.run();
        double loss = step.loss();
        program.update(0, ++steps);
        return loss;
    }

    @Override
    public long plannedBytes() {
        return step.arenaBytes();
    }

    @Override
    public void close() {
        step.close();
        program.close();
    }
}
