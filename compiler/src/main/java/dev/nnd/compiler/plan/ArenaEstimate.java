package dev.nnd.compiler.plan;

import dev.nnd.compiler.plan.Buffer.Storage;
import dev.nnd.runtime.memory.ArenaLayout;
import java.util.Arrays;
import java.util.Map;

/** How much memory a plan's arena takes. */
public final class ArenaEstimate {

    private ArenaEstimate() {}

    /**
     * Bytes of the arena, ports included, for given free dims. Parameters and their gradients are not in it; neither
     * are what a provider's layout pads and what its ops need besides, which only a provider knows.
     *
     * @throws IllegalArgumentException if a free dim has no size
     */
    public static long bytes(ExecutionPlan plan, Map<String, Long> freeDims) {
        return bytes(plan, freeDims, true);
    }

    private static long bytes(ExecutionPlan plan, Map<String, Long> freeDims, boolean ports) {
        int steps = plan.steps().size();
        int[] from = new int[plan.buffers().size()];
        int[] to = new int[plan.buffers().size()];
        Arrays.fill(from, -1);
        Arrays.fill(to, steps);
        for (int i = 0; i < steps; i++) {
            for (int id : plan.steps().get(i).outputs()) {
                from[id] = from[id] < 0 ? i : from[id];
            }
            for (int id : plan.releases().get(i)) {
                to[id] = i;
            }
        }
        var layout = new ArenaLayout();
        for (Buffer b : plan.buffers()) {
            boolean port = ports && b.storage() == Storage.PORT && b.viewOf().isEmpty();
            boolean written = b.storage() == Storage.ARENA && from[b.id()] >= 0;
            if (port || written) {
                long bytes = b.type().elements().evaluate(freeDims)
                        * b.type().dtype().bytes();
                layout.add(bytes, port ? 0 : from[b.id()], port ? steps : to[b.id()]);
            }
        }
        for (int i = 0; i < steps; i++) {
            long inside = inside(plan.steps().get(i), freeDims);
            if (inside > 0) {
                layout.add(inside, i, i);
            }
        }
        layout.assign();
        return layout.bytes();
    }

    /** What a call or a scan takes besides its results, which are buffers of the caller. */
    private static long inside(Step step, Map<String, Long> freeDims) {
        return switch (step) {
            case Step.Call call -> bytes(call.function().plan(), freeDims, false);
            case Step.Scan scan -> bytes(scan.body().plan(), freeDims, true);
            case Step.Kernel _, Step.Primitive _, Step.Reorder _ -> 0;
        };
    }
}
