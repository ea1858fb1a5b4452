package dev.nnd.compiler;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Origin;
import dev.nnd.compiler.lower.LoweredParameter;
import dev.nnd.compiler.plan.ExecutionPlan;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.typed.OptimizerSpec;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.compiler.typed.TypedModel;
import dev.nnd.compiler.typed.TypedProgram;
import dev.nnd.compiler.typed.TypedTrain;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * One source on its way to Java: what {@code nnd summary} shows and the emitter writes.
 *
 * @param program the checked declarations
 * @param models in the order of the file
 * @param trainings in the order of the file
 */
public record CompiledFile(TypedProgram program, List<Model> models, List<Training> trainings) {

    public CompiledFile {
        models = List.copyOf(models);
        trainings = List.copyOf(trainings);
    }

    /**
     * A model for inference.
     *
     * @param parameters in the order of the instances in the file
     * @param graph the ops after all rewrites
     * @param plan what its program executes
     * @param decoder what generates tokens with it
     */
    public record Model(
            TypedModel model, List<LoweredParameter> parameters, Graph graph, ExecutionPlan plan, Decoder decoder) {}

    /** Whether a model generates tokens. */
    public sealed interface Decoder {

        /**
         * It does.
         *
         * @param graph of a step, after all rewrites
         * @param plan of it, with the free dims rows, tokens, positions
         * @param context how many positions it has at most; empty if there is no limit
         */
        record Steps(Graph graph, ExecutionPlan plan, DType scores, OptionalLong context) implements Decoder {}

        /** It does not, for that reason; where, if it is an op that prevents it. */
        record None(String reason, Optional<Origin> origin) implements Decoder {}
    }

    /**
     * A train section.
     *
     * @param statements in order
     * @param evaluation losses and metrics over a batch
     * @param weights the parameters of all its models
     * @param models the models in the order of the section, which may be of other files
     * @param made those of them that get a class here, since they are made with arguments
     */
    public record Training(
            TypedTrain train,
            List<Statement> statements,
            ExecutionPlan evaluation,
            SectionWeights weights,
            List<Model> models,
            List<Model> made) {

        public Training {
            made = List.copyOf(made);
            statements = List.copyOf(statements);
            models = List.copyOf(models);
        }

        /** Forward and backward ops of the first statement after all rewrites. */
        public Graph graph() {
            return statements.getFirst().graph();
        }
    }

    /**
     * A {@code minimize} statement.
     *
     * @param lossName what its loss is called; {@code loss} if there is one statement
     * @param graph forward and backward ops after all rewrites
     * @param step forward and backward over a batch
     * @param updates what changes the weights
     */
    public record Statement(String lossName, Graph graph, ExecutionPlan step, List<Update> updates) {

        public Statement {
            updates = List.copyOf(updates);
        }
    }

    /**
     * The optimizer's rule over one parameter.
     *
     * @param optimizer where it comes from
     * @param groups what it changes
     */
    public record Update(Graph graph, OptimizerSpec optimizer, List<Group> groups) {

        public Update {
            groups = List.copyOf(groups);
        }
    }

    /**
     * Parameters that are updated alike.
     *
     * @param name a Java identifier
     */
    public record Group(String name, List<LoweredParameter> parameters) {

        public Group {
            parameters = List.copyOf(parameters);
        }
    }

    /**
     * The parameters of a section's models.
     *
     * @param own true if they have a class of their own, false if they are those of the one model's class
     * @param groups of those that are trained
     * @param kept the rest: buffers, and what is frozen
     */
    public record SectionWeights(boolean own, List<Group> groups, List<LoweredParameter> kept) {

        public SectionWeights {
            groups = List.copyOf(groups);
            kept = List.copyOf(kept);
        }
    }

    /** The Java package of its declarations; empty for none. */
    public String packageName() {
        return Stream.of(
                        program.models().stream().map(TypedModel::packageName),
                        program.data().stream().map(TypedData::packageName),
                        program.trains().stream().map(TypedTrain::packageName))
                .flatMap(s -> s)
                .findFirst()
                .orElse("");
    }
}
