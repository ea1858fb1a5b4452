package dev.nnd.compiler.emit.program;

import dev.nnd.compiler.emit.Docs;
import dev.nnd.compiler.emit.Lines;
import dev.nnd.compiler.ir.FlopCount;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.plan.ExecutionPlan;
import dev.nnd.compiler.plan.Step;
import dev.nnd.compiler.type.Dim;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The timers of a program that is compiled for profiling: one for each op, none for calls, whose ops have their own. */
final class Timers {

    private final ExecutionPlan plan;
    private final PlanNames names;
    private final String program;

    /** {@code program} is the class that has them. */
    Timers(ExecutionPlan plan, PlanNames names, String program) {
        this.plan = plan;
        this.names = names;
        this.program = program;
    }

    /** The field of a step's timer. */
    Optional<String> field(int index) {
        return switch (plan.steps().get(index)) {
            case Step.Primitive _, Step.Reorder _, Step.Kernel _ ->
                Optional.of(element(index).map(RunNames.Element::expression).orElse("timer" + index));
            case Step.Call _, Step.Scan _ -> Optional.empty();
        };
    }

    /** Which element of the timers of a run a step's timer is. */
    Optional<RunNames.Element> element(int index) {
        if (plan.steps().get(index) instanceof Step.Call) {
            return Optional.empty();
        }
        return names.runs().stream()
                .filter(r -> r.first() <= index && index < r.end())
                .findFirst()
                .map(r -> new RunNames.Element(
                        "timer" + (r.first() + (index - r.first()) % r.period()),
                        r.count(),
                        (index - r.first()) / r.period()));
    }

    /** Makes a step's timer, once the step is bound. */
    void bind(int index, Lines out) {
        Step step = plan.steps().get(index);
        field(index)
                .ifPresent(field -> out.add(field + " = Profile.timer(\"" + program + "\", \""
                        + names.label(index, name(step)) + "\", \""
                        + kind(step) + "\", \""
                        + Docs.place(step.origin().span()).replace("\\", "/") + "\", "
                        + names.dims().code(flops(step)) + operands(step) + ")"));
    }

    private static String name(Step step) {
        return switch (step) {
            case Step.Primitive s -> s.name();
            case Step.Kernel s -> s.name();
            case Step.Reorder s -> s.name();
            case Step.Call s -> s.name();
            case Step.Scan s -> s.name();
        };
    }

    /** What computes a step: {@code convolution backward data}, {@code kernel}, {@code reorder}. */
    private static String kind(Step step) {
        return switch (step) {
            case Step.Primitive s ->
                s.op().getClass()
                        .getSimpleName()
                        .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
                        .toLowerCase(Locale.ROOT);
            case Step.Kernel _ -> "kernel";
            case Step.Reorder _ -> "reorder";
            case Step.Call _ -> "call";
            case Step.Scan _ -> "scan";
        };
    }

    private Dim flops(Step step) {
        return switch (step) {
            case Step.Primitive s ->
                FlopCount.of(new Node(s.op(), values(s.inputs()), values(s.outputs()), s.origin()));
            case Step.Kernel s -> FlopCount.of(s.body()).substitute(s.sizes());
            case Step.Reorder _, Step.Call _, Step.Scan _ -> Dim.ZERO;
        };
    }

    private List<Value> values(List<Integer> buffers) {
        return buffers.stream()
                .map(plan.buffers()::get)
                .map(b -> new Value(b.id(), b.name(), b.type()))
                .toList();
    }

    private String operands(Step step) {
        return Stream.concat(step.inputs().stream(), step.outputs().stream())
                .map(names::tensor)
                .distinct()
                .map(tensor -> ", " + tensor)
                .collect(Collectors.joining());
    }
}
