package dev.nnd.compiler.emit.program;

import dev.nnd.compiler.emit.DimCode;
import dev.nnd.compiler.emit.Indexed;
import dev.nnd.compiler.emit.JavaNames;
import dev.nnd.compiler.emit.WeightNames;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.plan.Buffer;
import dev.nnd.compiler.plan.ExecutionPlan;
import dev.nnd.compiler.plan.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the ops and tensors of a plan are called in its program. */
final class PlanNames {

    /** The field that has threads share kernels. */
    static final String SHARED = "shared";

    private final ExecutionPlan plan;
    private final FunctionClasses functions;
    private final WeightNames weights;
    private final boolean called;
    private final DimCode dims;
    private final List<Run> runs;
    private final String loopVariable;
    private final RunNames arrays;
    private final Map<Integer, String> opFields = new LinkedHashMap<>();
    private final Map<Integer, String> bodyFields = new HashMap<>();
    private final Map<Integer, String> tensorFields = new HashMap<>();
    private final Map<Integer, String> expressions = new HashMap<>();
    private final Set<Integer> readByKernels = new HashSet<>();

    private PlanNames(ExecutionPlan plan, FunctionClasses functions, WeightNames weights, boolean called) {
        this.plan = plan;
        this.functions = functions;
        this.weights = weights;
        this.called = called;
        this.dims = new DimCode(plan.freeDims());
        var taken = new ArrayList<>(dims.parameters());
        taken.addAll(List.of(
                "net", "at", "memory", "provider", "fields", "program", "model", "pool", "closed", "caches", SHARED));
        taken.addAll(List.of("run", "forward", "close", "open", "arenaBytes", "plannedBytes", "bind", "parts"));
        var names = new JavaNames(taken);
        for (Buffer buffer : plan.buffers()) {
            if (isEdge(buffer)) {
                String port = buffer.port().orElseThrow().name();
                tensorFields.put(buffer.id(), names.unique(JavaNames.member(port)));
            }
        }
        runs = functions.rolled() ? Run.of(plan) : List.of();
        loopVariable = names.unique("i");
        arrays = new RunNames(plan, runs, Set.copyOf(tensorFields.keySet()), names);
        for (int i = 0; i < plan.steps().size(); i++) {
            switch (plan.steps().get(i)) {
                case Step.Primitive p -> opFields.put(i, op(i, p.name(), names));
                case Step.Reorder r -> opFields.put(i, op(i, r.name(), names));
                case Step.Call c -> opFields.put(i, op(i, JavaNames.member(c.name()), names));
                case Step.Scan s -> {
                    opFields.put(i, names.unique(JavaNames.member(s.name())));
                    bodyFields.put(i, names.unique(JavaNames.member(s.name()) + "Step"));
                }
                case Step.Kernel k -> {
                    k.inputs().forEach(this::addToKernels);
                    k.outputs().forEach(this::addToKernels);
                }
            }
        }
        for (Buffer buffer : plan.buffers()) {
            RunNames.Element element = arrays.tensors().get(buffer.id());
            if (element != null) {
                tensorFields.put(buffer.id(), element.expression());
            } else if (!isEdge(buffer)) {
                tensorFields.put(buffer.id(), names.unique(JavaNames.member(buffer.name())));
            }
        }
        opFields.forEach(this::nameOutputs);
        plan.buffers().forEach(this::nameBuffer);
    }

    private String op(int step, String name, JavaNames names) {
        RunNames.Element element = arrays.ops().get(step);
        return element == null ? names.unique(name) : element.expression();
    }

    /** A buffer and what it is a view of. */
    private void addToKernels(int buffer) {
        readByKernels.add(buffer);
        plan.buffers().get(buffer).viewOf().ifPresent(this::addToKernels);
    }

    /** The names in a program's own class. */
    static PlanNames ofProgram(ExecutionPlan plan, FunctionClasses functions, WeightNames weights) {
        return new PlanNames(plan, functions, weights, false);
    }

    /** The names in a function's class, whose edges are tensors that its caller gives or takes. */
    static PlanNames ofFunction(ExecutionPlan plan, FunctionClasses functions) {
        return new PlanNames(plan, functions, WeightNames.NONE, true);
    }

    /** The steps that repeat. */
    List<Run> runs() {
        return runs;
    }

    /** The variable of loops over a run's repetitions. */
    String loopVariable() {
        return loopVariable;
    }

    /** The arrays of runs, and which of their elements ops and tensors are. */
    RunNames arrays() {
        return arrays;
    }

