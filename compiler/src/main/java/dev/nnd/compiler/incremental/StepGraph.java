package dev.nnd.compiler.incremental;

import dev.nnd.compiler.incremental.StepFunction.Cache;
import dev.nnd.compiler.incremental.StepFunction.Extra;
import dev.nnd.compiler.ir.Function;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Inlining;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes the graph of a step of a graph: finds which forms of its values are needed and computes these. A value of which all
 * positions are needed and that depends on tokens is kept in a cache, to which the step adds the positions that it computes.
 */
final class StepGraph {

    private final Graph graph;
    private final Axes axes;
    private final List<List<Form>> outputs;
    private final KnownValues known;
    private final Demands demands;
    private final boolean top;
    private final GraphBuilder to;
    private final StepNodes nodes;
    private final RowPlaces places;
    private final Map<Value, Map<List<Form>, Value>> made = new HashMap<>();
    private final Map<Extra, Value> extra = new EnumMap<>(Extra.class);
    private final List<StepFunction.Operand> operands = new ArrayList<>();
    private final Map<Cache, Value> caches = new java.util.LinkedHashMap<>();
    private final Map<Cache, Value> updates = new java.util.LinkedHashMap<>();

    /**
     * The step of a graph.
     *
     * @param inputs what is known of them
     * @param outputs the forms in which they are needed
     * @param top whether it is the model's, and no function's
     */
    StepGraph(
            Graph graph,
            List<Known> inputs,
            List<List<Form>> outputs,
            Axes axes,
            StepFunctions functions,
            boolean top) {
        this.top = top;
        this.axes = axes;
        this.graph = inlined(graph, inputs, axes);
        this.outputs = outputs;
        this.known = new KnownValues(this.graph, inputs, axes);
        this.demands = new Demands(this.graph, outputs, known, axes, functions);
        this.to = new GraphBuilder(graph.name());
        this.places = new RowPlaces(to, axes, this::extra);
        this.nodes = new StepNodes(to, axes, known, places);
        build();
    }

    /** Without calls whose results are masks and the like: these have to be seen through. */
    private static Graph inlined(Graph graph, List<Known> inputs, Axes axes) {
        Graph current = graph;
        for (Optional<Function> next = opaque(current, inputs, axes);
                next.isPresent();
                next = opaque(current, inputs, axes)) {
            current = Inlining.one(current, next.get());
        }
        return current;
    }

    private static Optional<Function> opaque(Graph graph, List<Known> inputs, Axes axes) {
        var known = new KnownValues(graph, inputs, axes);
        for (Node node : graph.nodes()) {
            if (node.op() instanceof Op.Call(var function)) {
                boolean seen = node.outputs().stream()
                        .anyMatch(v -> axes.timeAxes(v).size() > 1
                                || !known.of(v).tokens() && !axes.timeAxes(v).isEmpty());
                if (seen) {
                    return Optional.of(function);
                }
            }
        }
        return Optional.empty();
    }

    private void build() {
        List<Port> ports = graph.inputs();
        for (int i = 0; i < ports.size(); i++) {
            Value value = ports.get(i).value();
            input(i, ports.get(i));
            derived(value);
        }
        for (Node node : graph.nodes()) {
            to.at(node.origin());
            if (node.op() instanceof Op.Call) {
                call(node);
            } else {
                node(node);
            }
            node.outputs().forEach(this::derived);
        }
    }

    /** An input in the forms that others are not made of. */
    private void input(int index, Port port) {
        Value value = port.value();
        demands.of(value).forEach((forms, way) -> {
            if (way == Demands.Way.COMPUTED) {
                boolean several = operands.stream().anyMatch(o -> o.port() == index);
                String own = top && port.role() == Port.Role.INPUT ? StepDerivation.TOKENS : port.name();
                String name = several ? own + "." + (operands.size() + 1) : own;
                Value input = to.input(port.role(), name, value.type().withDims(axes.dims(value, forms)));
                operands.add(new StepFunction.Operand(index, forms));
                put(value, forms, input);
            }
        });
    }

    private void node(Node node) {
        for (Value value : node.outputs()) {
            demands.of(value).forEach((forms, way) -> {
                if (way == Demands.Way.COMPUTED && find(value, forms).isEmpty()) {
                    List<List<Form>> needed = new NeededForms(known, axes).of(node, forms);
                    List<Value> in = new ArrayList<>();
                    for (int i = 0; i < needed.size(); i++) {
                        in.add(get(node.inputs().get(i), needed.get(i)));
                    }
                    List<Value> results = nodes.add(node, needed, in, forms);
                    for (int i = 0; i < results.size(); i++) {
                        put(node.outputs().get(i), forms, results.get(i));
                    }
                }
            });
        }
    }

