package dev.nnd.compiler.plan;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How a kernel over rows goes over each row: in passes, each of which makes the reductions whose operands the passes before
 * have made known. A result as wide as the row is written in the first pass that knows it and read from there in later
 * ones; other values are computed again, but for expensive ones, which wait in the memory of a result that is written later.
 */
public final class RowPasses {

    /**
     * One way along the row.
     *
     * @param reads values that are read from memory, of inputs or of what passes before have written, by port
     * @param nodes what is computed for each element, in order
     * @param reductions what is reduced meanwhile
     * @param writes values that are written, by port
     */
    public record RowPass(Map<Value, Port> reads, List<Node> nodes, List<Node> reductions, Map<Port, Value> writes) {}

    private final Graph graph;
    private final Set<Value> wide = new LinkedHashSet<>();
    private final Map<Value, Node> producers = new HashMap<>();
    private final Map<Value, Integer> stages = new HashMap<>();
    private final Map<Value, Port> inMemory = new HashMap<>();
    private final List<RowPass> passes = new ArrayList<>();
    private int count;

    private RowPasses(Graph graph) {
        this.graph = graph;
    }

    /** The passes of a kernel's body. */
    public static RowPasses of(Graph body) {
        var result = new RowPasses(SoftmaxParts.of(body));
        result.findStages();
        var parked = result.park();
        for (int pass = 0; pass < result.count; pass++) {
            result.passes.add(result.pass(pass, parked));
        }
        return result;
    }

    /** The body with softmax in parts. */
    public Graph graph() {
        return graph;
    }

    /** The passes in order. */
    public List<RowPass> passes() {
        return passes;
    }

    /** True if the value has an element for each element of the row, and not one for the whole row. */
    public boolean isWide(Value value) {
        return wide.contains(value);
    }

    /** True if an output may be in the memory of an input: nothing is written there before the last pass that reads it. */
    boolean mayShare(int input, int output) {
        Value read = graph.inputs().get(input).value();
        Port written = graph.outputs().get(output);
        if (isWide(read) != isWide(written.value())) {
            return false;
        }
        int last = -1;
        int first = passes.size();
        for (int pass = 0; pass < passes.size(); pass++) {
            Port from = passes.get(pass).reads().get(read);
            last = from != null && graph.inputs().contains(from) ? pass : last;
            first = passes.get(pass).writes().containsKey(written) ? Math.min(first, pass) : first;
        }
        return last <= first;
    }

    private void findStages() {
        Node first = graph.nodes().stream()
                .filter(n -> n.op() instanceof Op.Reduce)
                .findFirst()
                .orElseThrow();
        List<Integer> axes = ((Op.Reduce) first.op()).axes();
        int rank = first.inputs().getFirst().type().rank();
        for (Port port : graph.inputs()) {
            place(port.value(), 0, axes, rank);
        }
        for (Node node : graph.nodes()) {
            int stage = node.inputs().stream().mapToInt(this::stage).max().orElse(0);
            boolean reduces = node.op() instanceof Op.Reduce;
            producers.put(node.output(), node);
            place(node.output(), stage + (reduces ? 1 : 0), axes, rank);
            count = reduces || isWide(node.output()) ? Math.max(count, stage + 1) : count;
        }
    }

    private void place(Value value, int stage, List<Integer> axes, int rank) {
        stages.put(value, stage);
        List<Dim> dims = value.type().dims();
        int missing = rank - dims.size();
        if (axes.stream()
                .anyMatch(axis -> axis >= missing && !dims.get(axis - missing).is(1))) {
            wide.add(value);
        }
    }

    /** The pass in which a value is known for each element. */
    private int stage(Value value) {
        return stages.getOrDefault(value, 0);
    }

    /** Expensive values that a later pass needs, each with the port in whose memory it waits. */
    private Map<Value, Port> park() {
        var parked = new LinkedHashMap<Value, Port>();
        var free = new ArrayList<>(
                graph.outputs().stream().filter(p -> isWide(p.value())).toList());
        for (Node node : graph.nodes()) {
            Value value = node.output();
            boolean output = graph.outputs().stream().anyMatch(p -> p.value().equals(value));
            if (isWide(value) && isExpensive(node) && !output) {
                int needed = lastNeeded(value);
                free.stream()
                        .filter(p -> needed > stage(value)
                                && stage(p.value()) >= needed
                                && p.value().type().equals(value.type()))
                        .findFirst()
                        .ifPresent(p -> {
                            parked.put(value, p);
                            free.remove(p);
                        });
            }
        }
        return parked;
    }

    /** The last pass in which something is computed from a value directly. */
    private int lastNeeded(Value value) {
        int last = stage(value);
        for (Node node : graph.nodes()) {
            if (node.inputs().contains(value) && isWide(node.output())) {
                last = Math.max(last, stage(node.output()));
            }
        }
        return last;
    }

    private static boolean isExpensive(Node node) {
        return switch (node.op()) {
            case Op.Unary(Op.UnaryFunction f) ->
                switch (f) {
                    case EXP, EXPM1, LOG, LOG1P, SIN, COS, TANH, SIGMOID, ERF, SOFTPLUS, ASIN, ACOS, ATAN -> true;
                    case NEGATE, ABS, SIGN, SQUARE, SQRT, RSQRT, RECIPROCAL, RELU, FLOOR, CEIL, ROUND -> false;
                    case STOP_GRADIENT, NOT -> false;
                };
            case Op.Binary(Op.BinaryFunction f) -> f == Op.BinaryFunction.POWER;
            default -> false;
        };
    }

    private RowPass pass(int number, Map<Value, Port> parked) {
        List<Node> reductions = graph.nodes().stream()
                .filter(n -> n.op() instanceof Op.Reduce && stage(n.output()) == number + 1)
                .toList();
        Map<Port, Value> writes = new LinkedHashMap<>();
        for (Port port : graph.outputs()) {
            if (isWide(port.value()) && stage(port.value()) == number) {
                writes.put(port, port.value());
            }
        }
        parked.forEach((value, port) -> {
            if (stage(value) == number) {
                writes.put(port, value);
            }
        });
        var needed = new Needed();
        reductions.forEach(n -> needed.add(n.inputs().getFirst()));
        writes.values().forEach(needed::add);
        List<Node> nodes = graph.nodes().stream()
                .filter(n -> needed.computed.contains(n.output()))
                .toList();
        writes.forEach((port, value) -> inMemory.put(value, port));
        parked.forEach((value, port) -> {
            if (stage(port.value()) == number) {
                inMemory.remove(value, port);
            }
        });
        return new RowPass(needed.reads, nodes, reductions, writes);
    }

    /** What a pass reads and computes. */
    private final class Needed {
        private final Map<Value, Port> reads = new LinkedHashMap<>();
        private final Set<Value> computed = new LinkedHashSet<>();

        private void add(Value value) {
            if (!isWide(value) || reads.containsKey(value) || computed.contains(value)) {
                return;
            }
            Port written = inMemory.get(value);
            if (written != null) {
                reads.put(value, written);
                return;
            }
            Node node = producers.get(value);
            if (node == null) {
                graph.inputs().stream()
                        .filter(p -> p.value().equals(value))
                        .findFirst()
                        .ifPresent(p -> reads.put(value, p));
                return;
            }
            computed.add(value);
            node.inputs().forEach(this::add);
        }
    }
}
