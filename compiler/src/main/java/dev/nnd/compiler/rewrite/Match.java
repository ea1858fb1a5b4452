package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.BinaryFunction;
import dev.nnd.compiler.ir.Op.ReduceFunction;
import dev.nnd.compiler.ir.Op.UnaryFunction;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What values are made of, in the words of the rules. */
final class Match {

    private Match() {}

    /** x, if the value is f(x). */
    static Optional<Value> unary(Value value, UnaryFunction function, Neighbourhood graph) {
        return graph.producer(value, Op.Unary.class)
                .filter(n -> n.op().equals(new Op.Unary(function)))
                .map(n -> n.inputs().getFirst());
    }

    /** x, if the value is f(x) and nothing else uses it. */
    static Optional<Value> soleUnary(Value value, UnaryFunction function, Neighbourhood graph) {
        return graph.uses(value) == 1 ? unary(value, function, graph) : Optional.empty();
    }

    /** [a, b], if the value is f(a, b). */
    static Optional<List<Value>> binary(Value value, BinaryFunction function, Neighbourhood graph) {
        return graph.producer(value, Op.Binary.class)
                .filter(n -> n.op().equals(new Op.Binary(function)))
                .map(Node::inputs);
    }

    /** x, if the value is x + number or number + x. */
    static Optional<Value> plus(Value value, double number, Neighbourhood graph) {
        return binary(value, BinaryFunction.ADD, graph).flatMap(in -> {
            if (graph.isConstant(in.get(1), number)) {
                return Optional.of(in.get(0));
            }
            return graph.isConstant(in.get(0), number) ? Optional.of(in.get(1)) : Optional.empty();
        });
    }

    /** True for an op that is this function of one number. */
    static boolean is(Node node, UnaryFunction function) {
        return node.op() instanceof Op.Unary(UnaryFunction f) && f == function;
    }

    /** True for an op that is this function of two numbers. */
    static boolean is(Node node, BinaryFunction function) {
        return node.op() instanceof Op.Binary(BinaryFunction f) && f == function;
    }

    static boolean isFloat(Node node) {
        return node.output().type().dtype().isFloat();
    }

    /**
     * A reduction whose result stands in the place of its operand's axes as 1.
     *
     * @param of the operand
     * @param axes sorted
     * @param node the reduction itself
     */
    record Reduced(Value of, List<Integer> axes, Node node) {}

    /** The reduction that makes a value, its axes kept as 1, at once or by a reshape. */
    static Optional<Reduced> reduced(Value value, ReduceFunction function, Neighbourhood graph) {
        Optional<Node> reshape = graph.producer(value, Op.Reshape.class);
        Value made = reshape.map(n -> n.inputs().getFirst()).orElse(value);
        return graph.producer(made, Op.Reduce.class)
                .filter(n -> n.op() instanceof Op.Reduce r && r.function() == function)
                .map(n -> new Reduced(n.inputs().getFirst(), ((Op.Reduce) n.op()).axes(), n))
                .filter(r -> fitsBack(value, r));
    }

    /** True if the value broadcasts against the reduction's operand as the kept axes would. */
    private static boolean fitsBack(Value value, Reduced reduced) {
        var kept = new ArrayList<>(reduced.of().type().dims());
        reduced.axes().forEach(axis -> kept.set(axis, Dim.ONE));
        List<Dim> dims = value.type().dims();
        boolean scalar = dims.isEmpty() && kept.stream().allMatch(d -> d.is(1));
        return scalar || dims.equals(kept);
    }

    /** The reduction of that kind over the last axis, kept as 1. */
    static Optional<Reduced> ofRows(Value value, ReduceFunction function, Neighbourhood graph) {
        return reduced(value, function, graph)
                .filter(r -> r.axes().equals(List.of(r.of().type().rank() - 1)));
    }

    /** True if the value is the same for all entries of the last axis of what it is broadcast against. */
    static boolean constantAlongRows(Value value) {
        return value.type().rank() == 0 || value.type().dim(-1).is(1);
    }

    /** The value, or what it is before a STOP_GRADIENT. */
    static Value behindStop(Value value, Neighbourhood graph) {
        return unary(value, UnaryFunction.STOP_GRADIENT, graph).orElse(value);
    }
}