    /** What messages call a step's op. */
    String label(int step, String name) {
        RunNames.Element element = arrays.ops().get(step);
        return element == null ? name : element.label();
    }

    /** What messages call a tensor. */
    String label(Buffer buffer) {
        RunNames.Element element = arrays.tensors().get(buffer.id());
        return element == null ? buffer.name() : element.label();
    }

    /** The classes of the functions that are called. */
    FunctionClasses functions() {
        return functions;
    }

    /** True for a buffer that a function's caller gives to it. */
    boolean isGiven(Buffer buffer) {
        return called
                && switch (buffer.storage()) {
                    case PARAMETER, GRADIENT -> true;
                    case PORT -> buffer.port().orElseThrow().role() != Port.Role.OUTPUT;
                    case ARENA, VIEW -> false;
                };
    }

    /** True in a function's class. */
    boolean called() {
        return called;
    }

    private boolean isEdge(Buffer buffer) {
        return buffer.storage() == Buffer.Storage.PORT || isGiven(buffer);
    }

    DimCode dims() {
        return dims;
    }

    /** The field of a provider op's step. */
    String op(int step) {
        String name = opFields.get(step);
        if (name == null) {
            throw new IllegalArgumentException("step " + step + " of " + plan.name() + " is no op of a provider");
        }
        return name;
    }

    /** The field of what a scan repeats. */
    String body(int step) {
        String name = bodyFields.get(step);
        if (name == null) {
            throw new IllegalArgumentException("step " + step + " of " + plan.name() + " is no scan");
        }
        return name;
    }

    /** The field that a tensor has if it has one. */
    String field(int buffer) {
        return tensorFields.getOrDefault(buffer, "");
    }

    /** A buffer of the plan. */
    Buffer buffer(int id) {
        return plan.buffers().get(id);
    }

    /** The Java expression of a buffer's tensor, with {@link Indexed} numbers. */
    String tensor(int buffer) {
        String known = expressions.get(buffer);
        if (known == null) {
            throw new IllegalArgumentException("no tensor for buffer " + buffer + " of " + plan.name());
        }
        return known;
    }

    /** True if a kernel reads or writes it, so that the running program needs it. */
    boolean inKernels(int buffer) {
        return readByKernels.contains(buffer);
    }

    /** True for a tensor that is made by a call of its own and kept in a field. */
    boolean hasField(Buffer buffer) {
        return expressions.getOrDefault(buffer.id(), "").equals(field(buffer.id()));
    }

    /** The field of a parameter in the weights class. */
    String weight(Port port) {
        return weights.of(port.name());
    }

    private void nameOutputs(int index, String field) {
        Step step = plan.steps().get(index);
        if (step instanceof Step.Call call) {
            nameResults(call, field);
            return;
        }
        if (step instanceof Step.Scan) {
            return; // writes into tensors of this class
        }
        for (int i = 0; i < step.outputs().size(); i++) {
            if (step instanceof Step.Primitive p && ProviderCall.writesIntoGiven(p.op(), i)) {
                continue;
            }
            expressions.put(step.outputs().get(i), field + (i == 0 ? ".output()" : ".output(" + i + ")"));
        }
    }

    private void nameResults(Step.Call call, String field) {
        PlanNames inside = functions.names(call.function());
        List<Buffer> results = call.function().results();
        for (int i = 0; i < results.size(); i++) {
            if (!inside.isGiven(results.get(i))) {
                expressions.put(
                        call.outputs().get(i),
                        field + "." + inside.field(results.get(i).id()));
            }
        }
    }

    private void nameBuffer(Buffer buffer) {
        if (expressions.containsKey(buffer.id())) {
            return;
        }
        boolean kernel = inKernels(buffer.id()) || called;
        String made = switch (buffer.storage()) {
            case PARAMETER ->
                kernel
                        ? field(buffer.id())
                        : "at.parameter(" + weight(buffer.port().orElseThrow()) + ")";
            case GRADIENT ->
                kernel
                        ? field(buffer.id())
                        : "at.gradient(" + weight(buffer.port().orElseThrow()) + ")";
            case VIEW -> view(buffer);
            case ARENA, PORT -> field(buffer.id());
        };
        expressions.put(buffer.id(), made);
    }

    /** An in-place result is nothing but another name for the tensor; a reshape is a tensor of its own. */
    private String view(Buffer view) {
        Buffer of = plan.buffers().get(view.viewOf().orElseThrow());
        nameBuffer(of);
        return view.type().equals(of.type()) ? tensor(of.id()) : field(view.id());
    }
}
