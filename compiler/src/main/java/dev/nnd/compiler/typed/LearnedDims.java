package dev.nnd.compiler.typed;

import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * Sizes that are only known once the training data is read, such as {@code Shakespeare.tokens.vocab}: dim variables that
 * are fixed for the life of the weights. Everything that a generated class computes with stands in a type, an attribute or a
 * requirement of its blocks, so these are looked through, each block once.
 */
public final class LearnedDims {

    private final SequencedSet<String> found = new LinkedHashSet<>();
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Deque<TypedExpr> open = new ArrayDeque<>();

    private LearnedDims() {}

    /** Those of a block and the layers in it, in the order in which they are met. */
    public static SequencedSet<String> of(TypedBlock block) {
        var dims = new LearnedDims();
        dims.block(block);
        return dims.found;
    }

    /** Those of a train section: of its models, losses and metrics. */
    public static SequencedSet<String> of(TypedTrain train) {
        var dims = new LearnedDims();
        train.models().forEach(m -> dims.block(m.model().block()));
        train.body().forEach(dims::binding);
        train.minimize().forEach(m -> dims.expression(m.loss()));
        train.metrics().forEach(m -> dims.expression(m.value()));
        return dims.found;
    }

    /** True if all of these variables are learned. */
    public static boolean all(Collection<String> variables) {
        return variables.stream().allMatch(TypedData::isLearned);
    }

    private void block(TypedBlock block) {
        if (!seen.add(block)) {
            return;
        }
        block.inputs().forEach(i -> type(i.type()));
        block.params().forEach(p -> type(p.type()));
        block.layers().forEach(l -> block(l.block()));
        block.body().forEach(this::binding);
        block.outputs().forEach(o -> {
            type(o.type());
            expression(o.value());
        });
        for (Requirement requirement : block.requirements()) {
            variables(requirement.condition().variables());
            requirement.values().values().forEach(this::dim);
        }
    }

    private void binding(TypedBlock.Binding binding) {
        switch (binding) {
            case TypedBlock.Binding.Value v -> expression(v.value());
            case TypedBlock.Binding.Call call -> {
                block(call.block());
                call.operands().forEach(this::expression);
            }
        }
    }

    private void expression(TypedExpr root) {
        open.push(root);
        while (!open.isEmpty()) {
            TypedExpr at = open.pop();
            if (!seen.add(at)) {
                continue;
            }
            type(at.type());
            if (at instanceof TypedExpr.Apply apply) {
                apply.operands().forEach(open::push);
                apply.attributes().forEach(this::constant);
            }
        }
    }

    private void constant(Constant constant) {
        switch (constant) {
            case Constant.Int(Dim value) -> dim(value);
            case Constant.ListOf(List<Constant> items) -> items.forEach(this::constant);
            case Constant.Float _,
                    Constant.Bool _,
                    Constant.Text _,
                    Constant.Init _,
                    Constant.Layer _,
                    Constant.Function _ -> {}
        }
    }

    private void type(TensorType type) {
        type.dims().forEach(this::dim);
    }

    private void dim(Dim dim) {
        if (dim.constant().isEmpty()) {
            variables(dim.variables());
        }
    }

    private void variables(Set<String> variables) {
        variables.stream().filter(TypedData::isLearned).forEach(found::add);
    }

    /** How to tell a learned size from the shape of a weight: {@code (dim - rest) / factor}, where {@code rest} has only sizes told before. */
    public record Solution(String variable, String weight, int axis, long factor, Dim rest) {}

    /** How a weight's dim tells one more size, if it does; {@code known} are those told before. */
    public static List<Solution> solutions(Map<String, TensorType> weights, Collection<String> variables) {
        var solutions = new java.util.ArrayList<Solution>();
        var missing = new LinkedHashSet<>(variables);
        boolean more = true;
        while (more && !missing.isEmpty()) {
            List<Solution> next = weights.entrySet().stream()
                    .flatMap(w -> one(w.getKey(), w.getValue(), missing).stream())
                    .limit(1)
                    .toList();
            next.forEach(s -> missing.remove(s.variable()));
            solutions.addAll(next);
            more = !next.isEmpty();
        }
        return solutions;
    }

    private static List<Solution> one(String weight, TensorType type, Set<String> missing) {
        for (int axis = 0; axis < type.rank(); axis++) {
            Dim dim = type.dim(axis);
            var unknown = new TreeSet<>(dim.variables());
            unknown.retainAll(missing);
            if (unknown.size() != 1) {
                continue;
            }
            String variable = unknown.first();
            Dim rest = dim.substitute(Map.of(variable, Dim.ZERO));
            Dim once = dim.minus(rest).substitute(Map.of(variable, Dim.ONE));
            boolean linear = once.constant().isPresent()
                    && once.constant().getAsLong() > 0
                    && dim.equals(Dim.variable(variable)
                            .times(once.constant().getAsLong())
                            .plus(rest));
            if (linear) {
                return List.of(
                        new Solution(variable, weight, axis, once.constant().getAsLong(), rest));
            }
        }
        return List.of();
    }
}
