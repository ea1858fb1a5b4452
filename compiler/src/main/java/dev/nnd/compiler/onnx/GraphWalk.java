package dev.nnd.compiler.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Goes through the nodes of a graph, and of the graphs and functions in it, in the order in which they depend on each other. */
final class GraphWalk {

    private static final int DEEPEST = 64;

    private final Body body;
    private final Tensors tensors;
    private final Map<String, FunctionProto> functions;
    private final Map<String, Integer> opsets;
    private final Map<String, Value> outer;
    private final Map<String, Value> values = new HashMap<>();
    private final Map<String, AttributeProto> arguments;
    private final Set<String> absent = new HashSet<>();
    private final int depth;

    private GraphWalk(
            Body body,
            Tensors tensors,
            Map<String, FunctionProto> functions,
            Map<String, Integer> opsets,
            Map<String, Value> outer,
            Map<String, AttributeProto> arguments,
            int depth) {
        this.body = body;
        this.tensors = tensors;
        this.functions = functions;
        this.opsets = opsets;
        this.outer = outer;
        this.arguments = arguments;
        this.depth = depth;
        if (depth > DEEPEST) {
            throw new OnnxProblem("graphs and functions are nested more than " + DEEPEST + " deep");
        }
    }

    static GraphWalk of(Body body, Tensors tensors, Map<String, FunctionProto> functions, Map<String, Integer> opsets) {
        return new GraphWalk(body, tensors, functions, opsets, Map.of(), Map.of(), 0);
    }

    Body body() {
        return body;
    }

    Tensors tensors() {
        return tensors;
    }

    void bind(String name, Value value) {
        values.put(name, value);
    }

    Optional<Value> find(String name) {
        Value here = values.get(name);
        return here != null ? Optional.of(here) : Optional.ofNullable(outer.get(name));
    }

    /** A value that only a run gives, where the import needs it. */
    OnnxProblem unknown(Value.Computed value, String why) {
        String name = OnnxReader.shown(body.hint(value));
        return value.isInput()
                ? OnnxProblem.needsValue("`" + name + "` is an input of the model, and " + why, value.hint())
                : body.wholeSource(value)
                        .map(input -> OnnxProblem.needsValue(
                                "`" + name + "` is computed from the input `" + OnnxReader.shown(input) + "`, and "
                                        + why,
                                input))
                        .orElseGet(() -> new OnnxProblem("`" + name + "` is computed at run time, and " + why));
    }

    /** The initializers and nodes of a graph. */
    void run(GraphProto graph) {
        for (TensorProto tensor : graph.getInitializerList()) {
            if (!values.containsKey(tensor.getName())) {
                bind(tensor.getName(), new Value.Known(tensor.getName(), tensors.read(tensor, tensor.getName()), true));
            }
        }
        if (graph.getSparseInitializerCount() > 0) {
            throw new OnnxProblem("sparse initializers are not supported");
        }
        nodes(graph.getNodeList());
    }

    /** A graph in a node, with values for its inputs; it sees what is around it. */
    List<Value> subgraph(GraphProto graph, List<? extends Value> inputs) {
        var all = new HashMap<>(outer);
        all.putAll(values);
        var inner = new GraphWalk(body, tensors, functions, opsets, all, arguments, depth + 1);
        for (int i = 0; i < Math.min(inputs.size(), graph.getInputCount()); i++) {
            inner.bind(graph.getInput(i).getName(), inputs.get(i));
        }
        inner.run(graph);
        return graph.getOutputList().stream()
                .map(o -> inner.needed(o.getName()))
                .toList();
    }

    Value needed(String name) {
        return find(name)
                .orElseThrow(() -> new OnnxProblem("nothing makes the tensor `" + OnnxReader.shown(name) + "`"));
    }

    private void nodes(List<NodeProto> nodes) {
        for (NodeProto node : ordered(nodes)) {
            try {
                node(node);
            } catch (OnnxProblem problem) {
                throw problem.message().startsWith("node ") ? problem : problem.at(described(node));
            } catch (RuntimeException broken) {
                // A rule met an attribute or a size that no valid node has.
                throw new OnnxProblem("its inputs, attributes and sizes do not go together", broken)
                        .at(described(node));
            }
        }
    }

    static String described(NodeProto node) {
        String name = !node.getName().isEmpty()
                ? node.getName()
                : node.getOutputCount() > 0 ? node.getOutput(0) : "without a name";
        return "node `" + OnnxReader.shown(name) + "` (" + OnnxReader.shown(node.getOpType()) + ")";
    }

