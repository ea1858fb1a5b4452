package dev.nnd.compiler.plan;

import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.plan.Buffer.Storage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which kernels leave a new value where ops of a provider have read an old one and will read the new one. What the provider
 * has made of the old value, such as a copy in other numbers, is not true any more.
 */
public final class Rewrites {

    private final ExecutionPlan plan;
    /** The buffer that owns the memory of each, as far as the plan knows; a reorder may have had nothing to do. */
    private final int[] memory;
    /** The last step at which ops of a provider read the memory. */
    private final int[] lastRead;

    private Rewrites(ExecutionPlan plan) {
        this.plan = plan;
        this.memory = new int[plan.buffers().size()];
        this.lastRead = new int[memory.length];
        Arrays.setAll(memory, id -> BufferTable.root(plan.buffers(), id));
        Arrays.fill(lastRead, -1);
        for (int i = 0; i < plan.steps().size(); i++) {
            Step step = plan.steps().get(i);
            if (step instanceof Step.Reorder reorder) {
                join(reorder.to(), reorder.from());
            }
        }
        for (int i = 0; i < plan.steps().size(); i++) {
            for (int id : read(plan.steps().get(i))) {
                lastRead[memory[id]] = i;
            }
        }
    }

    private void join(int id, int other) {
        int from = memory[id];
        int to = memory[other];
        Arrays.setAll(memory, i -> memory[i] == from ? to : memory[i]);
    }

    /** For each step, the outputs that are such values. */
    public static List<List<Integer>> of(ExecutionPlan plan) {
        return new Rewrites(plan).find();
    }

    private List<List<Integer>> find() {
        var known = new HashSet<Integer>();
        for (Buffer buffer : plan.buffers()) {
            if (isGiven(buffer)) {
                known.add(memory[buffer.id()]);
            }
        }
        var found = new ArrayList<List<Integer>>();
        for (int i = 0; i < plan.steps().size(); i++) {
            Step step = plan.steps().get(i);
            found.add(step instanceof Step.Kernel kernel ? rewritten(kernel, i, known) : List.of());
            read(step).forEach(id -> known.add(memory[id]));
        }
        return List.copyOf(found);
    }

    private List<Integer> rewritten(Step.Kernel kernel, int at, Set<Integer> known) {
        return kernel.outputs().stream()
                .filter(id -> known.contains(memory[id]) && isReadAfter(memory[id], at))
                .distinct()
                .toList();
    }

    /** What lies at the edge of the plan may be read outside of it. */
    private boolean isReadAfter(int owner, int step) {
        return lastRead[owner] > step || plan.buffers().get(owner).storage() != Storage.ARENA;
    }

    private static boolean isGiven(Buffer buffer) {
        return switch (buffer.storage()) {
            case PARAMETER -> true;
            case PORT ->
                buffer.port()
                        .filter(p -> p.role() == Port.Role.INPUT || p.role() == Port.Role.CACHE)
                        .isPresent();
            case GRADIENT, ARENA, VIEW -> false;
        };
    }

    /** What ops of a provider read in a step; of a call that may be its results, too. Scans keep nothing of what they read. */
    private static List<Integer> read(Step step) {
        return switch (step) {
            case Step.Kernel _, Step.Reorder _, Step.Scan _ -> List.of();
            case Step.Primitive _ -> Lifetimes.reads(step);
            case Step.Call call -> {
                var all = new ArrayList<>(call.inputs());
                all.addAll(call.outputs());
                yield all;
            }
        };
    }
}
