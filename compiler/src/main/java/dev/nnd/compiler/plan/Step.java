package dev.nnd.compiler.plan;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Origin;
import java.util.List;

/** One thing that a program does in a run. Input and output numbers are buffer ids. */
public sealed interface Step {

    List<Integer> inputs();

    List<Integer> outputs();

    Origin origin();

    /**
     * An op of the kernel provider: convolution, inner product, matmul, pooling and their backward ops.
     *
     * @param name lower camel case, unique in the plan: {@code conv2d}, {@code conv2dBackwardWeights}
     */
    record Primitive(String name, Op op, List<Integer> inputs, List<Integer> outputs, Origin origin) implements Step {}

    /**
     * A generated kernel.
     *
     * @param name lower camel case, says what it fuses: {@code reluBackward}; equal kernels share one name in a file
     * @param kind the loop's form
     * @param body the fused ops; its input ports correspond to {@code inputs}, its output ports to {@code outputs}
     */
    record Kernel(String name, Kind kind, Graph body, List<Integer> inputs, List<Integer> outputs, Origin origin)
            implements Step {}

    /** Brings a value into row-major order, or into the layout of buffer {@code like} if that is not -1; nothing happens at run time where it already is. */
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

    /** The forms of generated kernels. */
    enum Kind {
        /** All operands have the same dims (or are scalars): one flat loop, any layout. */
        MAP,
        /** Elementwise with broadcasting over row-major operands. */
        BROADCAST,
        /** Elementwise ops, then one reduction, then scalar ops on its result. */
        REDUCE,
        /** One op with a loop nest of its own: softmax, transpose, pick and the like. */
        SINGLE
    }
}
