package dev.nnd.compiler.emit.program;

import dev.nnd.compiler.emit.Docs;
import dev.nnd.compiler.emit.Lines;
import dev.nnd.compiler.emit.kernel.KernelFile;
import dev.nnd.compiler.emit.kernel.KernelMethod;
import dev.nnd.compiler.plan.Buffer;
import dev.nnd.compiler.plan.ExecutionPlan;
import dev.nnd.compiler.plan.Step;
import dev.nnd.compiler.type.Dim;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The statements that run a program's steps. */
final class RunCode {

    private final ExecutionPlan plan;
    private final PlanNames names;
    private final KernelFile kernels;
    private final Optional<Timers> timers;
    private final Map<String, String> kernelFields = new LinkedHashMap<>();
    private final Set<String> dimsRead = new TreeSet<>();
    private boolean shares;

    RunCode(ExecutionPlan plan, PlanNames names, KernelFile kernels, Optional<Timers> timers) {
        this.timers = timers;
        this.plan = plan;
        this.names = names;
        this.kernels = kernels;
    }

    /** The constants that hold kernels: names by class. */
    Map<String, String> kernelFields() {
        return kernelFields;
    }

    /** The dim variables that running reads. */
    Set<String> dimsRead() {
        return dimsRead;
    }

    /** True if threads share kernels of it. */
    boolean shares() {
        return shares;
    }

    /** The steps of one stage, a piece for each loop. */
    List<Lines> stage(Stage stage) {
        return stage.pieces(names, this::steps);
    }

    private void steps(List<Integer> steps, Lines out) {
        for (int index : steps) {
            Optional<String> timer = timers.flatMap(t -> t.field(index));
            timer.ifPresent(t -> out.add(t + ".start()"));
            switch (plan.steps().get(index)) {
                case Step.Kernel kernel -> out.add(call(kernel));
                case Step.Primitive _, Step.Reorder _, Step.Call _, Step.Scan _ -> out.add(names.op(index) + ".run()");
            }
            timer.ifPresent(t -> out.add(t + ".stop()"));
        }
    }

    private String call(Step.Kernel step) {
        KernelMethod method = kernels.add(step);
        String field = kernelFields.computeIfAbsent(
                method.className(), _ -> "KERNELS" + (kernelFields.isEmpty() ? "" : kernelFields.size() + 1));
        String arguments =
                method.arguments().stream().map(a -> argument(step, a)).collect(Collectors.joining(", "));
        return field + "." + method.name() + "(" + arguments + ")";
    }

    private String argument(Step.Kernel step, KernelMethod.Argument argument) {
        return switch (argument) {
            case KernelMethod.Shared() -> {
                shares = true;
                yield PlanNames.SHARED;
            }
            case KernelMethod.Input(int index) -> segment(step.inputs().get(index));
            case KernelMethod.Output(int index) -> segment(step.outputs().get(index));
            case KernelMethod.RangeStart() -> "0";
            case KernelMethod.RangeEnd(var elements) -> elements(step, elements);
            case KernelMethod.Size(var dim) -> size(step, dim);
            case KernelMethod.Place() ->
                "\"" + Docs.place(step.origin().span()).replace("\\", "/").replace("\"", "'") + "\"";
            case KernelMethod.Scalar(String name) ->
                throw new IllegalArgumentException("the kernel " + step.name() + " needs the number " + name);
        };
    }

    private String segment(int buffer) {
        return names.tensor(buffer) + ".segment()";
    }

    /** How many elements a flat loop covers; in a provider's layout, padding is among them. */
    private String elements(Step.Kernel step, Dim dim) {
        for (int id : step.outputs()) {
            Buffer buffer = plan.buffers().get(id);
            if (buffer.layout() == Buffer.Layout.PROVIDER) {
                return names.tensor(id) + ".storedElements()";
            }
            if (buffer.type().rank() > 1) {
                return names.tensor(id) + ".elements()";
            }
        }
        return size(step, dim);
    }

    private String size(Step.Kernel step, Dim dim) {
        Dim actual = dim.substitute(step.sizes());
        dimsRead.addAll(actual.variables());
        return names.dims().code(actual);
    }
}
