package dev.nnd.runtime.train;

import dev.nnd.runtime.data.Dataset;
import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Memory;
import dev.nnd.runtime.memory.Tensor;
import dev.nnd.runtime.program.Binding;
import dev.nnd.runtime.program.Initializer;
import dev.nnd.runtime.program.Parameter;
import dev.nnd.runtime.program.ParameterSet;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** y = w x + b by gradient descent with momentum, written by hand in the way of generated code. Its metric is |error|. */
final class LinearProgram implements TrainingProgram {
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT;

    private final Dataset data;
    private final RunSettings settings;
    private final double lr;
    private final ParameterSet parameters = new ParameterSet("test.Linear");
    private final Parameter weight = parameters.add("weight", new Initializer.Uniform(-1, 1), false, 1, 1);
    private final Parameter bias = parameters.add("bias", new Initializer.Uniform(-1, 1), false, 1);
    private @Nullable MemorySegment momentum;

    LinearProgram(Dataset data, RunSettings settings) {
        this.data = data;
        this.settings = settings;
        this.lr = settings.values().getOrDefault("lr", 0.1);
    }

    static RunSettings settings(long epochs, int batch, double lr, Optional<RunSettings.KeepRule> keep) {
        return new RunSettings(
                OptionalLong.of(epochs),
                OptionalLong.empty(),
                batch,
                5,
                List.of(new RunSettings.MetricInfo("error", false)),
                keep,
                Map.of("lr", lr));
    }

    @Override
    public String name() {
        return "FitLinear";
    }

    @Override
    public RunSettings settings() {
        return settings;
    }

    @Override
    public Dataset data() {
        return data;
    }

    @Override
    public ParameterSet parameters() {
        return parameters;
    }

    @Override
    public TrainStep trainStep(int statement, int n) {
        return new Step(n, true);
    }

    @Override
    public EvalStep evalStep(int n) {
        return new Step(n, false);
    }

    @Override
    public void update(int statement, long step) {
        var values = parameters.values();
        var gradients = parameters.gradients();
        var momentum = momentum();
        for (long i = 0; i < parameters.slabElements(); i++) {
            float m = 0.5f * momentum.getAtIndex(F32, i) + gradients.getAtIndex(F32, i);
            momentum.setAtIndex(F32, i, m);
            values.setAtIndex(F32, i, (float) (values.getAtIndex(F32, i) - lr * m));
        }
    }

    /** Asked for once, since asking allocates. */
    private MemorySegment momentum() {
        if (momentum == null) {
            momentum = parameters.state("momentum");
        }
        return momentum;
    }

    @Override
    public List<String> optimizerState() {
        return List.of("momentum");
    }

    float weight() {
        return parameters.values().getAtIndex(F32, weight.offset());
    }

    float bias() {
        return parameters.values().getAtIndex(F32, bias.offset());
    }

    @Override
    public void close() {
        parameters.close();
    }

    private final class Step implements TrainStep, EvalStep {
        private final int n;
        private final boolean backward;
        private final List<Tensor> fields;
        private final Memory memory;
        private final MemorySegment x;
        private final MemorySegment y;
        private double loss;
        private double error;

        Step(int n, boolean backward) {
            this.n = n;
            this.backward = backward;
            var at = new Binding("FitLinear", Provider.named("reference", 1), parameters);
            fields = List.of(
                    at.port("x", ElementType.F32, n, 1),
                    at.port("y", ElementType.F32, n, 1),
                    at.port("kind", ElementType.I32, n));
            memory = at.commit();
            x = fields.get(0).segment();
            y = fields.get(1).segment();
        }

        @Override
        public void run() {
            double dw = 0;
            double db = 0;
            loss = 0;
            error = 0;
            for (int i = 0; i < n; i++) {
                double xi = x.getAtIndex(F32, i);
                double difference = weight() * xi + bias() - y.getAtIndex(F32, i);
                loss += difference * difference / n;
                error += Math.abs(difference) / n;
                dw += 2 * difference * xi / n;
                db += 2 * difference / n;
            }
            if (backward) {
                parameters.gradients().setAtIndex(F32, weight.offset(), (float) dw);
                parameters.gradients().setAtIndex(F32, bias.offset(), (float) db);
            }
        }

        @Override
        public List<Tensor> fields() {
            return fields;
        }

        @Override
        public double loss() {
            return loss;
        }

        @Override
        public double metric(int index) {
            return error;
        }

        @Override
        public int batch() {
            return n;
        }

        @Override
        public long arenaBytes() {
            return memory.bytes();
        }

        @Override
        public void close() {
            memory.close();
        }
    }
}
