package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.GraphException;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A graph while a pass works on it: a linked list of nodes with exact uses, so that a replacement costs what it
 * touches.
 */
final class EditableGraph implements Neighbourhood {

    /** A node's place in the list. */
    static final class Entry {
        private Node node;
        private @Nullable Entry previous;
        private @Nullable Entry next;
        private boolean removed;

        private Entry(Node node) {
            this.node = node;
        }

        Node node() {
            return node;
        }

        @Nullable
        Entry next() {
            return next;
        }

        boolean removed() {
            return removed;
        }
    }

    private record Key(Op op, List<Value> inputs) {}

    private final Graph original;
    private final List<Port> outputs;
    private final Set<Value> parameters;
    private final Map<Value, Integer> outputUses = new HashMap<>();
    private final Map<Value, Entry> producers = new HashMap<>();
    private final Map<Value, LinkedHashSet<Entry>> users = new HashMap<>();
    private final Map<Key, Entry> visited = new HashMap<>();
    private @Nullable Entry first;
    private @Nullable Entry last;
    private int nextId;

    EditableGraph(Graph graph) {
        original = graph;
        outputs = new ArrayList<>(graph.outputs());
        parameters = graph.inputs().stream()
                .filter(p -> p.role() == Port.Role.PARAMETER)
                .map(Port::value)
                .collect(Collectors.toSet());
        graph.inputs().forEach(p -> nextId = Math.max(nextId, p.value().id() + 1));
        outputs.forEach(p -> outputUses.merge(p.value(), 1, Integer::sum));
        for (Node node : graph.nodes()) {
            node.outputs().forEach(v -> nextId = Math.max(nextId, v.id() + 1));
            insertBefore(null, node);
        }
    }

    Graph toGraph() {
        var nodes = new ArrayList<Node>();
        for (Entry e = first; e != null; e = e.next) {
            nodes.add(e.node);
        }
        return new Graph(original.name(), original.inputs(), nodes, outputs);
    }

    @Nullable
    Entry first() {
        return first;
    }

    /** Forgets which nodes count as earlier for {@link #twin}. */
    void startSweep() {
        visited.clear();
    }

    /** The node counts as earlier from here on. */
    void visited(Entry entry) {
        visited.putIfAbsent(new Key(entry.node.op(), entry.node.inputs()), entry);
    }

    /** Puts a replacement in an entry's place; returns where the sweep goes on. */
    @Nullable
    Entry replace(Entry entry, Replacement replacement, String rule) {
        Node node = entry.node;
        Entry resume = null;
        for (Node added : replacement.nodes()) {
            Entry inserted = insertBefore(entry, added);
            resume = resume == null ? inserted : resume;
        }
        for (int i = 0; i < replacement.outputs().size(); i++) {
            Value old = node.outputs().get(i);
            Value instead = replacement.outputs().get(i);
            if (!old.type().equals(instead.type())) {
                throw new GraphException(
                        node.op(), node.origin(), rule + " replaces " + old + " by the unlike " + instead);
            }
            substitute(old, instead);
        }
        if (node.outputs().stream().anyMatch(v -> uses(v) > 0)) {
            throw new GraphException(node.op(), node.origin(), rule + " leaves a use of " + node.outputs());
        }
        Entry after = entry.next;
        remove(entry);
        while (resume != null && resume.removed) {
            resume = resume.next;
        }
        return resume == null ? after : resume;
    }

    private Entry insertBefore(@Nullable Entry successor, Node node) {
        var entry = new Entry(node);
        Entry predecessor = successor == null ? last : successor.previous;
        entry.previous = predecessor;
        entry.next = successor;
        if (predecessor == null) {
            first = entry;
        } else {
            predecessor.next = entry;
        }
        if (successor == null) {
            last = entry;
        } else {
            successor.previous = entry;
        }
        node.outputs().forEach(v -> producers.put(v, entry));
        node.inputs()
                .forEach(v ->
                        users.computeIfAbsent(v, k -> new LinkedHashSet<>()).add(entry));
        return entry;
    }

    private void substitute(Value old, Value instead) {
        for (Entry user : entriesUsing(old)) {
            Node node = user.node;
            List<Value> inputs =
                    node.inputs().stream().map(v -> v.equals(old) ? instead : v).toList();
            user.node = new Node(node.op(), inputs, node.outputs(), node.origin());
            users.computeIfAbsent(instead, k -> new LinkedHashSet<>()).add(user);
        }
        users.remove(old);
        Integer asOutput = outputUses.remove(old);
        if (asOutput != null) {
            outputs.replaceAll(p -> p.value().equals(old) ? new Port(p.role(), p.name(), instead) : p);
            outputUses.merge(instead, asOutput, Integer::sum);
        }
    }

    /** Removes an entry that nothing uses, and what only it used. */
    private void remove(Entry entry) {
        var dead = new ArrayDeque<>(List.of(entry));
        while (!dead.isEmpty()) {
            Entry next = dead.pop();
            unlink(next);
            for (Value input : Set.copyOf(next.node.inputs())) {
                var using = users.get(input);
                if (using != null) {
                    using.remove(next);
                }
                Entry producer = producers.get(input);
                if (producer != null && producer.node.outputs().stream().allMatch(v -> uses(v) == 0)) {
                    dead.push(producer);
                }
            }
        }
    }

    private void unlink(Entry entry) {
        entry.removed = true;
        if (entry.previous == null) {
            first = entry.next;
        } else {
            entry.previous.next = entry.next;
        }
        if (entry.next == null) {
            last = entry.previous;
        } else {
            entry.next.previous = entry.previous;
        }
        entry.node.outputs().forEach(producers::remove);
    }

    private List<Entry> entriesUsing(Value value) {
        var using = users.get(value);
        return using == null ? List.of() : List.copyOf(using);
    }

    @Override
    public Optional<Node> producer(Value value) {
        return Optional.ofNullable(producers.get(value)).map(Entry::node);
    }

    @Override
    public List<Node> users(Value value) {
        return entriesUsing(value).stream().map(Entry::node).toList();
    }

    @Override
    public int uses(Value value) {
        long operands = entriesUsing(value).stream()
                .flatMap(e -> e.node.inputs().stream())
                .filter(value::equals)
                .count();
        return (int) operands + outputUses.getOrDefault(value, 0);
    }

    @Override
    public boolean isParameter(Value value) {
        return parameters.contains(value);
    }

    @Override
    public Optional<Node> twin(Node node) {
        return Optional.ofNullable(visited.get(new Key(node.op(), node.inputs())))
                .filter(e -> !e.removed
                        && e.node.op().equals(node.op())
                        && e.node.inputs().equals(node.inputs()))
                .map(Entry::node);
    }

    @Override
    public Draft replace(Node node) {
        return new Draft(node, () -> nextId++);
    }
}
