package dev.nnd.compiler.plan;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Value;
import java.util.List;

/**
 * Nodes that become one step.
 *
 * @param form what they become
 * @param nodes in order; scalar arithmetic may be in several units, since each computes it anew
 * @param forward true for the forward half
 * @param inputs values from outside, in the order of first use
 * @param outputs values that are used outside, in order
 */
record Unit(Form form, List<Node> nodes, boolean forward, List<Value> inputs, List<Value> outputs) {

    /** What a unit becomes. */
    enum Form {
        /** An op of the kernel provider. */
        PRIMITIVE,
        /** A kernel that maps or broadcasts. */
        ELEMENTWISE,
        /** A kernel with one reduction. */
        REDUCE,
        /** A kernel that goes over rows, with reductions of them and elementwise ops among these. */
        ROWS,
        /** A kernel of one op with a loop nest of its own. */
        SINGLE,
        /** A call of a function, or of one for each entry of sequences. */
        CALL
    }

    /** What an op becomes; a reshape, which becomes a view, counts as elementwise nowhere and is no unit. */
    static Form form(Op op) {
        return switch (op) {
            case Op.Constant _, Op.Size _, Op.Unary _, Op.Binary _, Op.Compare _, Op.Select _ -> Form.ELEMENTWISE;
            case Op.Cast _, Op.Broadcast _ -> Form.ELEMENTWISE;
            case Op.Reduce _ -> Form.REDUCE;
            case Op.Reshape _, Op.Transpose _, Op.Softmax _, Op.LogSoftmax _, Op.Pick _, Op.OneHot _ -> Form.SINGLE;
            case Op.ArgMax _, Op.SoftmaxCrossEntropy _, Op.SoftmaxCrossEntropyBackward _ -> Form.SINGLE;
            case Op.Indexing _ -> Form.SINGLE;
            case Op.Provided _ -> Form.PRIMITIVE;
            case Op.Call _, Op.Scan _ -> Form.CALL;
        };
    }

    /** The node that the step is named after: the last. */
    Node last() {
        return nodes.getLast();
    }

    /** The only node of a primitive or single unit. */
    Node only() {
        return nodes.getFirst();
    }
}
