package dev.nnd.compiler.ir;

import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Builds one graph node by node: types are inferred by {@link ShapeRules} and ids are fresh. Every method that adds a
 * node throws {@link GraphException} if the operands don't fit, and gives the node the origin of the last {@link #at}.
 */
public final class GraphBuilder {

    private final String name;
    private final List<Port> inputs = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private final List<Port> outputs = new ArrayList<>();
    private final Map<Op.Constant, Value> constants = new HashMap<>();
    private @Nullable Origin origin;
    private int nextId;

    /** An empty graph. */
    public GraphBuilder(String name) {
        this.name = name;
    }

    /** A builder that starts with the inputs and nodes of a graph, but without its outputs. */
    public static GraphBuilder continuing(Graph graph) {
        var builder = new GraphBuilder(graph.name());
        graph.inputs().forEach(builder::input);
        graph.nodes().forEach(builder::append);
        return builder;
    }

    /** The nodes that follow come from there. */
    public GraphBuilder at(Origin place) {
        origin = place;
        return this;
    }

    /** Where the nodes that follow come from. */
    public Origin place() {
        if (origin == null) {
            throw new IllegalStateException("no origin in " + name);
        }
        return origin;
    }

    /** How many nodes there are so far. */
    public int size() {
        return nodes.size();
    }

    /** The nodes so far. */
    public List<Node> nodes() {
        return List.copyOf(nodes);
    }

    /** Adds a new input; its value is named after the port, {@code conv2d.weight} as {@code conv2dWeight}. */
    public Value input(Port.Role role, String portName, TensorType type) {
        Value value = fresh(camel(portName), type);
        inputs.add(new Port(role, portName, value));
        return value;
    }

    /** Adds an input whose value exists already. */
    public void input(Port port) {
        reserve(port.value());
        inputs.add(port);
    }

    /** Adds a node whose values exist already. */
    public void append(Node node) {
        node.outputs().forEach(this::reserve);
        nodes.add(node);
    }

    /** Adds an output. */
    public void output(Port.Role role, String portName, Value value) {
        outputs.add(new Port(role, portName, value));
    }

    /** Adds an output. */
    public void output(Port port) {
        outputs.add(port);
    }

    /** A value with an id of its own, to be made by a node that is appended. */
    public Value fresh(String valueName, TensorType type) {
        return new Value(nextId++, valueName, type);
    }

    /** What an input value is for; empty for other values. */
    public Optional<Port.Role> role(Value value) {
        return inputs.stream()
                .filter(p -> p.value().equals(value))
                .map(Port::role)
                .findFirst();
    }

    /** The node of a {@link Op.Constant} or {@link Op.Size} that makes a value; null for other values. */
    public @Nullable Node constant(Value value) {
        for (Node node : nodes) {
            boolean constant = node.op() instanceof Op.Constant || node.op() instanceof Op.Size;
            if (constant && node.output().equals(value)) {
                return node;
            }
        }
        return null;
    }

    /** The nodes whose values are younger than this one, in order. */
    public List<Node> since(Value value) {
        int from = nodes.size();
        while (from > 0 && nodes.get(from - 1).outputs().getFirst().id() > value.id()) {
            from--;
        }
        return List.copyOf(nodes.subList(from, nodes.size()));
    }

    /** These nodes read one value in the place of another from now on. */
    public void exchange(Collection<Node> readers, Value old, Value other) {
        nodes.replaceAll(n -> readers.contains(n)
                ? new Node(
                        n.op(),
                        n.inputs().stream().map(v -> v.equals(old) ? other : v).toList(),
                        n.outputs(),
                        n.origin())
                : n);
    }

    /** The nodes that depend on values, in order, among those {@link #since} one. */
    public List<Node> dependents(Collection<Value> values, Value first) {
        var dependent = new HashSet<>(values);
        var found = new ArrayList<Node>();
        for (Node node : since(first)) {
            if (node.inputs().stream().anyMatch(dependent::contains)) {
                dependent.addAll(node.outputs());
                found.add(node);
            }
        }
        return found;
    }

    /** Takes the {@link #dependents} out. */
    public List<Node> takeDependents(Collection<Value> values, Value first) {
        List<Node> taken = dependents(values, first);
        var left = Set.copyOf(taken.stream().map(Node::outputs).toList());
        nodes.removeIf(n -> left.contains(n.outputs()));
        return taken;
    }

    /** Keeps the value's id from being given to another. */
    public void reserve(Value value) {
        nextId = Math.max(nextId, value.id() + 1);
    }

    /** Adds a node and returns all its outputs; the first has that name, the others have a number behind it. */
    public List<Value> applyAll(String valueName, Op op, List<Value> operands) {
        Origin place = origin;
        if (place == null) {
            throw new IllegalStateException("no origin for " + OpText.of(op) + " in " + name);
        }
        var values = new ArrayList<Value>();
        for (TensorType type :
                ShapeRules.outputs(op, operands.stream().map(Value::type).toList(), place)) {
            values.add(fresh(values.isEmpty() ? valueName : valueName + (values.size() + 1), type));
        }
        nodes.add(new Node(op, operands, values, place));
        return List.copyOf(values);
    }

