package dev.nnd.compiler.typed;

import dev.nnd.compiler.type.Dim;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * The number of trainable scalars in a block and all instances below it. A layer that is called more than once has its
 * weights once; {@code Stage(...) * n} has them n times. Every distinct block is counted once and multiplied, so the
 * time is linear in the text even if the instances are many.
 */
public final class ParameterCount {

    private final Map<TypedBlock, Dim> known = new IdentityHashMap<>();

    private ParameterCount() {}

    /** The count; it holds a variable only if a weight's shape does. */
    public static Dim of(TypedBlock block) {
        return new ParameterCount().count(block);
    }

    private Dim count(TypedBlock block) {
        Dim before = known.get(block);
        if (before != null) {
            return before;
        }
        Dim sum = own(block);
        for (TypedBlock.Layer layer : block.layers()) {
            sum = sum.plus(count(layer.block()));
        }
        known.put(block, sum);
        return sum;
    }

    /** Without the instances below and without buffers. */
    static Dim own(TypedBlock block) {
        Dim sum = Dim.ZERO;
        for (TypedBlock.Param param : block.params()) {
            sum = param.trained() ? sum.plus(param.type().elements()) : sum;
        }
        return sum;
    }
}
