package dev.nnd.compiler.plan;

import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.plan.Buffer.Storage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * When buffers are alive. Elementwise kernels write into the memory of an operand that dies there; then every buffer of
 * the arena is released after the last step that reads it or anything that may share its memory: a view, an in-place
 * result, the output of a reorder that had nothing to do.
 */
final class Lifetimes {

    /** After the last step: never released. */
    private static final int FOREVER = Integer.MAX_VALUE;

    private final List<Step> steps;
    private final BufferTable buffers;
    private final int[] lastUse;
    /** The buffer whose memory a buffer may share, or -1. */
    private final int[] parent;

    private final Map<Integer, List<Integer>> children = new HashMap<>();

    private Lifetimes(List<Step> steps, BufferTable buffers) {
        this.steps = steps;
        this.buffers = buffers;
        List<Buffer> all = buffers.all();
        lastUse = new int[all.size()];
        parent = new int[all.size()];
        Arrays.fill(lastUse, -1);
        for (Buffer buffer : all) {
            boolean permanent = buffer.storage() != Storage.ARENA && buffer.storage() != Storage.VIEW;
            lastUse[buffer.id()] = permanent ? FOREVER : -1;
            parent[buffer.id()] = buffer.viewOf().orElse(-1);
        }
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            if (step instanceof Step.Reorder reorder) {
                parent[reorder.to()] = reorder.from();
            }
            if (step instanceof Step.Scan scan) {
                share(scan);
            }
            int index = i;
            reads(step).forEach(id -> lastUse[id] = Math.max(lastUse[id], index));
            step.inputs().stream()
                    .filter(id -> lastUse[id] < 0 && all.get(id).storage() == Storage.ARENA)
                    .forEach(id -> lastUse[id] = index); // lends its layout and is nothing else
            for (int id : step.outputs()) {
                lastUse[id] = Math.max(lastUse[id], i);
            }
        }
        for (Buffer buffer : all) {
            if (parent[buffer.id()] >= 0) {
                children.computeIfAbsent(parent[buffer.id()], k -> new ArrayList<>())
                        .add(buffer.id());
            }
        }
    }

    /** What a scan collects before its steps is in the memory of what it collects after them. */
    private void share(Step.Scan scan) {
        var places = ScanPlaces.of(scan);
        for (int state = 0; state < scan.states(); state++) {
            int after = places.after(state).orElse(-1);
            places.before(state, buffers::get)
                    .ifPresent(before ->
                            parent[scan.outputs().get(before)] = scan.outputs().get(after));
        }
    }

    /** Shares memory where that is safe; returns for each step the buffers that are released after it. */
    static List<List<Integer>> plan(List<Step> steps, BufferTable buffers) {
        var lifetimes = new Lifetimes(steps, buffers);
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i) instanceof Step.Kernel kernel) {
                lifetimes.placeInOperands(kernel, i);
            }
        }
        return lifetimes.releases();
    }

    /** The inputs whose elements a step reads; the others only lend their layout. */
    static List<Integer> reads(Step step) {
        return switch (step) {
            case Step.Primitive p
            when p.op() instanceof Op.InputGradient o -> p.inputs().subList(0, o.reads());
            case Step.Primitive p -> p.inputs();
            case Step.Kernel k -> k.inputs();
            case Step.Reorder r -> List.of(r.from());
            case Step.Scan s -> s.inputs();
            case Step.Call c ->
                IntStream.range(0, c.inputs().size())
                        .filter(c.function()::reads)
                        .mapToObj(c.inputs()::get)
                        .toList();
        };
    }

    private void placeInOperands(Step.Kernel kernel, int at) {
        boolean elementwise = kernel.kind() == Step.Kind.MAP || kernel.kind() == Step.Kind.BROADCAST;
        if (!elementwise && kernel.kind() != Step.Kind.ROWS) {
            return;
        }
        RowPasses passes = elementwise ? null : RowPasses.of(kernel.body());
        for (int output : kernel.outputs()) {
            for (int input : kernel.inputs()) {
                boolean early = passes != null
                        && !passes.mayShare(
                                kernel.inputs().indexOf(input), kernel.outputs().indexOf(output));
                if (!early
                        && buffers.get(output).storage() == Storage.ARENA
                        && sameForm(input, output)
                        && diesAt(input, at)
                        && kernel.inputs().stream()
                                        .filter(o -> root(o) == root(input))
                                        .count()
                                == 1) {
                    buffers.placeIn(output, input);
                    parent[output] = input;
                    children.computeIfAbsent(input, k -> new ArrayList<>()).add(output);
                }
            }
        }
    }

    private boolean sameForm(int input, int output) {
        return buffers.get(input).type().equals(buffers.get(output).type())
                && buffers.layoutClass(input) == buffers.layoutClass(output);
    }

    /** True if nothing that may share the operand's memory is used after a step, or belongs to the caller. */
    private boolean diesAt(int id, int at) {
        int top = root(id);
        return buffers.get(top).storage() == Storage.ARENA && lastUseOfAll(top) <= at;
    }

    private int root(int id) {
        int at = id;
        while (parent[at] >= 0) {
            at = parent[at];
        }
        return at;
    }

    /** The last use of a buffer and of all that may share its memory. */
    private int lastUseOfAll(int id) {
        int last = lastUse[id];
        for (int child : children.getOrDefault(id, List.of())) {
            last = Math.max(last, lastUseOfAll(child));
        }
        return last;
    }

    private List<List<Integer>> releases() {
        var releases = new ArrayList<List<Integer>>();
        steps.forEach(_ -> releases.add(new ArrayList<>()));
        for (Buffer buffer : buffers.all()) {
            if (buffer.storage() == Storage.ARENA) {
                int last = lastUseOfAll(buffer.id());
                if (last != FOREVER) {
                    releases.get(Math.max(last, 0)).add(buffer.id());
                }
            }
        }
        return releases.stream().map(List::copyOf).toList();
    }
}
