package dev.nnd.compiler.lower;

import dev.nnd.compiler.typed.TypedBlock;
import dev.nnd.compiler.typed.TypedExpr;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds what some results of a body are computed from: a statement does not call the models that only others need. */
final class Needed {

    private final List<TypedBlock.Binding> body;
    private final Map<Integer, TypedBlock.Binding> byId = new HashMap<>();

    Needed(List<TypedBlock.Binding> body) {
        this.body = body;
        body.forEach(b -> byId.put(b.id(), b));
    }

    /** The bindings that the results need, in the order of the body. */
    List<TypedBlock.Binding> of(Collection<TypedExpr> results) {
        Set<Integer> needed = new HashSet<>();
        Deque<TypedExpr> open = new ArrayDeque<>(results);
        while (!open.isEmpty()) {
            switch (open.pop()) {
                case TypedExpr.Local local -> need(local.id(), needed, open);
                case TypedExpr.CallOutput output -> need(output.call(), needed, open);
                case TypedExpr.Apply apply -> open.addAll(apply.operands());
                case TypedExpr.Input _,
                        TypedExpr.Param _,
                        TypedExpr.LayerParam _,
                        TypedExpr.Number _,
                        TypedExpr.Setting _ -> {}
            }
        }
        return body.stream().filter(b -> needed.contains(b.id())).toList();
    }

    private void need(int id, Set<Integer> needed, Deque<TypedExpr> open) {
        if (!needed.add(id)) {
            return;
        }
        switch (byId.get(id)) {
            case TypedBlock.Binding.Value value -> open.push(value.value());
            case TypedBlock.Binding.Call call -> open.addAll(call.operands());
            case null -> throw new IllegalStateException("no binding " + id);
        }
    }
}