    /** Calls a function; the results are named after the call and their ports, the only one after the call alone. */
    public List<Value> call(String callName, Function function, List<Value> operands) {
        List<Port> results = function.graph().outputs();
        List<Value> values = applyAll(callName, new Op.Call(function), operands);
        if (results.size() == 1) {
            return values;
        }
        var named = new ArrayList<Value>();
        for (int i = 0; i < results.size(); i++) {
            String port = camel(callName + "." + results.get(i).name());
            named.add(new Value(values.get(i).id(), port, values.get(i).type()));
        }
        Node last = nodes.removeLast();
        nodes.add(new Node(last.op(), last.inputs(), named, last.origin()));
        return named;
    }

    /** Adds a node whose output has that name; the first output if there are more. */
    public Value apply(String valueName, Op op, Value... operands) {
        return applyAll(valueName, op, List.of(operands)).getFirst();
    }

    /** Adds a node whose output is named after the op. */
    public Value apply(Op op, Value... operands) {
        return apply(OpText.valueName(op), op, operands);
    }

    /** A scalar constant; the same value for the same constant. */
    public Value constant(double value, DType dtype) {
        var op = new Op.Constant(value, dtype);
        Value known = constants.get(op);
        if (known == null) {
            known = apply(op);
            constants.put(op, known);
        }
        return known;
    }

    /** The value of a dim as a scalar; a {@link #constant} if no variable is in it. */
    public Value size(Dim dim, DType dtype) {
        return dim.constant().isPresent()
                ? constant(dim.constant().getAsLong(), dtype)
                : apply(new Op.Size(dim, dtype));
    }

    /** f(x). */
    public Value unary(Op.UnaryFunction function, Value x) {
        return apply(new Op.Unary(function), x);
    }

    /** f(a, b) with broadcasting. */
    public Value binary(Op.BinaryFunction function, Value a, Value b) {
        return apply(new Op.Binary(function), a, b);
    }

    /** a + b. */
    public Value add(Value a, Value b) {
        return binary(Op.BinaryFunction.ADD, a, b);
    }

    /** a - b. */
    public Value subtract(Value a, Value b) {
        return binary(Op.BinaryFunction.SUBTRACT, a, b);
    }

    /** a * b. */
    public Value multiply(Value a, Value b) {
        return binary(Op.BinaryFunction.MULTIPLY, a, b);
    }

    /** a / b. */
    public Value divide(Value a, Value b) {
        return binary(Op.BinaryFunction.DIVIDE, a, b);
    }

    /** -x. */
    public Value negate(Value x) {
        return unary(Op.UnaryFunction.NEGATE, x);
    }

    /** a ? b as bool. */
    public Value compare(Op.Comparison comparison, Value a, Value b) {
        return apply(new Op.Compare(comparison), a, b);
    }

    /** condition ? a : b. */
    public Value select(Value condition, Value a, Value b) {
        return apply(new Op.Select(), condition, a, b);
    }

    /** The same numbers in another dtype; x itself if it has it already. */
    public Value cast(Value x, DType to) {
        return x.type().dtype() == to ? x : apply(new Op.Cast(to), x);
    }

    /** The same elements under other dims; x itself if it has them already. */
    public Value reshape(Value x, List<Dim> dims) {
        return x.type().dims().equals(dims) ? x : apply(new Op.Reshape(dims), x);
    }

    /** Axes in another order. */
    public Value transpose(Value x, List<Integer> permutation) {
        return apply(new Op.Transpose(permutation), x);
    }

    /** NumPy broadcast; x itself if it has these dims already. */
    public Value broadcast(Value x, List<Dim> dims) {
        return x.type().dims().equals(dims) ? x : apply(new Op.Broadcast(dims), x);
    }

    /** Reduces over sorted axes. */
    public Value reduce(Op.ReduceFunction function, Value x, List<Integer> axes, boolean keepDims) {
        return apply(new Op.Reduce(function, axes, keepDims), x);
    }

    /** The sum over sorted axes. */
    public Value reduceSum(Value x, List<Integer> axes, boolean keepDims) {
        return reduce(Op.ReduceFunction.SUM, x, axes, keepDims);
    }

    /** a b over the last two axes. */
    public Value matMul(Value a, Value b, boolean transposeLeft, boolean transposeRight) {
        return apply(new Op.MatMul(transposeLeft, transposeRight), a, b);
    }

    /**
     * The graph.
     *
     * @throws GraphException if it is not well made
     */
    public Graph build() {
        return Verifier.verify(new Graph(name, inputs, nodes, outputs));
    }

    /** A readable name for the value of a path: {@code conv2dWeight} for {@code conv2d.weight}. */
    public static String camel(String path) {
        var text = new StringBuilder();
        boolean upper = false;
        for (char c : path.toCharArray()) {
            if (!Character.isJavaIdentifierPart(c) || c == '_') {
                upper = !text.isEmpty();
            } else {
                text.append(upper ? Character.toUpperCase(c) : c);
                upper = false;
            }
        }
        return text.toString();
    }
}
