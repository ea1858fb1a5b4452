package dev.nnd.compiler.lower;

import dev.nnd.compiler.ir.Function;
import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Origin;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.typed.TypedExpr;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The marks of {@code scan} as an op: entries and states are placeholders at first; when a result is asked for, the nodes
 * that depend on them leave the graph and become the function that the scan repeats.
 */
final class ScanLowering {

    /** A scan whose body is being lowered: sequences and the placeholders of their entries, and the states in order. */
    private static final class Open {
        private final List<Value> sequences = new ArrayList<>();
        private final List<Value> entries = new ArrayList<>();
        private final Map<Integer, Value> placeholders = new TreeMap<>();
        private final Map<Integer, Value> starts = new TreeMap<>();
        /** The first placeholder: what its steps compute is younger. */
        private final Value first;

        private Open(Value first) {
            this.first = first;
        }
    }

    private final GraphBuilder to;
    private final BufferValues buffers;
    private final RandomLowering random;
    private final Map<List<Object>, Open> open = new HashMap<>();
    private final Map<List<Object>, List<Value>> closed = new HashMap<>();

    ScanLowering(GraphBuilder to, BufferValues buffers, RandomLowering random) {
        this.to = to;
        this.buffers = buffers;
        this.random = random;
    }

    /** A placeholder for the entry of the running step. */
    Value entry(TypedExpr.Apply e, Value sequence) {
        Value placeholder = to.fresh("entry", e.type());
        Open scan = open.computeIfAbsent(key(e), _ -> new Open(placeholder));
        scan.sequences.add(leading(sequence, Attributes.of(e).number(1)));
        scan.entries.add(placeholder);
        return placeholder;
    }

    /** A placeholder for a state before the running step. */
    Value state(TypedExpr.Apply e, Value start) {
        int index = Attributes.of(e).number(1);
        Value placeholder = to.fresh("state", e.type());
        Open scan = open.computeIfAbsent(key(e), _ -> new Open(placeholder));
        scan.placeholders.put(index, placeholder);
        scan.starts.put(index, start);
        return placeholder;
    }

    /** The values of all steps, on the axis that the sequences had. */
    Value collected(TypedExpr.Apply e, List<Value> step, Origin origin) {
        Value all = close(e, step, origin).getLast();
        int axis = Math.min(Attributes.of(e).number(1), all.type().rank() - 1);
        return axis == 0 ? all : to.transpose(all, moved(all.type().rank(), 0, axis));
    }

    /** A state after the last step. */
    Value last(TypedExpr.Apply e, List<Value> step, Origin origin) {
        return close(e, step, origin).get(Attributes.of(e).number(3));
    }

    /** A scan's number is unique in its body only, and a cell may have scans of its own. */
    private List<Object> key(TypedExpr.Apply e) {
        return List.of(to.place().instance(), e.attributes().getFirst());
    }

    private Value leading(Value sequence, int axis) {
        return axis == 0
                ? sequence
                : to.transpose(sequence, moved(sequence.type().rank(), axis, 0));
    }

    /** A permutation that moves one axis to another place. */
    private static List<Integer> moved(int rank, int from, int to) {
        var axes = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
        axes.remove(from);
        axes.add(to, from);
        return axes;
    }

    /** The last states, then the collected value with the steps first. */
    private List<Value> close(TypedExpr.Apply e, List<Value> step, Origin origin) {
        List<Object> key = List.of(key(e), step);
        List<Value> known = closed.get(key);
        if (known == null) {
            Open scan = open.remove(key(e));
            if (scan == null) {
                throw new IllegalStateException("the scan " + key(e) + " is not open");
            }
            known = close(scan, step, Attributes.of(e).flag(2), origin);
            closed.put(key, known);
        }
        return known;
    }

