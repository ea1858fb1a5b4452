package dev.nnd.compiler.plan;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Groups the nodes of a graph into units. Elementwise ops over equal dims that feed each other are one unit, unless
 * something else needs a result before its last op; a reduction takes in the elementwise ops that only feed it, and
 * those on its result alone. Arithmetic on scalars is not worth a step: each unit that needs it computes it anew.
 */
final class Fusion {

    /** Larger kernels are slower: the JIT gives up on them. In the units of {@link KernelSize}. */
    private static final int LARGEST = 24;

    private static final class Group {
        private final Unit.Form form;
        private final boolean forward;
        private final List<Integer> nodes = new ArrayList<>();
        /** The group's place in the order of execution: that of its last node. */
        private int last;

        private Group(Unit.Form form, boolean forward, int node) {
            this.form = form;
            this.forward = forward;
            nodes.add(node);
            last = node;
        }
    }

    private final Graph graph;
    private final List<Boolean> forward;
    private final Map<Value, Integer> producers = new HashMap<>();
    private final Map<Value, Set<Integer>> users = new HashMap<>();
    private final Set<Value> ports = new HashSet<>();
    private final Map<Integer, Group> groupOf = new HashMap<>();

    private Fusion(Graph graph, List<Boolean> forward) {
        this.graph = graph;
        this.forward = forward;
        for (int i = 0; i < graph.nodes().size(); i++) {
            int index = i;
            node(i).outputs().forEach(v -> producers.put(v, index));
            node(i).inputs()
                    .forEach(v -> users.computeIfAbsent(v, k -> new HashSet<>()).add(index));
        }
        graph.outputs().stream().map(Port::value).forEach(ports::add);
    }

    /** The units in the order of execution: the forward half in the order of the file, then the backward half. */
    static List<Unit> units(Graph graph) {
        return units(graph, ForwardHalf.of(graph));
    }

    /** The units of a function, which runs as a whole. */
    static List<Unit> unitsOfFunction(Graph graph) {
        return units(graph, Collections.nCopies(graph.nodes().size(), true));
    }

    private static List<Unit> units(Graph graph, List<Boolean> forward) {
        var fusion = new Fusion(graph, forward);
        fusion.groupRows();
        fusion.groupReductions();
        fusion.groupOthers();
        fusion.groupElementwise();
        fusion.groupScalars();
        return fusion.order();
    }

    private Node node(int index) {
        return graph.nodes().get(index);
    }

    private boolean elementwise(int index) {
        return Unit.form(node(index).op()) == Unit.Form.ELEMENTWISE;
    }

    private boolean scalar(int index) {
        return elementwise(index) && node(index).output().type().rank() == 0;
    }

    private Set<Integer> users(Value value) {
        return users.getOrDefault(value, Set.of());
    }

    private void join(Group group, int index) {
        group.nodes.add(index);
        group.last = Math.max(group.last, index);
        groupOf.put(index, group);
    }

    private void groupRows() {
        for (List<Integer> rows : RowFusion.groups(graph, forward)) {
            var group = new Group(Unit.Form.ROWS, forward.get(rows.getFirst()), rows.getFirst());
            groupOf.put(rows.getFirst(), group);
            rows.stream().skip(1).forEach(i -> join(group, i));
        }
    }

    private void groupReductions() {
        for (int i = 0; i < graph.nodes().size(); i++) {
            if (node(i).op() instanceof Op.Reduce && !groupOf.containsKey(i)) {
                var group = new Group(Unit.Form.REDUCE, forward.get(i), i);
                groupOf.put(i, group);
                takeProlog(group, node(i).inputs().getFirst());
                takeEpilog(group, node(i).output());
            }
        }
    }

    /**
     * Takes in what only feeds the reduction, from the last node to the first, so that all users of a node are known.
     */
    private void takeProlog(Group group, Value operand) {
        var candidates = new PriorityQueue<Integer>(Comparator.reverseOrder());
        offerProducer(candidates, operand);
        while (!candidates.isEmpty()) {
            int index = candidates.remove();
            Value value = node(index).outputs().getFirst();
            boolean fits = elementwise(index)
                    && !groupOf.containsKey(index)
                    && size(group) + KernelSize.of(node(index).op()) <= LARGEST
                    && forward.get(index) == group.forward
                    && value.type().rank() > 0
                    && value.type().dims().equals(operand.type().dims())
                    && !ports.contains(value)
                    && group.nodes.containsAll(users(value));
            if (fits) {
                join(group, index);
                node(index).inputs().forEach(v -> offerProducer(candidates, v));
            }
        }
    }

    private void offerProducer(PriorityQueue<Integer> candidates, Value value) {
        Integer producer = producers.get(value);
        if (producer != null && !candidates.contains(producer)) {
            candidates.add(producer);
        }
    }

    private void takeEpilog(Group group, Value result) {
        Value tail = result;
        while (!ports.contains(tail) && users(tail).size() == 1) {
            int user = users(tail).iterator().next();
            Value last = tail;
            boolean fits = elementwise(user)
                    && !groupOf.containsKey(user)
                    && size(group) + KernelSize.of(node(user).op()) <= LARGEST
                    && forward.get(user) == group.forward
                    && node(user).output().type().dims().equals(result.type().dims())
                    && node(user).inputs().stream().allMatch(v -> v.equals(last) || compileTime(v));
            if (!fits) {
                return;
            }
            join(group, user);
            tail = node(user).output();
        }
    }

