package dev.nnd.compiler.emit.program;

import dev.nnd.compiler.emit.JavaNames;
import dev.nnd.compiler.emit.Lines;
import dev.nnd.compiler.emit.Rolled;
import dev.nnd.compiler.ir.Origin;
import dev.nnd.compiler.plan.ExecutionPlan;
import dev.nnd.compiler.plan.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Successive steps that come from one stage of the file: one method.
 *
 * @param name of the method, such as {@code conv2d} or {@code conv2dBackward}
 * @param steps indexes of the plan's steps
 * @param origin where the stage stands
 * @param forward true for the forward half
 * @param period how many steps a repetition of a {@link Run} has; all of them if it is none
 */
record Stage(String name, List<Integer> steps, Origin origin, boolean forward, int period) {

    /** {@code relu} or {@code MaxPool2d(2)}: a stage with a name of its own. */
    private static final Pattern NAMED = Pattern.compile("([A-Za-z_][A-Za-z_0-9]*)(\\(.*)?", Pattern.DOTALL);

    /** The stages of a plan, in order, each run one of them; {@code names} is the scope of the methods. */
    static List<Stage> of(ExecutionPlan plan, List<Run> runs, JavaNames names) {
        var stages = new ArrayList<Stage>();
        int at = 0;
        for (Run run : runs) {
            add(plan, at, run.first(), names, stages);
            List<Integer> steps =
                    IntStream.range(run.first(), run.end()).boxed().toList();
            String word = RunIndex.of(plan, run)
                    .word(JavaNames.member(word(plan.steps().get(run.first()))));
            stages.add(stage(plan, steps, word, run.period(), names));
            at = run.end();
        }
        add(plan, at, plan.steps().size(), names, stages);
        return stages;
    }

    private static void add(ExecutionPlan plan, int from, int to, JavaNames names, List<Stage> stages) {
        var steps = new ArrayList<Integer>();
        for (int i = from; i < to; i++) {
            steps.add(i);
            boolean last = i + 1 == to || i + 1 == plan.forwardSteps();
            if (last || !sameStage(plan.steps().get(i), plan.steps().get(i + 1))) {
                String word = JavaNames.member(word(plan.steps().get(steps.getFirst())));
                stages.add(stage(plan, List.copyOf(steps), word, steps.size(), names));
                steps.clear();
            }
        }
    }

    private static Stage stage(ExecutionPlan plan, List<Integer> steps, String word, int period, JavaNames names) {
        boolean forward = steps.getFirst() < plan.forwardSteps();
        Step first = plan.steps().get(steps.getFirst());
        return new Stage(names.unique(word + (forward ? "" : "Backward")), steps, first.origin(), forward, period);
    }

    /**
     * The statements of the stage, those of a run in loops; a piece for each loop.
     *
     * @param written writes the statements of some steps
     */
    List<Lines> pieces(PlanNames names, BiConsumer<List<Integer>, Lines> written) {
        var repetitions = new ArrayList<Lines>();
        for (int from = 0; from < steps.size(); from += period) {
            var repetition = new Lines();
            written.accept(steps.subList(from, from + period), repetition);
            repetitions.add(repetition);
        }
        return Rolled.of(repetitions, names.loopVariable(), names.arrays().lengths());
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
