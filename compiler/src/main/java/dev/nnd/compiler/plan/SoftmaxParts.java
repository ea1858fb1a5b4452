package dev.nnd.compiler.plan;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.BinaryFunction;
import dev.nnd.compiler.ir.Op.ReduceFunction;
import dev.nnd.compiler.ir.Op.UnaryFunction;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.List;

/**
 * Softmax and its logarithm as reductions and elementwise ops: e / sum(e) and x - (max(x) + log(sum(e))), where
 * e = exp(x - max(x)).
 */
final class SoftmaxParts {

    private final List<Node> nodes = new ArrayList<>();
    private int nextId;

    private SoftmaxParts(Graph graph) {
        graph.inputs().forEach(p -> nextId = Math.max(nextId, p.value().id() + 1));
        graph.nodes().forEach(n -> n.outputs().forEach(v -> nextId = Math.max(nextId, v.id() + 1)));
    }

    /** The same graph without softmax. */
    static Graph of(Graph graph) {
        var parts = new SoftmaxParts(graph);
        for (Node node : graph.nodes()) {
            if (node.op() instanceof Op.Softmax || node.op() instanceof Op.LogSoftmax) {
                parts.add(node);
            } else {
                parts.nodes.add(node);
            }
        }
        return new Graph(graph.name(), graph.inputs(), parts.nodes, graph.outputs());
    }

    private void add(Node softmax) {
        Value x = softmax.inputs().getFirst();
        TensorType type = x.type();
        var kept = new ArrayList<>(type.dims());
        kept.set(kept.size() - 1, Dim.ONE);
        TensorType narrow = type.withDims(kept);
        List<Integer> last = List.of(type.rank() - 1);
        Value largest = made(softmax, "largest", new Op.Reduce(ReduceFunction.MAX, last, true), narrow, x);
        Value below = made(softmax, "below", new Op.Binary(BinaryFunction.SUBTRACT), type, x, largest);
        Value power = made(softmax, "power", new Op.Unary(UnaryFunction.EXP), type, below);
        Value sum = made(softmax, "sum", new Op.Reduce(ReduceFunction.SUM, last, true), narrow, power);
        if (softmax.op() instanceof Op.Softmax) {
            Value share = made(softmax, "share", new Op.Unary(UnaryFunction.RECIPROCAL), narrow, sum);
            end(softmax, BinaryFunction.MULTIPLY, power, share);
        } else {
            Value log = made(softmax, "logarithm", new Op.Unary(UnaryFunction.LOG), narrow, sum);
            Value shift = made(softmax, "shift", new Op.Binary(BinaryFunction.ADD), narrow, largest, log);
            end(softmax, BinaryFunction.SUBTRACT, x, shift);
        }
    }

    private Value made(Node softmax, String name, Op op, TensorType type, Value... operands) {
        var value = new Value(nextId++, name, type);
        nodes.add(new Node(op, List.of(operands), List.of(value), softmax.origin()));
        return value;
    }

    private void end(Node softmax, BinaryFunction function, Value a, Value b) {
        nodes.add(new Node(new Op.Binary(function), List.of(a, b), softmax.outputs(), softmax.origin()));
    }
}
