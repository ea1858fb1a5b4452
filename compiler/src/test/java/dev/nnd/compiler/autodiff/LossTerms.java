package dev.nnd.compiler.autodiff;

import dev.nnd.compiler.ir.Evaluator;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.BinaryFunction;
import dev.nnd.compiler.ir.Op.ReduceFunction;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;

/** The numbers that a graph adds up to its loss. */
public final class LossTerms {

    private final Graph graph;
    private final List<Value> values = new ArrayList<>();

    public LossTerms(Graph graph) {
        this.graph = graph;
        graph.outputs().stream()
                .filter(p -> p.role() == Port.Role.LOSS)
                .map(Port::value)
                .forEach(this::collect);
    }

    private void collect(Value value) {
        Optional<Node> maker = graph.nodes().stream()
                .filter(n -> n.outputs().contains(value))
                .filter(LossTerms::adds)
                .findFirst();
        if (maker.isPresent()) {
            maker.get().inputs().forEach(this::collect);
        } else {
            values.add(value);
        }
    }

    /** Whether the sum of what a node makes is the sum of its operands' elements. */
    private static boolean adds(Node node) {
        TensorType type = node.outputs().getFirst().type();
        if (node.op() instanceof Op.Reduce reduce) {
            return reduce.function() == ReduceFunction.SUM;
        }
        if (node.op() instanceof Op.Binary binary) {
            return binary.function() == BinaryFunction.ADD
                    && node.inputs().stream().allMatch(v -> v.type().equals(type));
        }
        return node.op() instanceof Op.Cast
                && node.inputs().getFirst().type().dtype().isFloat();
    }

    /** What they are in a run of the graph. */
    public double[] of(Evaluator.Result result) {
        return values.stream()
                .flatMapToDouble(v -> DoubleStream.of(result.value(v)))
                .toArray();
    }
}
