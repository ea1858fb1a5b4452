package dev.nnd.compiler.autodiff;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Keeps one value instead of several that elementwise ops make of it: of a gelu, which its formula's derivative reads in
 * three places, only the operand. Reading and writing memory takes longer than computing an elementwise op again.
 */
final class FewerKept {

    /** Beyond this many nodes the search, which is quadratic, is left out. */
    private static final int MOST_NODES = 3000;

    /** What a free dim counts as when sizes are compared. */
    private static final long FREE = 64;

    private final List<Node> forward;
    private final Set<Value> given;
    private final Set<Value> kept;
    private final Set<Node> again;

    /**
     * A choice to improve.
     *
     * @param given values that are there anyway
     * @param kept values that the forward half keeps; changed
     * @param again nodes that the backward half computes; changed
     */
    FewerKept(List<Node> forward, Set<Value> given, Set<Value> kept, Set<Node> again) {
        this.forward = forward;
        this.given = given;
        this.kept = kept;
        this.again = again;
    }

    void improve() {
        if (forward.size() > MOST_NODES) {
            return;
        }
        for (Node node : forward) {
            boolean source = node.outputs().size() == 1 && !isElementwise(node);
            if (source && !kept.contains(node.output()) && !given.contains(node.output())) {
                keep(node.output());
            }
        }
    }

    /** Keeps a value in place of what can be made of it, if that is smaller. */
    private void keep(Value source) {
        var made = new HashSet<>(Set.of(source));
        var depends = new HashSet<>(Set.of(source));
        var makers = new ArrayList<Node>();
        for (Node node : forward) {
            if (node.inputs().stream().noneMatch(depends::contains) && !isConstant(node)) {
                continue;
            }
            depends.addAll(node.outputs());
            boolean known = node.inputs().stream()
                    .allMatch(v -> made.contains(v) || given.contains(v) || (kept.contains(v) && !depends.contains(v)));
            if (isElementwise(node) && known) {
                made.addAll(node.outputs());
                makers.add(node);
            }
        }
        List<Value> replaced = kept.stream()
                .filter(v -> made.contains(v) && !given.contains(v) && depends.contains(v) && bytes(v) > 0)
                .toList();
        long before = replaced.stream().mapToLong(FewerKept::bytes).sum();
        if (replaced.size() > 1 && before > bytes(source)) {
            replace(source, replaced, makers);
        }
    }

    private void replace(Value source, List<Value> replaced, List<Node> makers) {
        var needed = new HashSet<>(replaced);
        for (Node node : makers.reversed()) {
            if (node.outputs().stream().anyMatch(needed::contains)) {
                again.add(node);
                needed.addAll(node.inputs());
            }
        }
        kept.addAll(needed);
        again.forEach(n -> kept.removeAll(n.outputs()));
        kept.add(source);
    }

    private static boolean isConstant(Node node) {
        return node.op() instanceof Op.Constant || node.op() instanceof Op.Size;
    }

    private static boolean isElementwise(Node node) {
        return switch (node.op()) {
            case Op.Constant _, Op.Size _, Op.Reshape _, Op.Broadcast _ -> true;
            case Op.Unary _, Op.Binary _, Op.Compare _, Op.Select _, Op.Cast _ -> true;
            default -> false;
        };
    }

    private static long bytes(Value value) {
        var sizes = new HashMap<String, Long>();
        Dim elements = value.type().elements();
        elements.variables().forEach(v -> sizes.put(v, FREE));
        return elements.evaluate(sizes) * value.type().dtype().bytes();
    }
}
