package dev.nnd.compiler.plan;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.Dim;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether a scan does the same to all rows of its batch, each for itself: then threads can run it for some rows each. Rows lie
 * along the first axis of every value that has them; other values, such as weights, are the same for all of them.
 */
public final class ScanRows {

    private final Dim rows;
    private final String variable;

    private ScanRows(String variable) {
        this.variable = variable;
        this.rows = Dim.variable(variable);
    }

    /** The dim variable that counts the rows of a scan; empty if rows need one another, or if it has none. */
    public static Optional<String> of(Step.Scan scan) {
        Graph body = scan.body().graph();
        return scan.body().plan().freeDims().stream()
                .filter(v -> !scan.length().variables().contains(v) && new ScanRows(v).fits(scan, body))
                .findFirst();
    }

    private boolean fits(Step.Scan scan, Graph body) {
        List<Port> operands = body.inputs();
        int streamed = scan.states() + scan.sequences();
        return scan.states() > 0
                && operands.subList(0, scan.states()).stream().allMatch(p -> has(p.value()))
                && operands.subList(streamed, operands.size()).stream().noneMatch(p -> mentions(p.value()))
                && body.outputs().stream().allMatch(p -> has(p.value()))
                && fits(body);
    }

    private boolean fits(Graph graph) {
        Stream<Value> values = Stream.concat(
                graph.inputs().stream().map(Port::value), graph.nodes().stream().flatMap(n -> n.outputs().stream()));
        return values.allMatch(v -> has(v) || !mentions(v))
                && graph.nodes().stream().allMatch(this::fits);
    }

    /** Whether the rows lie along the first axis, and along no other one. */
    private boolean has(Value value) {
        List<Dim> dims = value.type().dims();
        return !dims.isEmpty()
                && dims.getFirst().equals(rows)
                && dims.stream().skip(1).noneMatch(d -> d.variables().contains(variable));
    }

    private boolean mentions(Value value) {
        return value.type().dims().stream().anyMatch(d -> d.variables().contains(variable));
    }

    /** Whether a node makes each row of its results from the same row of its operands, or what has no rows from what has none. */
    private boolean fits(Node node) {
        boolean reads = node.inputs().stream().anyMatch(this::mentions);
        boolean makes = node.outputs().stream().allMatch(this::has);
        if (!makes && (reads || node.outputs().stream().anyMatch(this::mentions))) {
            return false;
        }
        return switch (node.op()) {
            case Op.Size o -> !o.dim().variables().contains(variable);
            case Op.Constant _, Op.Unary _, Op.Binary _, Op.Compare _, Op.Select _, Op.Cast _, Op.Broadcast _ ->
                sameRank(node);
            case Op.Reshape _ -> true;
            case Op.Transpose o -> !reads || o.permutation().getFirst() == 0;
            case Op.Reduce o -> !reads || !o.axes().contains(0);
            case Op.Softmax _, Op.LogSoftmax _ -> !reads || node.output().type().rank() > 1;
            case Op.Pick _, Op.OneHot _, Op.ArgMax _, Op.SoftmaxCrossEntropy _, Op.SoftmaxCrossEntropyBackward _ ->
                !reads;
            case Op.InnerProduct _, Op.InnerProductBackwardData _ -> !reads || onlyFirst(node);
            case Op.MatMul o -> !reads || product(o, node);
            case Op.Slice o -> !reads || o.start().getFirst().is(0) && o.step().getFirst() == 1;
            case Op.Concat o -> !reads || o.axis() > 0;
            case Op.Gather o ->
                !reads || !o.each() && o.axis() == 0 && !mentions(node.inputs().getFirst());
            case Op.Call o -> !reads || fits(o.function().graph());
            case Op.InnerProductBackwardWeights _, Op.ConvolutionBackwardWeights _ -> !reads;
            case Op.Convolution _, Op.ConvolutionBackwardData _, Op.Pool _, Op.PoolBackward _ -> !reads;
            case Op.BatchNorm _, Op.BatchNormTraining _, Op.BatchNormBackward _ -> !reads;
            case Op.Pad o ->
                o.low().getFirst().is(0)
                        && o.high().getFirst().is(0)
                        && o.interior().getFirst() == 0;
            case Op.Iota _, Op.Scatter _, Op.Cumulate _, Op.Recurrence _, Op.Sort _ -> !reads && !makes;
            case Op.Random _, Op.Scan _ -> false;
        };
    }

    /** Whether rows stay on the first axis where axes are aligned from the last one. */
    private boolean sameRank(Node node) {
        int rank = node.output().type().rank();
        return node.inputs().stream().noneMatch(v -> mentions(v) && v.type().rank() != rank);
    }

    /** The operand after the one that is read, if any, lends its layout alone. */
    private boolean onlyFirst(Node node) {
        return has(node.inputs().getFirst()) && !mentions(node.inputs().get(1));
    }

    private boolean product(Op.MatMul op, Node node) {
        Value left = node.inputs().getFirst();
        Value right = node.inputs().get(1);
        int rank = node.output().type().rank();
        boolean alone =
                has(left) && !mentions(right) && left.type().rank() == rank && (rank > 2 || !op.transposeLeft());
        boolean both = rank > 2
                && has(left)
                && has(right)
                && left.type().rank() == rank
                && right.type().rank() == rank;
        return !op.permutes() && (alone || both);
    }
}