    /** The nodes so that each comes behind what it reads; most files have them so. */
    private List<NodeProto> ordered(List<NodeProto> nodes) {
        var makers = new HashMap<String, Integer>();
        for (int i = 0; i < nodes.size(); i++) {
            for (String output : nodes.get(i).getOutputList()) {
                if (!output.isEmpty() && (makers.put(output, i) != null || values.containsKey(output))) {
                    throw new OnnxProblem("the tensor `" + OnnxReader.shown(output) + "` is made twice");
                }
            }
        }
        var order = new ArrayList<NodeProto>();
        var waiting = new HashMap<String, List<Integer>>();
        var missing = new int[nodes.size()];
        var ready = new PriorityQueue<Integer>();
        for (int i = 0; i < nodes.size(); i++) {
            for (String input : new HashSet<>(reads(nodes.get(i)))) {
                if (makers.containsKey(input)) {
                    waiting.computeIfAbsent(input, n -> new ArrayList<>()).add(i);
                    missing[i]++;
                }
            }
            if (missing[i] == 0) {
                ready.add(i);
            }
        }
        while (!ready.isEmpty()) {
            NodeProto node = nodes.get(ready.remove());
            order.add(node);
            for (String output : node.getOutputList()) {
                for (int reader : waiting.getOrDefault(output, List.of())) {
                    missing[reader]--;
                    if (missing[reader] == 0) {
                        ready.add(reader);
                    }
                }
            }
        }
        if (order.size() < nodes.size()) {
            var inOrder = Collections.<NodeProto>newSetFromMap(new IdentityHashMap<>());
            inOrder.addAll(order);
            NodeProto first =
                    nodes.stream().filter(n -> !inOrder.contains(n)).findFirst().orElseThrow();
            throw new OnnxProblem(described(first) + " is part of a cycle or needs what one makes");
        }
        return order;
    }

    /** What a node reads, also in its graphs. */
    private static List<String> reads(NodeProto node) {
        List<String> all = new ArrayList<>(node.getInputList());
        for (AttributeProto attribute : node.getAttributeList()) {
            if (attribute.hasG()) {
                attribute.getG().getNodeList().forEach(n -> all.addAll(reads(n)));
                attribute.getG().getOutputList().forEach(o -> all.add(o.getName()));
            }
        }
        return all;
    }

    private void node(NodeProto node) {
        body.count();
        var inputs = new ArrayList<@Nullable Value>();
        for (String input : node.getInputList()) {
            inputs.add(input.isEmpty() || absent.contains(input) ? null : needed(input));
        }
        var attributes = new LinkedHashMap<String, AttributeProto>();
        for (AttributeProto attribute : node.getAttributeList()) {
            if (attribute.getRefAttrName().isEmpty()) {
                attributes.put(attribute.getName(), attribute);
            } else if (arguments.containsKey(attribute.getRefAttrName())) {
                attributes.put(attribute.getName(), arguments.get(attribute.getRefAttrName()));
            }
        }
        List<Value> results = results(node, inputs, attributes);
        for (int i = 0; i < Math.min(node.getOutputCount(), results.size()); i++) {
            if (!node.getOutput(i).isEmpty()) {
                body.name(results.get(i), node.getOutput(i));
                bind(node.getOutput(i), results.get(i));
            }
        }
        for (int i = results.size(); i < node.getOutputCount(); i++) {
            if (!node.getOutput(i).isEmpty()) {
                throw new OnnxProblem("output " + i + " is not supported");
            }
        }
    }

    private List<Value> results(NodeProto node, List<@Nullable Value> inputs, Map<String, AttributeProto> attributes) {
        String domain = node.getDomain().equals("ai.onnx") ? "" : node.getDomain();
        FunctionProto function = functions.get(domain + ":" + node.getOpType());
        if (function != null) {
            return function(function, inputs, attributes);
        }
        Rule rule = Rules.find(domain, node.getOpType())
                .orElseThrow(() -> new OnnxProblem(
                        "the operator `" + OnnxReader.shown(node.getOpType()) + "`"
                                + (domain.isEmpty() ? "" : " of `" + OnnxReader.shown(domain) + "`")
                                + " is not supported" + Rules.reason(node.getOpType()),
                        "`nnd import --operators` lists those that are"));
        int opset = opsets.getOrDefault(domain, opsets.getOrDefault("", 1));
        var call = new NodeCall(node.getOpType(), opset, inputs, node.getOutputList(), attributes, this);
        return Folding.of(call).or(() -> SizeFolding.of(call)).orElseGet(() -> rule.apply(call));
    }

    private List<Value> function(
            FunctionProto function, List<@Nullable Value> inputs, Map<String, AttributeProto> given) {
        var attributes = new HashMap<String, AttributeProto>();
        function.getAttributeProtoList().forEach(a -> attributes.put(a.getName(), a));
        attributes.putAll(given);
        var sets = new HashMap<>(opsets);
        function.getOpsetImportList().forEach(o -> sets.put(o.getDomain(), (int) o.getVersion()));
        var inner = new GraphWalk(body, tensors, functions, sets, Map.of(), attributes, depth + 1);
        for (int i = 0; i < Math.min(inputs.size(), function.getInputCount()); i++) {
            Value value = inputs.get(i);
            if (value != null) {
                inner.bind(function.getInput(i), value);
            }
        }
        inner.optional(function, inputs.size());
        inner.nodes(function.getNodeList());
        return function.getOutputList().stream().map(inner::needed).toList();
    }

    private void optional(FunctionProto function, int given) {
        for (int i = 0; i < function.getInputCount(); i++) {
            if (i >= given || !values.containsKey(function.getInput(i))) {
                absent.add(function.getInput(i));
            }
        }
    }

    /** The dims of a list, as constants. */
    static List<Long> constants(List<Dim> dims) {
        return dims.stream()
                .map(d -> d.constant()
                        .orElseThrow(() -> new OnnxProblem("the size " + d + " is free, and it has to be known here")))
                .map(Long::valueOf)
                .toList();
    }
}
