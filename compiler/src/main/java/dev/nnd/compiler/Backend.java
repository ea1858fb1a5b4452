package dev.nnd.compiler;

import dev.nnd.compiler.autodiff.Differentiation;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Origin;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.lower.Lowered;
import dev.nnd.compiler.lower.ModelLowering;
import dev.nnd.compiler.lower.OptimizerLowering;
import dev.nnd.compiler.lower.TrainingLowering;
import dev.nnd.compiler.plan.ExecutionPlan;
import dev.nnd.compiler.plan.KernelNames;
import dev.nnd.compiler.plan.Planner;
import dev.nnd.compiler.rewrite.Passes;
import dev.nnd.compiler.typed.TypedModel;
import dev.nnd.compiler.typed.TypedProgram;
import dev.nnd.compiler.typed.TypedTrain;
import java.util.List;
import java.util.Set;

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

    private CompiledFile.Model model(TypedModel model) {
        Lowered lowered = ModelLowering.lower(model);
        Graph graph = Passes.afterAutodiff(Passes.beforeAutodiff(lowered.graph()));
        return new CompiledFile.Model(
                model, lowered.parameters(), graph, planner.plan(graph, model.freeDims(), model.name()));
    }

    private CompiledFile.Training training(TypedTrain train, List<CompiledFile.Model> models) {
        Graph forward =
                Passes.beforeAutodiff(TrainingLowering.lower(train, true).graph());
        Graph evaluated =
                Passes.beforeAutodiff(TrainingLowering.lower(train, false).graph());
        Graph joint = Passes.afterAutodiff(
                Differentiation.gradients(forward, parameters(forward)).graph());
        ExecutionPlan step = planner.plan(joint, Set.of(TrainingLowering.BATCH), train.name() + "Step");
        ExecutionPlan evaluation = planner.plan(
                Passes.afterAutodiff(evaluated), Set.of(TrainingLowering.BATCH), train.name() + "Evaluation");
        TypedTrain.Minimize minimize = train.minimize().getFirst();
        var origin = new Origin(minimize.span(), "", minimize.span().text());
        Graph update = Passes.afterAutodiff(OptimizerLowering.lower(minimize.optimizer(), origin));
        TypedModel trained = train.models().getFirst().model();
        CompiledFile.Model compiled = models.stream()
                .filter(m -> m.model().declaration().equals(trained.declaration()))
                .findFirst()
                .orElseGet(() -> model(trained));
        return new CompiledFile.Training(train, joint, step, evaluation, update, compiled);
    }

    private static List<Port> parameters(Graph graph) {
        return graph.inputs().stream()
                .filter(p -> p.role() == Port.Role.PARAMETER)
                .toList();
    }
}
