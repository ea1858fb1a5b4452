package dev.nnd.compiler.ir;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Puts the nodes of functions in the place of their calls. */
public final class Inlining {

    private final Predicate<Function> chosen;

    private Inlining(Predicate<Function> chosen) {
        this.chosen = chosen;
    }

    /** Without the calls of one function. */
    public static Graph one(Graph graph, Function function) {
        return new Inlining(function::equals).run(graph);
    }

    /** Without calls but those of scans: the same computation in one graph. */
    public static Graph all(Graph graph) {
        return new Inlining(_ -> true).run(graph);
    }

    /**
     * Without the functions that are called at one place only, which fuse better with their neighbours; empty if there
     * are none. A checkpoint stays.
     */
    public static Optional<Graph> singleCalls(Graph graph) {
        var calls = new IdentityHashMap<Function, Integer>();
        count(graph, calls);
        Functions.of(graph).forEach(f -> count(f.graph(), calls));
        Predicate<Function> single = f -> calls.getOrDefault(f, 0) == 1 && !f.isCheckpoint();
        return calls.keySet().stream().anyMatch(single)
                ? Optional.of(new Inlining(single).run(graph))
                : Optional.empty();
    }

    private static void count(Graph graph, Map<Function, Integer> calls) {
        for (Node node : graph.nodes()) {
            // The body of a scan is called many times.
            int times = node.op() instanceof Op.Scan ? 2 : 1;
            Functions.called(node.op()).ifPresent(f -> calls.merge(f, times, Integer::sum));
        }
    }

    /** Functions that are inlined themselves are changed by the inlining of their caller. */
    private Graph run(Graph graph) {
        var changed = new IdentityHashMap<Function, Function>();
        for (Function function : Functions.of(graph)) {
            Graph inside = inline(function.graph(), changed);
            changed.put(function, function.with(inside));
        }
        return inline(graph, changed);
    }

    private Graph inline(Graph graph, Map<Function, Function> changed) {
        var to = new GraphBuilder(graph.name());
        graph.inputs().forEach(to::input);
        graph.nodes().forEach(n -> n.outputs().forEach(to::reserve));
        var instead = new HashMap<Value, Value>();
        for (Node node : graph.nodes()) {
            List<Value> inputs =
                    node.inputs().stream().map(v -> instead.getOrDefault(v, v)).toList();
            Optional<Function> function = Functions.called(node.op());
            if (function.isEmpty()) {
                to.append(new Node(node.op(), inputs, node.outputs(), node.origin()));
                continue;
            }
            Function called = changed.getOrDefault(function.get(), function.get());
            if (node.op() instanceof Op.Call && chosen.test(function.get())) {
                List<Value> results = inline(called.graph(), inputs, node.origin(), to);
                for (int i = 0; i < results.size(); i++) {
                    instead.put(node.outputs().get(i), results.get(i));
                }
            } else {
                to.append(new Node(Functions.calling(node.op(), called), inputs, node.outputs(), node.origin()));
            }
        }
        graph.outputs().forEach(p -> to.output(p.role(), p.name(), instead.getOrDefault(p.value(), p.value())));
        return to.build();
    }

    private static List<Value> inline(Graph function, List<Value> operands, Origin call, GraphBuilder to) {
        var values = new HashMap<Value, Value>();
        for (int i = 0; i < operands.size(); i++) {
            values.put(function.inputs().get(i).value(), operands.get(i));
        }
        for (Node node : function.nodes()) {
            var outputs = new ArrayList<Value>();
            for (Value output : node.outputs()) {
                Value fresh = to.fresh(output.name(), output.type());
                values.put(output, fresh);
                outputs.add(fresh);
            }
            List<Value> inputs = node.inputs().stream().map(values::get).toList();
            to.append(new Node(node.op(), inputs, outputs, within(call.instance(), node.origin())));
        }
        return function.outputs().stream().map(p -> values.get(p.value())).toList();
    }

    private static Origin within(String instance, Origin origin) {
        String path = instance.isEmpty() || origin.instance().isEmpty()
                ? instance + origin.instance()
                : instance + "." + origin.instance();
        return new Origin(origin.span(), path, origin.text());
    }
}
