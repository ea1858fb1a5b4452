package dev.nnd.compiler.plan;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Origin;
import dev.nnd.compiler.type.Dim;
import java.util.List;
import java.util.Map;

/** One thing that a program does in a run. Input and output numbers are buffer ids. */
public sealed interface Step {

    List<Integer> inputs();

    List<Integer> outputs();

    Origin origin();

    /**
     * An op of the kernel provider: convolution, inner product, matmul, pooling, batch norm and their backward ops. The
     * inputs are the op's operands. An {@link Op.InputGradient} always has one more than it reads, the last: the forward
     * op's input, of which only dims and layout are used (it may be dead), or a place that nobody writes; the output gets
     * both. The gradients of weights are those of parameters, or values with the layout of the parameter.
     *
     * @param name lower camel case, unique in the plan: {@code conv2d}, {@code conv2dBackwardWeights}
     */
    record Primitive(String name, Op op, List<Integer> inputs, List<Integer> outputs, Origin origin) implements Step {}

    /**
     * A generated kernel: a function over sizes of its own. The body's dims are the variables of {@code sizes} (or 1
     * for an axis along which an operand is broadcast), adjacent axes that are treated alike are joined, so that equal
     * kernels have equal bodies whatever the model's dims are. Operands of rank 0 are scalars; nodes of rank 0 in the
     * body that don't follow a reduction are the same for all elements and are computed before the loop.
     *
     * @param name lower camel case, says what it fuses: {@code reluBackward}; equal kernels share one name in a file
     * @param kind the loop's form
     * @param body the fused ops; its input ports correspond to {@code inputs}, its output ports to {@code outputs}; an
     *     output may be in the memory of an input (in place)
     * @param sizes the actual sizes over the program's free dims, by the name of the variable in the body, in order;
     *     the one size {@code COUNT} of a {@link Kind#MAP} kernel over buffers in a provider's layout is their number
     *     of stored elements
     */
    record Kernel(
            String name,
            Kind kind,
            Graph body,
            Map<String, Dim> sizes,
            List<Integer> inputs,
            List<Integer> outputs,
            Origin origin)
            implements Step {}

    /**
     * Brings a value into row-major order, or into the layout of buffer {@code like} if that is not -1. Nothing happens
     * at run time where it already is: {@code to} may then be the memory of {@code from}, which is why {@code from}
     * lives at least as long as {@code to}.
     */
    record Reorder(String name, int from, int to, int like, Origin origin) implements Step {
        @Override
        public List<Integer> inputs() {
            return like < 0 ? List.of(from) : List.of(from, like);
        }

        @Override
        public List<Integer> outputs() {
            return List.of(to);
        }
    }

    /**
     * A call of a function, whose program is an instance of its own. The inputs and outputs are those of the function,
     * in the order of its ports; an output that is a gradient is written into the buffer that is given for it.
     *
     * @param name lower camel case, unique in the plan: {@code layer0}
     */
    record Call(String name, FunctionPlan function, List<Integer> inputs, List<Integer> outputs, Origin origin)
            implements Step {}

    /**
     * Runs a function once for each entry of sequences, as {@link Op.Scan} says. All inputs but weights, and all outputs,
     * are row-major.
     *
     * @param name lower camel case, unique in the plan: {@code lstm}
     */
    record Scan(
            String name,
            FunctionPlan body,
            int states,
            int sequences,
            Dim length,
            boolean reverse,
            List<Integer> inputs,
            List<Integer> outputs,
            Origin origin)
            implements Step {}

    /** The forms of generated kernels. */
    enum Kind {
        /** All operands are [COUNT] or scalars: one flat loop, any layout. */
        MAP,
        /** Elementwise with broadcasting over row-major operands of rank 0 or of the rank of the loop nest. */
        BROADCAST,
        /**
         * Elementwise ops over row-major operands, then one reduction (dims not kept), then ops on its result alone.
         */
        REDUCE,
        /**
         * Reductions over the same last axes of row-major operands, softmax, and elementwise ops before, between and behind
         * them; reductions keep their axes as 1. Row after row, see {@link RowPasses}.
         */
        ROWS,
        /**
         * One op with a loop nest of its own, row-major. Softmax and the like: x is [ROWS, COLUMNS]. Transpose: D0, D1,
         * ... are the axes of the operand, those that stay together joined.
         */
        SINGLE
    }
}