    /** Buffers that the cell moves are states: each step reads what the one before it has left. */
    private List<Value> close(Open scan, List<Value> step, boolean reverse, Origin origin) {
        drawAtEachStep(scan, step, origin);
        var placeholders = new ArrayList<>(scan.placeholders.values());
        placeholders.addAll(scan.entries);
        Map<String, Value> moved = buffers.before(made(placeholders, to.dependents(placeholders, scan.first)));
        placeholders.addAll(scan.placeholders.size(), moved.values());
        List<Node> inside = to.takeDependents(placeholders, scan.first);
        var body = new GraphBuilder("scan_step");
        int number = 0;
        for (Value placeholder : placeholders) {
            body.input(new Port(Port.Role.INPUT, placeholder.name() + ++number, placeholder));
        }
        var operands = new ArrayList<>(scan.starts.values());
        operands.addAll(moved.values());
        operands.addAll(scan.sequences);
        operands.addAll(shared(body, inside, step, made(placeholders, inside), number));
        inside.forEach(body::append);
        for (int i = 1; i < step.size(); i++) {
            body.output(Port.Role.OUTPUT, "state" + i, step.get(i));
        }
        for (String path : moved.keySet()) {
            body.output(
                    Port.Role.OUTPUT,
                    path,
                    Objects.requireNonNull(buffers.updates().get(path)));
        }
        body.output(Port.Role.OUTPUT, "value", step.getFirst());
        Dim steps = scan.sequences.getFirst().type().dim(0);
        int states = step.size() - 1 + moved.size();
        var op = new Op.Scan(new Function(body.build()), states, scan.entries.size(), steps, reverse);
        List<Value> results = to.at(origin).applyAll("scan", op, operands);
        int at = step.size() - 1;
        for (String path : List.copyOf(moved.keySet())) {
            buffers.update(path, results.get(at++));
        }
        return results;
    }

    /** What the steps draw at random takes a seed of each step: one more sequence. */
    private void drawAtEachStep(Open scan, List<Value> step, Origin origin) {
        Optional<Value> seed = random.seedInUse();
        if (seed.isEmpty()) {
            return;
        }
        var placeholders = new ArrayList<>(scan.placeholders.values());
        placeholders.addAll(scan.entries);
        Set<Node> drawing = drawing(scan, placeholders, step, seed.get());
        if (!drawing.isEmpty()) {
            Value entry = to.fresh("stepSeed", seed.get().type());
            to.exchange(drawing, seed.get(), entry);
            to.at(origin);
            Dim steps = scan.sequences.getFirst().type().dim(0);
            scan.sequences.add(random.seeds(steps));
            scan.entries.add(entry);
        }
    }

    /** The readers of the seed among what a step computes; what was drawn before the scan is the same for all steps. */
    private Set<Node> drawing(Open scan, List<Value> placeholders, List<Value> step, Value seed) {
        var needed = new HashSet<>(step);
        to.dependents(placeholders, scan.first).forEach(n -> needed.addAll(n.inputs()));
        placeholders.forEach(needed::remove);
        var drawing = new HashSet<Node>();
        for (Node node : to.since(scan.first).reversed()) {
            if (node.outputs().stream().anyMatch(needed::contains)) {
                needed.addAll(node.inputs());
                if (node.inputs().contains(seed)) {
                    drawing.add(node);
                }
            }
        }
        return drawing;
    }

    private static Set<Value> made(List<Value> placeholders, List<Node> inside) {
        var made = new HashSet<>(placeholders);
        inside.forEach(n -> made.addAll(n.outputs()));
        return made;
    }

    /** What every step reads: constants move into the body, the rest are its last operands. */
    private List<Value> shared(GraphBuilder body, List<Node> inside, List<Value> step, Set<Value> made, int ports) {
        Set<Value> read = new LinkedHashSet<>();
        inside.forEach(n -> read.addAll(n.inputs()));
        read.addAll(step);
        read.removeAll(made);
        var operands = new ArrayList<Value>();
        var constants = new ArrayList<Node>();
        int number = ports;
        for (Value value : read) {
            Node constant = to.constant(value);
            if (constant != null) {
                constants.add(constant);
            } else {
                Port.Role role = to.role(value).orElse(Port.Role.INPUT);
                body.input(new Port(role, value.name() + ++number, value));
                operands.add(value);
            }
        }
        constants.forEach(body::append);
        return operands;
    }
}
