package dev.nnd.compiler;

import dev.nnd.compiler.autodiff.Differentiation;
import dev.nnd.compiler.emit.training.Prediction;
import dev.nnd.compiler.incremental.StepDerivation;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Origin;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.lower.Lowered;
import dev.nnd.compiler.lower.LoweredParameter;
import dev.nnd.compiler.lower.ModelLowering;
import dev.nnd.compiler.lower.OptimizerLowering;
import dev.nnd.compiler.lower.TrainingLowering;
import dev.nnd.compiler.plan.ExecutionPlan;
import dev.nnd.compiler.plan.KernelNames;
import dev.nnd.compiler.plan.Planner;
import dev.nnd.compiler.rewrite.Passes;
import dev.nnd.compiler.typed.LearnedDims;
import dev.nnd.compiler.typed.OptimizerSpec;
import dev.nnd.compiler.typed.TypedModel;
import dev.nnd.compiler.typed.TypedProgram;
import dev.nnd.compiler.typed.TypedTrain;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** From a checked file to execution plans: lowers, rewrites, differentiates and plans. */
final class Backend {

    private final Planner planner = new Planner(new KernelNames());

    private Backend() {}

    /** The file with the plans of all its programs, which share kernels. */
    static CompiledFile compile(TypedProgram program) {
        var backend = new Backend();
        List<CompiledFile.Model> models =
                program.models().stream().map(backend::model).toList();
        return new CompiledFile(
                program,
                models,
                program.trains().stream().map(t -> backend.training(t, models)).toList());
    }

    /** One model on its own. */
    static CompiledFile.Model compile(TypedModel model) {
        return new Backend().model(model);
    }

    private CompiledFile.Model model(TypedModel model) {
        Lowered lowered = ModelLowering.lower(model);
        Graph graph = Passes.afterAutodiff(Passes.beforeAutodiff(lowered.graph()));
        ExecutionPlan plan = planner.plan(graph, sizes(model.freeDims(), model.learnedDims()), model.name());
        return new CompiledFile.Model(model, lowered.parameters(), graph, plan, decoder(model, lowered.graph()));
    }

    private CompiledFile.Decoder decoder(TypedModel model, Graph lowered) {
        return switch (StepDerivation.of(lowered)) {
            case StepDerivation.Result.Refused(var reason, var origin) -> new CompiledFile.Decoder.None(reason, origin);
            case StepDerivation.Result.Step step -> {
                Graph graph = Passes.afterAutodiff(Passes.beforeAutodiff(step.graph()));
                var dims = new LinkedHashSet<>(List.of(step.batch(), step.time(), step.room()));
                yield new CompiledFile.Decoder.Steps(
                        graph,
                        planner.plan(graph, sizes(dims, model.learnedDims()), model.name() + "Step"),
                        step.scores(),
                        ContextLimit.of(model, step.time()));
            }
        };
    }

    /** What a program is bound to: sizes of a call, then those that are learned from data. */
    private static Set<String> sizes(Set<String> free, Set<String> learned) {
        var all = new LinkedHashSet<>(free);
        all.addAll(learned);
        return all;
    }

    private static Set<String> sizes(TypedTrain train) {
        return sizes(Set.of(TrainingLowering.BATCH), LearnedDims.of(train));
    }

    private CompiledFile.Training training(TypedTrain section, List<CompiledFile.Model> declared) {
        var named = new SectionModels(
                section, declared.stream().map(CompiledFile.Model::model).toList());
        List<CompiledFile.Model> made = named.made().stream().map(this::model).toList();
        var models = new ArrayList<>(made);
        models.addAll(declared);
        TypedTrain train = named.train();
        List<String> names = new StatementNames(train).losses();
        Lowered evaluated = TrainingLowering.evaluation(
                train,
                names,
                Prediction.of(train).filter(p -> p.compared().isPresent()).map(Prediction::value));
        var weights = new TrainingWeights(train, evaluated.parameters());
        var statements = new ArrayList<CompiledFile.Statement>();
        for (int i = 0; i < train.minimize().size(); i++) {
            statements.add(statement(train, i, names.get(i), weights));
        }
        ExecutionPlan evaluation = planner.plan(
                Passes.afterAutodiff(Passes.beforeAutodiff(evaluated.graph(), TrainingLowering.usualSizes(train))),
                sizes(train),
                train.name() + "Evaluation");
        return new CompiledFile.Training(
                train,
                statements,
                evaluation,
                new CompiledFile.SectionWeights(!weights.plain(), weights.groups(), weights.kept()),
                train.models().stream().map(m -> compiled(m.model(), models)).toList(),
                made);
    }

    private CompiledFile.Statement statement(TypedTrain train, int index, String lossName, TrainingWeights weights) {
        TypedTrain.Minimize minimize = train.minimize().get(index);
        Map<OptimizerSpec, List<CompiledFile.Group>> changed = weights.changed(minimize);
        Set<String> trained = changed.values().stream()
                .flatMap(List::stream)
                .flatMap(g -> g.parameters().stream())
                .map(LoweredParameter::path)
                .collect(Collectors.toSet());
        Graph forward = Passes.beforeAutodiff(
                TrainingLowering.step(train, minimize).graph(), TrainingLowering.usualSizes(train));
        List<Port> parameters = forward.inputs().stream()
                .filter(p -> p.role() == Port.Role.PARAMETER && trained.contains(p.name()))
                .toList();
        Graph joint = Passes.afterAutodiff(
                Differentiation.gradients(forward, parameters).graph());
        ExecutionPlan step = planner.plan(joint, sizes(train), new StatementNames(train).stepClass(index));
        var origin = new Origin(minimize.span(), "", minimize.span().text());
        var updates = new ArrayList<CompiledFile.Update>();
        changed.forEach((optimizer, groups) -> updates.add(new CompiledFile.Update(
                Passes.afterAutodiff(OptimizerLowering.lower(optimizer, origin)), optimizer, groups)));
        return new CompiledFile.Statement(lossName, joint, step, updates);
    }

    private CompiledFile.Model compiled(TypedModel trained, List<CompiledFile.Model> models) {
        return models.stream()
                .filter(m -> m.model().declaration().equals(trained.declaration()))
                .findFirst()
                .orElseGet(() -> model(trained));
    }
}
