package dev.nnd.compiler.emit.program;

import dev.nnd.compiler.emit.Indexed;
import dev.nnd.compiler.emit.JavaNames;
import dev.nnd.compiler.plan.ExecutionPlan;
import dev.nnd.compiler.plan.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The arrays of what the {@link Run}s of a plan have: an element for each repetition, in the order of the file. */
final class RunNames {

    /**
     * An element.
     *
     * @param array its field
     * @param size how many elements there are
     * @param index which one
     */
    record Element(String array, int size, int index) {

        String expression() {
            return Indexed.element(array, index);
        }

        /** For messages. */
        String label() {
            return Indexed.label(array, index);
        }
    }

    /** A step of a repetition, its operand, and how many views there are between that and the buffer. */
    private record Place(int step, int operand, int depth) {}

    private final ExecutionPlan plan;
    private final JavaNames names;
    private final Set<Integer> seen = new HashSet<>();
    private final Map<Integer, Element> ops = new HashMap<>();
    private final Map<Integer, Element> tensors = new HashMap<>();
    private final Map<String, Integer> lengths = new HashMap<>();

    /**
     * Names them.
     *
     * @param named buffers that have names already
     */
    RunNames(ExecutionPlan plan, List<Run> runs, Set<Integer> named, JavaNames names) {
        this.plan = plan;
        this.names = names;
        seen.addAll(named);
        int at = 0;
        for (Run run : runs) {
            touch(at, run.first());
            name(run, RunIndex.of(plan, run));
            at = run.end();
        }
    }

    /** The elements that are ops, by step. */
    Map<Integer, Element> ops() {
        return ops;
    }

    /** The elements that are tensors, by buffer. */
    Map<Integer, Element> tensors() {
        return tensors;
    }

    /** The sizes of all arrays. */
    Map<String, Integer> lengths() {
        return lengths;
    }

    private void touch(int from, int to) {
        for (int i = from; i < to; i++) {
            operands(plan.steps().get(i)).forEach(this::touch);
        }
    }

    private void touch(int buffer) {
        seen.add(buffer);
        plan.buffers().get(buffer).viewOf().ifPresent(this::touch);
    }

    private void name(Run run, RunIndex index) {
        for (int j = 0; j < run.period(); j++) {
            String op = op(plan.steps().get(run.first() + j));
            if (!op.isEmpty()) {
                String array = array(index.without(op, 0), run.count());
                for (int k = 0; k < run.count(); k++) {
                    ops.put(run.first() + k * run.period() + j, new Element(array, run.count(), index.of(k)));
                }
            }
        }
        Map<Place, List<Integer>> places = new LinkedHashMap<>();
        for (int k = 0; k < run.count(); k++) {
            fresh(run, k, places);
        }
        for (List<Integer> buffers : places.values()) {
            if (buffers.stream().filter(b -> b >= 0).count() > 1) {
                tensors(run, index, buffers);
            }
        }
    }

    /** Notes what a repetition is the first to use, by its place in the repetition. */
    private void fresh(Run run, int k, Map<Place, List<Integer>> places) {
        for (int j = 0; j < run.period(); j++) {
            List<Integer> operands = operands(plan.steps().get(run.first() + k * run.period() + j));
            for (int operand = 0; operand < operands.size(); operand++) {
                int buffer = operands.get(operand);
                for (int depth = 0; buffer >= 0; depth++) {
                    if (seen.add(buffer)) {
                        List<Integer> all =
                                places.computeIfAbsent(new Place(j, operand, depth), _ -> new ArrayList<>());
                        while (all.size() < k) {
                            all.add(-1);
                        }
                        all.add(buffer);
                    }
                    buffer = plan.buffers().get(buffer).viewOf().orElse(-1);
                }
            }
        }
    }

    private void tensors(Run run, RunIndex index, List<Integer> buffers) {
        int first = 0;
        while (buffers.get(first) < 0) {
            first++;
        }
        String name = plan.buffers().get(buffers.get(first)).name();
        String array = array(index.without(name, first), run.count());
        for (int k = 0; k < buffers.size(); k++) {
            if (buffers.get(k) >= 0) {
                tensors.put(buffers.get(k), new Element(array, run.count(), index.of(k)));
            }
        }
    }

    private String array(String wanted, int size) {
        String array = names.unique(wanted);
        lengths.put(array, size);
        return array;
    }

    /** What a step reads and writes. */
    private static List<Integer> operands(Step step) {
        var all = new ArrayList<>(step.inputs());
        all.addAll(step.outputs());
        return all;
    }

    private static String op(Step step) {
        return switch (step) {
            case Step.Primitive p -> p.name();
            case Step.Reorder r -> r.name();
            case Step.Call c -> c.name();
            case Step.Scan _, Step.Kernel _ -> "";
        };
    }
}
