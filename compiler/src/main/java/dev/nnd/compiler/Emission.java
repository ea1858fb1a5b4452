package dev.nnd.compiler;

import dev.nnd.compiler.emit.GeneratedFile;
import dev.nnd.compiler.emit.Writing;
import dev.nnd.compiler.emit.data.DataEmitter;
import dev.nnd.compiler.emit.data.DataShape;
import dev.nnd.compiler.emit.kernel.KernelFile;
import dev.nnd.compiler.emit.model.DecoderMethods;
import dev.nnd.compiler.emit.model.ModelEmitter;
import dev.nnd.compiler.emit.model.WeightsClass;
import dev.nnd.compiler.emit.program.ProgramEmitter;
import dev.nnd.compiler.emit.training.Prediction;
import dev.nnd.compiler.emit.training.SectionCode;
import dev.nnd.compiler.emit.training.StatementCode;
import dev.nnd.compiler.emit.training.TrainingEmitter;
import dev.nnd.compiler.lower.LoweredParameter;
import dev.nnd.compiler.lower.OptimizerLowering;
import dev.nnd.compiler.plan.BatchRows;
import dev.nnd.compiler.plan.ExecutionPlan;
import dev.nnd.compiler.typed.LearnedDims;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.compiler.typed.TypedModel;
import dev.nnd.compiler.typed.TypedTrain;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/** Writes all that a file's declarations become; its programs share one class of kernels. */
final class Emission {

    private final KernelFile kernels;
    private final List<GeneratedFile> files = new ArrayList<>();

    private Emission(CompiledFile file, Writing writing) {
        this.kernels =
                new KernelFile(file.packageName(), file.program().source().name(), writing);
    }

    /** The sources of a file, in the order of its declarations; kernels come last. */
    static List<GeneratedFile> emit(CompiledFile file, Writing writing) {
        var emission = new Emission(file, writing);
        file.models().forEach(emission::model);
        file.program().data().forEach(d -> emission.files.add(DataEmitter.emit(d)));
        file.trainings().forEach(emission::training);
        emission.files.addAll(emission.kernels.files());
        return emission.files;
    }

    private void model(CompiledFile.Model model) {
        Optional<BatchRows> rows = BatchRows.of(model.graph(), model.plan().freeDims());
        files.addAll(ModelEmitter.emit(model.model(), model.parameters(), model.plan(), rows, decoder(model), kernels));
    }

    private static Optional<DecoderMethods> decoder(CompiledFile.Model model) {
        return switch (model.decoder()) {
            case CompiledFile.Decoder.Steps s ->
                Optional.of(new DecoderMethods(model.model(), s.plan(), s.scores(), s.context()));
            case CompiledFile.Decoder.None _ -> Optional.empty();
        };
    }

    private void training(CompiledFile.Training training) {
        training.made().forEach(this::model);
        TypedTrain train = training.train();
        boolean own = training.weights().own();
        CompiledFile.Model first = training.models().getFirst();
        String weights = (own ? train.name() : first.model().name()) + "Weights";
        List<StatementCode> statements = training.statements().stream()
                .map(s -> statement(train, s, training.statements().size() > 1, own))
                .toList();
        files.addAll(TrainingEmitter.emit(
                train,
                new SectionCode(
                        weights,
                        statements,
                        ProgramEmitter.settings(training.evaluation()),
                        accessors(training),
                        classes(training),
                        sizes(train),
                        own
                                ? List.copyOf(LearnedDims.of(train))
                                : List.copyOf(first.model().learnedDims()))));
        WeightsClass members = own
                ? ownWeights(training)
                : WeightsClass.of(
                        train.packageName(), first.model(), first.parameters(), first.plan(), Optional.empty());
        training.statements()
                .forEach(s ->
                        files.addAll(ProgramEmitter.trainStep(train, weights, members.names(), s.step(), kernels)));
        List<String> losses = statements.size() == 1
                ? List.of()
                : statements.stream().map(StatementCode::lossName).toList();
        files.addAll(ProgramEmitter.evaluation(
                train,
                weights,
                members.names(),
                training.evaluation(),
                losses,
                Prediction.of(train).flatMap(Prediction::compared).map(TypedData.Field::name),
                kernels));
        // The class of a model's weights is not public, so a section in another package has one of its own.
        if (own || !first.model().packageName().equals(train.packageName())) {
            files.add(members.file());
        }
    }

    private StatementCode statement(TypedTrain train, CompiledFile.Statement statement, boolean several, boolean own) {
        List<StatementCode.Update> updates = statement.updates().stream()
                .map(u -> new StatementCode.Update(
                        kernels.update(u.graph().name() + "Update", u.graph()),
                        u.optimizer().arguments(),
                        Optional.of(u.optimizer()).filter(o -> OptimizerLowering.prepares(o.kind())),
                        own ? u.groups().stream().map(CompiledFile.Group::name).toList() : List.of()))
                .toList();
        String type = statement.step().name();
        String name = several ? type.substring(train.name().length(), type.length() - "Step".length()) : "";
        return new StatementCode(name, statement.lossName(), type, ProgramEmitter.settings(statement.step()), updates);
    }

    private static WeightsClass ownWeights(CompiledFile.Training training) {
        var groups = new LinkedHashMap<String, List<LoweredParameter>>();
        training.weights().groups().forEach(g -> groups.put(g.name(), g.parameters()));
        var plans = new ArrayList<ExecutionPlan>();
        training.statements().forEach(s -> plans.add(s.step()));
        plans.add(training.evaluation());
        return WeightsClass.of(training.train(), groups, training.weights().kept(), plans);
    }

    private static SequencedMap<String, String> sizes(TypedTrain train) {
        var shape = new DataShape(train.data());
        var sizes = new LinkedHashMap<String, String>();
        LearnedDims.of(train)
                .forEach(v -> sizes.put(v, shape.countMethod(shape.counted(v).orElseThrow())));
        return sizes;
    }

    private static Map<String, TypedModel> classes(CompiledFile.Training training) {
        var classes = new LinkedHashMap<String, TypedModel>();
        for (int i = 0; i < training.models().size(); i++) {
            classes.put(
                    training.train().models().get(i).name(),
                    training.models().get(i).model());
        }
        return classes;
    }

    private static Map<String, Map<String, String>> accessors(CompiledFile.Training training) {
        var accessors = new LinkedHashMap<String, Map<String, String>>();
        for (int i = 0; i < training.models().size(); i++) {
            accessors.put(
                    training.train().models().get(i).name(),
                    ProgramEmitter.accessors(training.models().get(i).plan()));
        }
        return accessors;
    }
}
