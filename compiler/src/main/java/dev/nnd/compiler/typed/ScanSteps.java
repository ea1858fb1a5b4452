package dev.nnd.compiler.typed;

import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.Dim;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Adds up what the values of one body cost. A value that depends on the entry or the state of a {@code scan} is computed
 * once a step, until it is collected or is the last state.
 */
final class ScanSteps {

    private final Function<TypedExpr.Apply, Dim> price;

    /** The scans, by their numbers, in which the value bound under an id is computed, with their steps. */
    private final Map<Integer, Map<Constant, Dim>> around = new HashMap<>();

    private final Map<Constant, Dim> steps = new HashMap<>();
    private Dim cost = Dim.ZERO;

    /** @param price what computing a primitive once costs */
    ScanSteps(Function<TypedExpr.Apply, Dim> price) {
        this.price = price;
    }

    /** All that was counted. */
    Dim cost() {
        return cost;
    }

    /** Counts a value that has a number. */
    void bind(TypedBlock.Binding.Value value) {
        around.put(value.id(), count(value.value()));
    }

    /** Counts the operands of a call; says how often it happens. */
    Dim bind(TypedBlock.Binding.Call call) {
        Map<Constant, Dim> scans = count(call.operands());
        around.put(call.id(), scans);
        return Dim.product(List.copyOf(scans.values()));
    }

    /** Counts an expression; gives the scans that it is in. */
    Map<Constant, Dim> count(TypedExpr expr) {
        return switch (expr) {
            case TypedExpr.Local l -> around.getOrDefault(l.id(), Map.of());
            case TypedExpr.CallOutput o -> around.getOrDefault(o.call(), Map.of());
            case TypedExpr.Apply a -> count(a);
            case TypedExpr.Input i -> Map.of();
            case TypedExpr.Param p -> Map.of();
            case TypedExpr.LayerParam p -> Map.of();
            case TypedExpr.Number n -> Map.of();
            case TypedExpr.Setting s -> Map.of();
        };
    }

    private Map<Constant, Dim> count(List<TypedExpr> operands) {
        Map<Constant, Dim> scans = Map.of();
        for (TypedExpr operand : operands) {
            Map<Constant, Dim> more = count(operand);
            if (scans.isEmpty()) {
                scans = more;
            } else if (!scans.equals(more) && !more.isEmpty()) {
                scans = new HashMap<>(scans);
                scans.putAll(more);
            }
        }
        return scans;
    }

    private Map<Constant, Dim> count(TypedExpr.Apply apply) {
        Map<Constant, Dim> scans = count(apply.operands());
        cost = cost.plus(price.apply(apply).times(Dim.product(List.copyOf(scans.values()))));
        return switch (apply.primitive()) {
            case SCAN_STEP -> {
                int axis = axis(apply);
                steps.put(number(apply), apply.operands().getFirst().type().dim(axis));
                yield with(scans, number(apply));
            }
            case SCAN_STATE -> with(scans, number(apply));
            case SCAN_COLLECT, SCAN_LAST -> {
                var outside = new HashMap<>(scans);
                outside.remove(number(apply));
                yield outside;
            }
            default -> scans;
        };
    }

    private Map<Constant, Dim> with(Map<Constant, Dim> scans, Constant number) {
        var inside = new HashMap<>(scans);
        inside.put(number, steps.getOrDefault(number, Dim.ONE));
        return inside;
    }

    private static Constant number(TypedExpr.Apply apply) {
        return apply.attributes().getFirst();
    }

    private static int axis(TypedExpr.Apply apply) {
        return apply.attributes().get(1) instanceof Constant.Int(Dim axis)
                ? Math.toIntExact(axis.constant().orElse(0))
                : 0;
    }
}
