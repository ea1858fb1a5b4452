package dev.nnd.compiler.plan;

import dev.nnd.compiler.ir.OpText;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Prints a plan for a person: the buffers, then one line a step with what is released after it. */
public final class PlanPrinter {

    private PlanPrinter() {}

    /** The whole plan; ends with a line break. */
    public static String print(ExecutionPlan plan) {
        var text = new StringBuilder("plan " + plan.name() + " over " + plan.freeDims() + "\n");
        for (Buffer b : plan.buffers()) {
            text.append("  ").append(buffer(b, plan)).append('\n');
        }
        for (int i = 0; i < plan.steps().size(); i++) {
            if (i == plan.forwardSteps()) {
                text.append("  backward\n");
            }
            List<Integer> dead = plan.releases().get(i);
            text.append("  ").append(step(plan.steps().get(i), plan));
            text.append(dead.isEmpty() ? "" : "  // releases " + names(dead, plan))
                    .append('\n');
        }
        return text.toString();
    }

    private static String buffer(Buffer b, ExecutionPlan plan) {
        String layout = b.layout() == Buffer.Layout.PLAIN ? "" : " provider layout";
        return b.name() + ": " + b.type() + " " + b.storage().name().toLowerCase(Locale.ROOT) + layout
                + b.like().map(l -> " like " + plan.buffers().get(l).name()).orElse("")
                + b.viewOf().map(v -> " in " + plan.buffers().get(v).name()).orElse("");
    }

    private static String step(Step step, ExecutionPlan plan) {
        String outputs = names(step.outputs(), plan);
        String inputs = "(" + names(step.inputs(), plan) + ")";
        return switch (step) {
            case Step.Primitive p -> outputs + " = " + p.name() + ": " + OpText.of(p.op()) + inputs;
            case Step.Kernel k ->
                outputs + " = " + k.name() + inputs + " " + k.kind().name().toLowerCase(Locale.ROOT) + " " + k.sizes();
            case Step.Call c -> outputs + " = call " + c.name() + ": " + c.function() + inputs;
            case Step.Scan s ->
                outputs + " = scan " + s.name() + ": " + s.body() + inputs + " " + s.length() + " steps";
            case Step.Reorder r -> outputs + " = reorder" + inputs;
        };
    }

    private static String names(List<Integer> ids, ExecutionPlan plan) {
        return ids.stream().map(id -> plan.buffers().get(id).name()).collect(Collectors.joining(", "));
    }
}
