package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Origin;
import dev.nnd.compiler.ir.ShapeRules;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;

/**
 * A replacement in the making. New nodes come from where the replaced one comes from, unless {@link #at} says
 * otherwise.
 */
public final class Draft {

    private final List<Node> nodes = new ArrayList<>();
    private final IntSupplier ids;
    private Origin origin;

    Draft(Node replaced, IntSupplier ids) {
        this.origin = replaced.origin();
        this.ids = ids;
    }

    /** The nodes that follow come from there. */
    public Draft at(Origin place) {
        origin = place;
        return this;
    }

    /** Adds a node; returns its outputs under these names, as many as it has. */
    public List<Value> addAll(List<String> names, Op op, List<Value> operands) {
        var outputs = new ArrayList<Value>();
        for (var type :
                ShapeRules.outputs(op, operands.stream().map(Value::type).toList(), origin)) {
            outputs.add(new Value(ids.getAsInt(), names.get(outputs.size()), type));
        }
        nodes.add(new Node(op, operands, outputs, origin));
        return List.copyOf(outputs);
    }

    /** Adds a node with one output. */
    public Value add(String name, Op op, List<Value> operands) {
        return addAll(List.of(name), op, operands).getFirst();
    }

    /** Adds a node with one output. */
    public Value add(String name, Op op, Value... operands) {
        return add(name, op, List.of(operands));
    }

    /** The same elements under other dims; no node if it has them already. */
    public Value reshape(Value x, List<Dim> dims) {
        return x.type().dims().equals(dims) ? x : add(x.name(), new Op.Reshape(dims), x);
    }

    /** NumPy broadcast; no node if it has these dims already. */
    public Value broadcast(Value x, List<Dim> dims) {
        return x.type().dims().equals(dims) ? x : add(x.name(), new Op.Broadcast(dims), x);
    }

    /** The replacement: these values are used instead of the node's outputs. */
    public Optional<Replacement> by(Value... outputs) {
        return Optional.of(new Replacement(nodes, List.of(outputs)));
    }

    /** The replacement of a node that nothing uses. */
    public Optional<Replacement> byNothing() {
        return Optional.of(new Replacement(List.of(), List.of()));
    }
}