    /** True for scalar arithmetic without operands from outside. */
    private boolean compileTime(Value value) {
        Integer producer = producers.get(value);
        return producer != null
                && scalar(producer)
                && node(producer).inputs().stream().allMatch(this::compileTime);
    }

    private void groupOthers() {
        for (int i = 0; i < graph.nodes().size(); i++) {
            boolean view = node(i).op() instanceof Op.Reshape;
            if (!elementwise(i) && !view && !groupOf.containsKey(i)) {
                groupOf.put(i, new Group(Unit.form(node(i).op()), forward.get(i), i));
            }
        }
    }

    private void groupElementwise() {
        for (int i = 0; i < graph.nodes().size(); i++) {
            if (elementwise(i) && !scalar(i) && !groupOf.containsKey(i)) {
                var group = new Group(Unit.Form.ELEMENTWISE, forward.get(i), i);
                groupOf.put(i, group);
                for (Value input : node(i).inputs()) {
                    Integer producer = producers.get(input);
                    Group feeding = producer == null ? null : groupOf.get(producer);
                    if (feeding != null && canMerge(feeding, group)) {
                        group.nodes.forEach(n -> join(feeding, n));
                        group = feeding;
                    }
                }
            }
        }
    }

    private boolean canMerge(Group feeding, Group group) {
        return feeding != group
                && feeding.form == Unit.Form.ELEMENTWISE
                && feeding.forward == group.forward
                && domain(feeding).equals(domain(group))
                && size(feeding) + size(group) <= LARGEST
                && feeding.nodes.stream()
                        .flatMap(n -> node(n).outputs().stream())
                        .allMatch(v -> usedLater(v, feeding, group));
    }

    /** True if nothing uses a value before the place to which a merge would move it. */
    private boolean usedLater(Value value, Group feeding, Group group) {
        for (int user : users(value)) {
            Group owner = groupOf.get(user);
            boolean later = node(user).op() instanceof Op.Reshape
                    ? usedLater(node(user).output(), feeding, group)
                    : owner == feeding || owner == group || (owner == null ? user : owner.last) > group.last;
            if (!later) {
                return false;
            }
        }
        return true;
    }

    private int size(Group group) {
        return KernelSize.of(graph, group.nodes);
    }

    private List<?> domain(Group group) {
        return node(group.nodes.getFirst()).output().type().dims();
    }

    /**
     * A scalar that a port, a view or an op with a loop of its own reads is computed by a unit; the others are inlined.
     */
    private void groupScalars() {
        for (int i = 0; i < graph.nodes().size(); i++) {
            if (scalar(i) && !groupOf.containsKey(i)) {
                Value value = node(i).output();
                if (ports.contains(value) || users(value).stream().anyMatch(u -> !elementwise(u))) {
                    groupOf.put(i, new Group(Unit.Form.ELEMENTWISE, forward.get(i), i));
                }
            }
        }
    }

    /** No group is used before its last node, see {@link #usedLater}: the order of these is an order of execution. */
    private List<Unit> order() {
        return groupOf.values().stream()
                .distinct()
                .sorted(Comparator.<Group, Boolean>comparing(g -> !g.forward).thenComparing(g -> g.last))
                .map(this::unit)
                .toList();
    }

    private Unit unit(Group group) {
        var indexes = new HashSet<>(group.nodes);
        boolean inlines =
                group.form == Unit.Form.ELEMENTWISE || group.form == Unit.Form.REDUCE || group.form == Unit.Form.ROWS;
        if (group.form == Unit.Form.ROWS) {
            group.nodes.forEach(n -> node(n).inputs().forEach(v -> addReshape(v, group, indexes)));
        }
        if (inlines) {
            group.nodes.forEach(n -> node(n).inputs().forEach(v -> addInlined(v, indexes)));
        }
        List<Node> nodes = indexes.stream().sorted().map(this::node).toList();
        var inside = new HashSet<Value>();
        nodes.forEach(n -> inside.addAll(n.outputs()));
        List<Value> inputs = nodes.stream()
                .flatMap(n -> n.inputs().stream())
                .filter(v -> !inside.contains(v))
                .distinct()
                .toList();
        List<Value> outputs = group.nodes.stream()
                .sorted()
                .flatMap(n -> node(n).outputs().stream())
                .filter(v -> !inlines || usedOutside(v, indexes))
                .toList();
        return new Unit(group.form, nodes, group.forward, inputs, outputs);
    }

    /** A reshape in the group is read outside where its own result is. */
    private boolean usedOutside(Value value, Set<Integer> indexes) {
        return ports.contains(value)
                || users(value).stream()
                        .anyMatch(u -> !indexes.contains(u)
                                || (node(u).op() instanceof Op.Reshape && usedOutside(node(u).output(), indexes)));
    }

    /** Reshapes of one number a row, which the group makes, are no step between it and the group's other nodes. */
    private void addReshape(Value value, Group group, Set<Integer> indexes) {
        var chain = new ArrayList<Integer>();
        Integer producer = producers.get(value);
        while (producer != null && node(producer).op() instanceof Op.Reshape) {
            chain.add(producer);
            producer = producers.get(node(producer).inputs().getFirst());
        }
        if (producer != null && groupOf.get(producer) == group) {
            indexes.addAll(chain);
        }
    }

    private void addInlined(Value value, Set<Integer> indexes) {
        Integer producer = producers.get(value);
        if (producer != null && scalar(producer) && !groupOf.containsKey(producer) && indexes.add(producer)) {
            node(producer).inputs().forEach(v -> addInlined(v, indexes));
        }
    }
}
