package dev.nnd.compiler;

import dev.nnd.compiler.autodiff.Differentiation;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Inlining;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.lower.ModelLowering;
import dev.nnd.compiler.lower.TrainingLowering;
import dev.nnd.compiler.rewrite.Pass;
import dev.nnd.compiler.rewrite.Passes;
import dev.nnd.compiler.rewrite.RewriteDriver;
import dev.nnd.compiler.rewrite.RewriteTrace;
import dev.nnd.compiler.typed.TypedModel;
import dev.nnd.compiler.typed.TypedTrain;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What becomes of a graph from pass to pass, for people who want to see it; the result is that of the backend. */
public final class GraphStages {

    /**
     * One pass.
     *
     * @param name such as {@code clean}; with a number if it runs more than once
     * @param before the graph as it came
     * @param after the graph as it went
     * @param trace the rules that fired; none for passes that are not made of rules
     */
    public record Stage(String name, Graph before, Graph after, RewriteTrace trace) {}

    private final List<Stage> stages = new ArrayList<>();
    private Graph current;

    private GraphStages(Graph lowered) {
        current = lowered;
    }

    /** The passes over a model's inference graph. */
    public static List<Stage> of(TypedModel model) {
        var stages = new GraphStages(ModelLowering.lower(model).graph());
        stages.beforeAutodiff(Passes.BEFORE_AUTODIFF);
        stages.rules(Passes.AFTER_AUTODIFF);
        return stages.stages;
    }

    /** The passes over the graph of a section's minimize statement, as it is trained. */
    public static List<Stage> of(CompiledFile.Training training, int statement) {
        TypedTrain train = training.train();
        Set<String> trained = training.statements().get(statement).graph().outputs().stream()
                .filter(p -> p.role() == Port.Role.GRADIENT)
                .map(Port::name)
                .collect(Collectors.toSet());
        var stages = new GraphStages(
                TrainingLowering.step(train, train.minimize().get(statement)).graph());
        stages.beforeAutodiff(Passes.beforeAutodiff(TrainingLowering.usualSizes(train)));
        List<Port> parameters = stages.current.inputs().stream()
                .filter(p -> p.role() == Port.Role.PARAMETER && trained.contains(p.name()))
                .toList();
        stages.step(
                "gradients",
                Differentiation.gradients(stages.current, parameters).graph());
        stages.rules(Passes.AFTER_AUTODIFF);
        return stages.stages;
    }

    private void beforeAutodiff(List<Pass> passes) {
        rules(passes);
        Inlining.singleCalls(current).ifPresent(inlined -> {
            step("inline", inlined);
            rules(passes);
        });
    }

    private void rules(List<Pass> passes) {
        for (Pass pass : passes) {
            RewriteDriver.Rewritten rewritten = RewriteDriver.run(List.of(pass), current);
            add(pass.name(), rewritten.graph(), rewritten.trace());
        }
    }

    private void step(String name, Graph after) {
        add(name, after, new RewriteTrace(List.of()));
    }

    private void add(String name, Graph after, RewriteTrace trace) {
        long earlier = stages.stream()
                .filter(s -> s.name().replaceAll("[0-9]+$", "").equals(name))
                .count();
        stages.add(new Stage(earlier == 0 ? name : name + (earlier + 1), current, after, trace));
        current = after;
    }
}
