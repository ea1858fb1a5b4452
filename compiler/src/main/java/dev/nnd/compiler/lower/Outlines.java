package dev.nnd.compiler.lower;

import dev.nnd.compiler.typed.TypedBlock;
import dev.nnd.compiler.typed.TypedExpr;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which blocks become functions: those that are used more than once and are more than a few ops, so that the graph
 * grows with the distinct blocks and not with the layers, and in training checkpoints. The others are inlined, where
 * their ops fuse with their neighbours'.
 */
final class Outlines {

    /** Fewer ops than this are inlined: they fuse better than they call. */
    private static final int FEWEST_OPS = 6;
    /** The same for a block of the library without layers, which has kernels of its own. */
    private static final int FEWEST_OPS_OF_A_KERNEL = 24;

    private final Map<TypedBlock, Integer> uses = new IdentityHashMap<>();
    private final Map<TypedBlock, Integer> sizes = new IdentityHashMap<>();

    /** The outlines of a body, such as a model's or a train section's. */
    Outlines(List<TypedBlock.Binding> body) {
        count(body);
    }

    private void count(List<TypedBlock.Binding> body) {
        for (TypedBlock.Binding binding : body) {
            // What is in a block that was counted twice was counted twice.
            if (binding instanceof TypedBlock.Binding.Call call && uses.merge(call.block(), 1, Integer::sum) <= 2) {
                count(call.block().body());
            }
        }
    }

    /**
     * True if calls of the block become calls of a function.
     *
     * @param differentiated whether the graph gets gradients: only then a checkpoint is worth a function of its own
     */
    boolean contains(TypedBlock block, boolean differentiated) {
        if (differentiated && block.declaration().checkpoint()) {
            return true;
        }
        boolean kernel = block.library() && block.layers().isEmpty();
        return uses.getOrDefault(block, 0) > 1 && size(block) >= (kernel ? FEWEST_OPS_OF_A_KERNEL : FEWEST_OPS);
    }

    private int size(TypedBlock block) {
        Integer known = sizes.get(block);
        if (known == null) {
            int sum = block.outputs().stream().mapToInt(o -> size(o.value())).sum();
            for (TypedBlock.Binding binding : block.body()) {
                sum += size(binding);
            }
            known = Math.min(sum, FEWEST_OPS_OF_A_KERNEL);
            sizes.put(block, known);
        }
        return known;
    }

    private int size(TypedBlock.Binding binding) {
        return switch (binding) {
            case TypedBlock.Binding.Value v -> size(v.value());
            case TypedBlock.Binding.Call c ->
                size(c.block()) + c.operands().stream().mapToInt(Outlines::size).sum();
        };
    }

    private static int size(TypedExpr expr) {
        return expr instanceof TypedExpr.Apply apply
                ? 1 + apply.operands().stream().mapToInt(Outlines::size).sum()
                : 0;
    }
}
