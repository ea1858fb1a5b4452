package dev.nnd.compiler.plan;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.Dim;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Whether a graph does the same to all rows of a batch, each for itself: then it can be run for some rows at a time. Rows lie
 * along the first axis of every value that has them, which may have several entries for each row, one after another:
 * [N * T, D] as well as [N, T, D]. Other values, such as weights, are the same for all rows.
 */
public final class RowIndependence {

    private final String variable;

    private RowIndependence(String variable) {
        this.variable = variable;
    }

    /** Whether the rows that a dim variable counts have nothing to do with one another, inside of the graph. */
    public static boolean holds(Graph graph, String variable) {
        return new RowIndependence(variable).fits(graph);
    }

    /** Whether a value has one entry for each row, on its first axis alone. */
    static boolean leads(String variable, Value value) {
        return value.type().rank() > 0
                && value.type().dim(0).equals(Dim.variable(variable))
                && new RowIndependence(variable).has(value);
    }

    /** Whether the size of a value depends on how many rows there are. */
    static boolean mentions(String variable, Value value) {
        return value.type().dims().stream().anyMatch(d -> d.variables().contains(variable));
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
                && multiple(dims.getFirst())
                && dims.stream().skip(1).noneMatch(d -> d.variables().contains(variable));
    }

    /** Whether a dim is the number of rows times something. */
    private boolean multiple(Dim dim) {
        return !dim.terms().isEmpty()
                && dim.terms().stream()
                        .allMatch(t -> t.factors().stream().anyMatch(this::counts)
                                && t.factors().stream().allMatch(f -> counts(f) || !mentions(f)));
    }

    private boolean counts(Dim.Factor factor) {
        return factor.power() == 1
                && factor.atom() instanceof Dim.Variable v
                && v.name().equals(variable);
    }

    private boolean mentions(Dim.Factor factor) {
        return switch (factor.atom()) {
            case Dim.Variable v -> v.name().equals(variable);
            case Dim.FloorDivision d -> mentions(d.numerator(), d.denominator());
            case Dim.Minimum m -> mentions(m.left(), m.right());
            case Dim.Maximum m -> mentions(m.left(), m.right());
        };
    }

    private boolean mentions(Dim left, Dim right) {
        return left.variables().contains(variable) || right.variables().contains(variable);
    }

