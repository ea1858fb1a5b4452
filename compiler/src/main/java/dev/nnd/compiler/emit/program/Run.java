package dev.nnd.compiler.emit.program;

import dev.nnd.compiler.ir.Origin;
import dev.nnd.compiler.plan.Buffer;
import dev.nnd.compiler.plan.ExecutionPlan;
import dev.nnd.compiler.plan.Step;
import dev.nnd.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Steps of a plan that repeat, such as the calls of {@code Layer() * 12}: their ops and tensors are elements of arrays, and loops
 * bind and run them.
 *
 * @param first the index of the first step
 * @param period how many steps one repetition has
 * @param count of repetitions
 */
record Run(int first, int period, int count) {

    /** Fewer repetitions than this are written out. */
    private static final int FEWEST = 3;

    /** How many steps a repetition may have. */
    private static final int LONGEST = 200;

    /** How often a step may be in a repetition. */
    private static final int CANDIDATES = 4;

    /** What steps have in common that may be one statement of a loop. */
    private record Likeness(
            Object kind,
            Object sizes,
            List<TensorType> inputs,
            List<TensorType> outputs,
            Origin place,
            boolean forward) {}

    /** The step behind the last one. */
    int end() {
        return first + period * count;
    }

    /** The runs of a plan, in order. */
    static List<Run> of(ExecutionPlan plan) {
        int[] kinds = kinds(plan);
        int[] next = next(kinds);
        var runs = new ArrayList<Run>();
        int at = 0;
        while (at < kinds.length) {
            Run best = best(kinds, next, at);
            if (best != null) {
                runs.add(best);
            }
            at = best == null ? at + 1 : best.end();
        }
        return runs;
    }

    private static @Nullable Run best(int[] kinds, int[] next, int first) {
        int at = first;
        for (int i = 0; i < CANDIDATES; i++) {
            at = next[at];
            int period = at - first;
            if (at == kinds.length || period > LONGEST) {
                return null;
            }
            int matched = 0;
            while (at + matched < kinds.length && kinds[first + matched] == kinds[at + matched]) {
                matched++;
            }
            int count = 1 + matched / period;
            if (count >= FEWEST) {
                return new Run(first, period, count);
            }
        }
        return null;
    }

    /** The next step of the same kind, for each. */
    private static int[] next(int[] kinds) {
        int[] next = new int[kinds.length];
        Map<Integer, Integer> seen = new HashMap<>();
        for (int i = kinds.length - 1; i >= 0; i--) {
            next[i] = seen.getOrDefault(kinds[i], kinds.length);
            seen.put(kinds[i], i);
        }
        return next;
    }

    private static int[] kinds(ExecutionPlan plan) {
        int[] kinds = new int[plan.steps().size()];
        Map<Object, Integer> known = new HashMap<>();
        for (int i = 0; i < kinds.length; i++) {
            Step step = plan.steps().get(i);
            kinds[i] = known.computeIfAbsent(likeness(plan, step, i), _ -> known.size());
        }
        return kinds;
    }

    private static Object likeness(ExecutionPlan plan, Step step, int index) {
        Object kind = switch (step) {
            case Step.Primitive p -> p.op();
            case Step.Kernel k -> k.name();
            case Step.Reorder r -> r.like() < 0;
            case Step.Call c -> c.function();
            case Step.Scan _ -> index; // has local variables of its own
        };
        Object sizes = step instanceof Step.Kernel k ? k.sizes() : Map.of();
        var place = new Origin(step.origin().span(), "", step.origin().text());
        return new Likeness(
                kind,
                sizes,
                types(plan, step.inputs()),
                types(plan, step.outputs()),
                place,
                index < plan.forwardSteps());
    }

    private static List<TensorType> types(ExecutionPlan plan, List<Integer> buffers) {
        return buffers.stream().map(plan.buffers()::get).map(Buffer::type).toList();
    }
}
