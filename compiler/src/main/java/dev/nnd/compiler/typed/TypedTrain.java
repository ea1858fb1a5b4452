package dev.nnd.compiler.typed;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.type.Constant;
import dev.nnd.grammar.Span;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A checked train section.
 *
 * @param declaration as written
 * @param packageName the Java package; empty for none
 * @param settings its {@code float} parameters that can be set at run time
 * @param constants its other parameters: those of other kinds, and floats that are read where a value must be known at
 *     compile time, such as a model's argument
 * @param models the models in it, by the names it gives them; calls refer to them as layers of {@code body}
 * @param data what it trains on
 * @param body bindings of the losses and metrics, over fields with a leading batch dim {@code N}; evaluated anew for
 *     every {@code minimize}
 * @param minimize in order
 * @param metrics in order
 * @param run length, batch and the like
 */
public record TypedTrain(
        Decl.Train declaration,
        String packageName,
        List<Setting> settings,
        List<Fixed> constants,
        List<Trained> models,
        TypedData data,
        List<TypedBlock.Binding> body,
        List<Minimize> minimize,
        List<Metric> metrics,
        Run run) {

    /** The section's name, also its class's. */
    public String name() {
        return declaration.name().name();
    }

    /** A {@code float} parameter with its default. */
    public record Setting(String name, double value, Span span) {}

    /** A parameter whose value is part of the compiled program: another value compiles anew. */
    public record Fixed(String name, Constant value, Span span) {}

    /**
     * A model under a name.
     *
     * @param model as the section calls it
     * @param declared the same with its inputs as declared, where the section fixes some of their dims
     * @param from the weights that it starts from
     * @param frozen true if none of its weights change
     * @param frozenWeights the names of the weights that {@code freeze} or {@code adapt} keeps as they are, without the model's
     *     name
     * @param adapters those that are trained in place of its weights; {@code model} has them, {@code declared} has not
     */
    public record Trained(
            String name,
            TypedModel model,
            TypedModel declared,
            Optional<Weights> from,
            boolean frozen,
            Set<String> frozenWeights,
            Optional<Adapters> adapters,
            Span span) {

        /** The same with another form of the model. */
        public Trained with(TypedModel used, TypedModel asDeclared) {
            return new Trained(name, used, asDeclared, from, frozen, frozenWeights, adapters, span);
        }
    }

    /**
     * Adapters beside layers of a model.
     *
     * @param alpha what they add is this over their rank times the product of their matrices
     * @param moved the buffers that training changes, by their names
     */
    public record Adapters(double alpha, List<String> moved) {

        public Adapters {
            moved = List.copyOf(moved);
        }
    }

    /** A safetensors file, relative to the file of the section, and how its names become the model's. */
    public record Weights(String file, List<Mapping> mapping, Span span) {}

    /**
     * Names of a file and the weights that they are here. A pattern is a whole weight name; {@code *} stands for
     * characters without a dot, {@code **} for any characters, {@code {name}} for one part between dots. The first
     * entry that matches a name counts; a name that none matches stays as it is.
     */
    public record Mapping(String file, String here, Span span) {}

    /** A scalar loss, the models it changes, and how. */
    public record Minimize(TypedExpr loss, List<String> over, OptimizerSpec optimizer, Span span) {}

    /**
     * A metric.
     *
     * @param value for {@link Aggregation#MEAN} the scalar of a batch; else {@link Primitive} {@code STREAMING_METRIC}
     *     applied to what it is computed from, over all examples of a part of the data
     */
    public record Metric(String name, Aggregation aggregation, TypedExpr value, boolean higherIsBetter, Span span) {}

    /** How a metric is made of batches. */
    public enum Aggregation {
        /** The mean over the examples. */
        MEAN,
        /** Computed once from all examples. */
        STREAMING
    }

    /**
     * How long it runs and what happens on the way. Exactly one of epochs and steps is present.
     *
     * @param accumulate batches per step
     * @param clipNorm the largest norm of all gradients of a step together
     * @param ema the decay of the moving average of the weights, which is what is evaluated and saved
     * @param validate how often; absent means after every epoch, or with {@code steps} where keep, stop or checkpoint
     *     ask for it and at the end
     */
    public record Run(
            OptionalLong epochs,
            OptionalLong steps,
            int batch,
            long seed,
            Precision precision,
            int accumulate,
            OptionalDouble clipNorm,
            OptionalDouble ema,
            Optional<Duration> validate,
            Optional<Checkpoint> checkpoint,
            Optional<Keep> keep,
            Optional<StopEarly> stop) {

        /** A run in f32 with nothing on the way but what it keeps. */
        public Run(OptionalLong epochs, OptionalLong steps, int batch, long seed, Optional<Keep> keep) {
            this(
                    epochs,
                    steps,
                    batch,
                    seed,
                    Precision.F32,
                    1,
                    OptionalDouble.empty(),
                    OptionalDouble.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    keep,
                    Optional.empty());
        }
    }

    /** What matrix products and convolutions compute in; weights and optimizer state stay f32. */
    public enum Precision {
        F32,
        TF32,
        BF16,
        F16
    }

    /** Write all state every so often and keep the newest {@code keep}; absent means all. */
    public record Checkpoint(Duration every, OptionalLong keep, Span span) {}

    /** Keep the weights of the {@code count} best validations by {@code split.metric}. */
    public record Keep(String split, String metric, boolean higherIsBetter, long count, Span span) {}

    /** Stop once {@code split.metric} has not become better for {@code patience}. */
    public record StopEarly(String split, String metric, boolean higherIsBetter, Duration patience, Span span) {}
}
