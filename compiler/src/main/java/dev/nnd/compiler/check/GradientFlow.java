package dev.nnd.compiler.check;

import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.typed.Primitive;
import dev.nnd.compiler.typed.TypedBlock.Binding;
import dev.nnd.compiler.typed.TypedExpr;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which models a loss depends on, and which of them its gradient reaches. */
final class GradientFlow {

    /** Functions that are constant almost everywhere, or say that nothing flows. */
    private static final Set<String> CUTS =
            Set.of("stop_gradient", "sign", "floor", "ceil", "round", "argmax", "one_hot");

    private record Step(TypedExpr expr, Optional<TypedExpr> cut) {}

    private final Body body;
    private final Set<String> reached = new HashSet<>();
    private final Map<String, TypedExpr> behind = new HashMap<>();
    private final Set<Integer> seenFree = new HashSet<>();
    private final Set<Integer> seenCut = new HashSet<>();
    private final Deque<Step> todo = new ArrayDeque<>();

    private GradientFlow(Body body) {
        this.body = body;
    }

    /** Follows a loss back through the bindings of its body. */
    static GradientFlow of(TypedExpr loss, Body body) {
        var flow = new GradientFlow(body);
        flow.todo.add(new Step(loss, Optional.empty()));
        while (!flow.todo.isEmpty()) {
            flow.visit(flow.todo.poll());
        }
        return flow;
    }

    /** True if the gradient reaches the weights of that model. */
    boolean reaches(String model) {
        return reached.contains(model);
    }

    /** What stops the gradient on its way to a model that the loss depends on. */
    Optional<TypedExpr> cut(String model) {
        return Optional.ofNullable(behind.get(model));
    }

    private void visit(Step step) {
        switch (step.expr()) {
            case TypedExpr.Local l -> binding(l.id(), step.cut());
            case TypedExpr.CallOutput o ->
                binding(o.call(), step.cut().or(() -> cuts(o) ? Optional.of(o) : Optional.empty()));
            case TypedExpr.LayerParam p -> model(p.layer(), step.cut());
            case TypedExpr.Apply a -> {
                Optional<TypedExpr> cut = step.cut().or(() -> cuts(a) ? Optional.of(a) : Optional.empty());
                a.operands().forEach(o -> todo.add(new Step(o, cut)));
            }
            case TypedExpr.Input _, TypedExpr.Param _, TypedExpr.Number _, TypedExpr.Setting _ -> {}
        }
    }

    /** Whole numbers and truth values have no gradient. */
    private static boolean cuts(TypedExpr expr) {
        boolean named = expr instanceof TypedExpr.Apply a && CUTS.contains(word(a));
        return named || !expr.type().dtype().isFloat();
    }

    /** The function, in words. */
    static String word(TypedExpr.Apply apply) {
        Primitive primitive = apply.primitive();
        return primitive.text();
    }

    private void binding(int id, Optional<TypedExpr> cut) {
        if (!(cut.isPresent() ? seenCut : seenFree).add(id)) {
            return;
        }
        switch (body.binding(id)) {
            case Binding.Value v -> todo.add(new Step(v.value(), cut));
            case Binding.Call k -> {
                model(k.layer(), cut);
                k.operands().forEach(o -> todo.add(new Step(o, cut)));
            }
        }
    }

    private void model(String name, Optional<TypedExpr> cut) {
        if (cut.isPresent()) {
            behind.putIfAbsent(name, cut.get());
        } else {
            reached.add(name);
        }
    }

    /** In words: what the dtype or the function is. */
    static String reason(TypedExpr cut) {
        DType dtype = cut.type().dtype();
        return cut instanceof TypedExpr.Apply a && CUTS.contains(word(a))
                ? "`" + word(a) + "` has no gradient"
                : "it is " + dtype.text() + " here, which has no gradient";
    }
}