    private void call(Node node) {
        if (node.outputs().stream().allMatch(v -> demands.of(v).isEmpty())) {
            return;
        }
        StepFunction step = demands.function(node);
        List<Value> in = new ArrayList<>();
        step.operands().forEach(o -> in.add(get(node.inputs().get(o.port()), o.forms())));
        step.extra().forEach(e -> in.add(extra(e)));
        List<Cache> own = new ArrayList<>();
        for (Cache cache : step.caches()) {
            Cache outer = new Cache(unique(node.origin().instance(), cache.name()), cache.type());
            own.add(outer);
            in.add(declare(outer));
        }
        List<Value> results = to.applyAll(node.output().name(), new Op.Call(step.function()), in);
        for (int i = 0; i < step.results().size(); i++) {
            Value value = node.outputs().get(step.results().get(i));
            put(value, axes.forms(value, Form.NOW), results.get(i));
        }
        for (int i = 0; i < own.size(); i++) {
            updates.put(own.get(i), results.get(step.results().size() + i));
        }
    }

    /** The forms of a value that come from another of its forms. */
    private void derived(Value value) {
        demands.of(value).forEach((forms, way) -> {
            if (way != Demands.Way.COMPUTED) {
                Node node = known.producer(value);
                if (node != null) {
                    to.at(node.origin());
                } else if (!graph.nodes().isEmpty()) {
                    to.at(graph.nodes().getFirst().origin());
                }
                Value now = get(value, axes.forms(value, Form.NOW));
                put(value, forms, way == Demands.Way.PICKED ? places.last(value, now) : cached(value, now, forms));
            }
        });
    }

    private Value cached(Value value, Value now, List<Form> forms) {
        String instance = to.place().instance();
        var cache = new Cache(unique(instance, value.name()), value.type().withDims(axes.dims(value, forms)));
        Value updated = places.write(value, declare(cache), now);
        updates.put(cache, updated);
        return updated;
    }

    private String unique(String instance, String name) {
        String path = (top ? "cache." : "") + (instance.isEmpty() ? name : instance + "." + name);
        String free = path;
        for (int i = 2; isTaken(free); i++) {
            free = path + i;
        }
        return free;
    }

    private boolean isTaken(String name) {
        return caches.keySet().stream().anyMatch(c -> c.name().equals(name));
    }

    private Value declare(Cache cache) {
        Value value = to.input(Port.Role.CACHE, cache.name(), cache.type());
        caches.put(cache, value);
        return value;
    }

    private Value extra(Extra which) {
        return extra.computeIfAbsent(
                which,
                _ -> to.input(
                        Port.Role.INPUT,
                        StepDerivation.port(which),
                        new TensorType(DType.I32, List.of(axes.batchDim()))));
    }

    private void put(Value value, List<Form> forms, Value step) {
        made.computeIfAbsent(value, _ -> new HashMap<>()).put(forms, step);
    }

    private Optional<Value> find(Value value, List<Form> forms) {
        return Optional.ofNullable(made.getOrDefault(value, Map.of()).get(forms));
    }

    private Value get(Value value, List<Form> forms) {
        return find(value, forms).orElseThrow(() -> new IllegalStateException(value + " was not needed as " + forms));
    }

    /** As a function of that name. */
    StepFunction function(String name) {
        List<Integer> results = new ArrayList<>();
        List<Port> ports = new ArrayList<>();
        for (int i = 0; i < outputs.size(); i++) {
            Port port = graph.outputs().get(i);
            if (outputs.get(i).size() == port.value().type().rank()) {
                results.add(i);
                ports.add(new Port(Port.Role.OUTPUT, port.name(), get(port.value(), outputs.get(i))));
            }
        }
        updates.forEach((cache, value) -> ports.add(new Port(Port.Role.UPDATED, cache.name(), value)));
        Graph step = finished(name, ports);
        return new StepFunction(
                new Function(step), operands, List.copyOf(extra.keySet()), List.copyOf(caches.keySet()), results);
    }

    /** Inputs in the order operands, extra, caches. */
    private Graph finished(String name, List<Port> results) {
        Graph all = to.build();
        var inputs = new ArrayList<Port>();
        all.inputs().stream()
                .filter(p -> !isExtra(p) && p.role() != Port.Role.CACHE)
                .forEach(inputs::add);
        extra.values().forEach(v -> inputs.add(port(all, v)));
        caches.values().forEach(v -> inputs.add(port(all, v)));
        return dev.nnd.compiler.ir.Verifier.verify(new Graph(name, inputs, all.nodes(), results));
    }

    private boolean isExtra(Port port) {
        return extra.containsValue(port.value());
    }

    private static Port port(Graph graph, Value value) {
        return graph.inputs().stream()
                .filter(p -> p.value().equals(value))
                .findFirst()
                .orElseThrow();
    }

    /** As a program: the only output, and the new values of the caches. */
    Graph program() {
        Port port = graph.outputs().getFirst();
        Value last = get(port.value(), outputs.getFirst());
        List<dev.nnd.compiler.type.Dim> dims = new ArrayList<>(last.type().dims());
        dims.remove(1);
        List<Port> ports = new ArrayList<>();
        ports.add(new Port(Port.Role.OUTPUT, StepDerivation.SCORES, to.reshape(last, dims)));
        updates.forEach((cache, value) -> ports.add(new Port(Port.Role.UPDATED, cache.name(), value)));
        return finished(graph.name(), ports);
    }
}
