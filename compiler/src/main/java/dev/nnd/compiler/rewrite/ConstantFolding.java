package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Evaluator;
import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Arithmetic on scalar constants is done at compile time, in double precision by the reference evaluator.
 *
 * <pre>
 * before  multiply(2.0, 3.0)
 * after   6.0
 * </pre>
 */
record ConstantFolding() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        boolean arithmetic = switch (node.op()) {
            case Op.Unary _, Op.Binary _, Op.Compare _, Op.Select _, Op.Cast _ -> true;
            case Op.Constant _, Op.Size _, Op.Reshape _, Op.Transpose _, Op.Broadcast _, Op.Reduce _ -> false;
            case Op.Provided _, Op.Softmax _, Op.LogSoftmax _ -> false;
            case Op.Pick _, Op.OneHot _, Op.ArgMax _, Op.Indexing _, Op.Call _, Op.Scan _ -> false;
            case Op.SoftmaxCrossEntropy _, Op.SoftmaxCrossEntropyBackward _ -> false;
        };
        boolean known = node.inputs().stream()
                .allMatch(v -> graph.producer(v, Op.Constant.class).isPresent());
        if (!arithmetic || !known) {
            return Optional.empty();
        }
        var constant = new Op.Constant(value(node, graph), node.output().type().dtype());
        Draft draft = graph.replace(node);
        return draft.by(draft.add(node.output().name(), constant));
    }

    private static double value(Node node, Neighbourhood graph) {
        var builder = new GraphBuilder("constant").at(node.origin());
        List<Value> operands = node.inputs().stream()
                .map(v -> builder.apply(graph.producer(v).orElseThrow().op()))
                .toList();
        Value result = builder.applyAll("result", node.op(), operands).getFirst();
        builder.output(Port.Role.OUTPUT, "result", result);
        return Evaluator.evaluate(builder.build(), Map.of(), Map.of()).value(result)[0];
    }
}