    private boolean mentions(Value value) {
        return mentions(variable, value);
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
                sameRank(node) && sameRows(node);
            case Op.Reshape _ -> true;
            case Op.Transpose o -> !reads || o.permutation().getFirst() == 0;
            case Op.Reduce o -> !reads || !o.axes().contains(0);
            case Op.Softmax _, Op.LogSoftmax _, Op.ArgMax _ ->
                !reads || node.inputs().getFirst().type().rank() > 1;
            case Op.OneHot _ -> true;
            case Op.Pick _ -> !reads || node.output().type().rank() > 0 && sameRows(node);
            case Op.SoftmaxCrossEntropy _, Op.SoftmaxCrossEntropyBackward _ -> !reads;
            case Op.InnerProduct _, Op.BatchNorm _ -> !reads || onlyFirst(node);
            case Op.Convolution o -> !reads || (o.added() ? firstAndLast(node) : onlyFirst(node));
            case Op.InnerProductBackwardData _ -> !reads || onlyBeside(node, 2);
            case Op.ConvolutionBackwardData o -> !reads || onlyBeside(node, o.reads());
            case Op.Pool o -> !reads || !o.indices();
            case Op.MatMul o -> !reads || product(o, node);
            case Op.Slice o ->
                fixed(o.start())
                        && (!reads || o.start().getFirst().is(0) && o.step().getFirst() == 1 && sameRows(node));
            case Op.Concat o -> !reads || o.axis() > 0 && sameRows(node);
            case Op.Gather o -> !reads || gather(o, node);
            case Op.Call o -> !reads || call(o, node);
            case Op.Pad o ->
                fixed(o.low())
                        && fixed(o.high())
                        && (!reads
                                || o.low().getFirst().is(0)
                                        && o.high().getFirst().is(0)
                                        && o.interior().getFirst() == 0);
            case Op.Iota o -> !makes || o.axis() > 0;
            case Op.Cumulate o -> !reads || o.axis() > 0;
            case Op.Recurrence o -> !reads || o.axis() > 0 && sameRank(node) && sameRows(node);
            case Op.Sort o -> !reads || o.axis() > 0;
            case Op.InnerProductBackwardWeights _, Op.ConvolutionBackwardWeights _ -> !reads;
            case Op.PoolBackward _, Op.BatchNormTraining _, Op.BatchNormBackward _, Op.Scatter _ -> !reads && !makes;
            case Op.Random _, Op.Scan _ -> false;
        };
    }

    /** Whether places are the same for any number of rows. */
    private boolean fixed(List<Dim> places) {
        return places.stream().noneMatch(d -> d.variables().contains(variable));
    }

    /** Whether rows stay on the first axis where axes are aligned from the last one. */
    private boolean sameRank(Node node) {
        int rank = node.output().type().rank();
        return node.inputs().stream().noneMatch(v -> mentions(v) && v.type().rank() != rank);
    }

    /** Whether all that have rows have as many entries for each of them. */
    private boolean sameRows(Node node) {
        return Stream.concat(node.inputs().stream(), node.outputs().stream())
                        .filter(this::mentions)
                        .map(v -> v.type().dim(0))
                        .distinct()
                        .count()
                <= 1;
    }

    /** Whether only the first operand has rows. */
    private boolean onlyFirst(Node node) {
        List<Value> inputs = node.inputs();
        return has(inputs.getFirst()) && inputs.stream().skip(1).noneMatch(this::mentions);
    }

    /** Whether only the first and the last operand have rows, as many for each other. */
    private boolean firstAndLast(Node node) {
        List<Value> inputs = node.inputs();
        return has(inputs.getFirst())
                && has(inputs.getLast())
                && inputs.subList(1, inputs.size() - 1).stream().noneMatch(this::mentions)
                && sameRows(node);
    }

    /** Only the first operand that is read has rows; one after those, if any, lends its layout alone. */
    private boolean onlyBeside(Node node, int reads) {
        List<Value> inputs = node.inputs();
        return has(inputs.getFirst())
                && inputs.subList(1, Math.min(reads, inputs.size())).stream().noneMatch(this::mentions);
    }

    private boolean product(Op.MatMul op, Node node) {
        Value left = node.inputs().getFirst();
        Value right = node.inputs().get(1);
        int rank = node.output().type().rank();
        boolean kept = Stream.of(op.leftOrder(), op.rightOrder(), op.resultOrder())
                .allMatch(order -> order.isEmpty() || order.getFirst() == 0);
        boolean first = has(left) && left.type().rank() == rank;
        boolean alone = first && !mentions(right) && (rank > 2 || !op.transposeLeft());
        boolean both = rank > 2 && first && has(right) && right.type().rank() == rank && sameRows(node);
        return kept && (alone || both);
    }

    /** Rows of a table by ids, or entries of each row. */
    private boolean gather(Op.Gather op, Node node) {
        Value from = node.inputs().getFirst();
        Value index = node.inputs().get(1);
        if (op.each()) {
            return op.axis() > 0 && sameRows(node) && has(from) && has(index);
        }
        return op.axis() == 0 ? !mentions(from) : has(from) && !mentions(index);
    }

    /** A function has the dims of its call; were they other ones, its rows could not be told. */
    private boolean call(Op.Call op, Node node) {
        List<Port> ports = op.function().graph().inputs();
        return IntStream.range(0, ports.size())
                        .allMatch(i -> ports.get(i)
                                .value()
                                .type()
                                .equals(node.inputs().get(i).type()))
                && fits(op.function().graph());
    }
}
