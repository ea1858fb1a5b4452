package dev.nnd.compiler.emit.program;

import dev.nnd.compiler.emit.JavaNames;
import dev.nnd.compiler.ir.Origin;
import dev.nnd.compiler.plan.ExecutionPlan;
import dev.nnd.compiler.plan.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Successive steps that come from one stage of the file: one method.
 *
 * @param name of the method, such as {@code conv2d} or {@code conv2dBackward}
 * @param steps indexes of the plan's steps
 * @param origin where the stage stands
 * @param forward true for the forward half
 */
record Stage(String name, List<Integer> steps, Origin origin, boolean forward) {

    /** {@code relu} or {@code MaxPool2d(2)}: a stage with a name of its own. */
    private static final Pattern NAMED = Pattern.compile("([A-Za-z_][A-Za-z_0-9]*)(\\(.*)?", Pattern.DOTALL);

    /** The stages of a plan, in order; {@code names} is the scope of the methods. */
    static List<Stage> of(ExecutionPlan plan, JavaNames names) {
        var stages = new ArrayList<Stage>();
        var steps = new ArrayList<Integer>();
        for (int i = 0; i < plan.steps().size(); i++) {
            steps.add(i);
            boolean last = i + 1 == plan.steps().size() || i + 1 == plan.forwardSteps();
            if (last || !sameStage(plan.steps().get(i), plan.steps().get(i + 1))) {
                stages.add(stage(plan, List.copyOf(steps), names));
                steps.clear();
            }
        }
        return stages;
    }

    private static Stage stage(ExecutionPlan plan, List<Integer> steps, JavaNames names) {
        boolean forward = steps.getFirst() < plan.forwardSteps();
        Step first = plan.steps().get(steps.getFirst());
        String name = names.unique(JavaNames.member(word(first)) + (forward ? "" : "Backward"));
        return new Stage(name, steps, first.origin(), forward);
    }

    private static boolean sameStage(Step a, Step b) {
        return a.origin().instance().equals(b.origin().instance())
                && a.origin().text().equals(b.origin().text())
                && a.origin().span().equals(b.origin().span());
    }

    private static String word(Step step) {
        Origin origin = step.origin();
        if (!origin.instance().isEmpty()) {
            return origin.instance();
        }
        Matcher matcher = NAMED.matcher(origin.text());
        return matcher.matches() ? matcher.group(1) : name(step);
    }

    private static String name(Step step) {
        return switch (step) {
            case Step.Primitive p -> p.name();
            case Step.Kernel k -> k.name();
            case Step.Reorder r -> r.name();
            case Step.Call c -> c.name();
            case Step.Scan s -> s.name();
        };
    }
}
