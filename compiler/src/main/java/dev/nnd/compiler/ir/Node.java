package dev.nnd.compiler.ir;

import java.util.List;

/** One op applied to values. */
public record Node(Op op, List<Value> inputs, List<Value> outputs, Origin origin) {

    public Node {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /** The only output. */
    public Value output() {
        return outputs.getFirst();
    }
}
