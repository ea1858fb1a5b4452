package dev.nnd.compiler.check;

import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.typed.OptimizerSpec.ScalarExpr;
import dev.nnd.compiler.typed.Primitive;
import dev.nnd.compiler.typed.TypedExpr;
import dev.nnd.compiler.typed.TypedTrain;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The {@code float} parameters of a train section. Each can be set at run time, unless it is read where a value must be
 * known at compile time: then it has its default everywhere.
 */
final class Settings {

    private final Map<String, TypedTrain.Setting> all = new LinkedHashMap<>();
    private final Set<String> fixed = new LinkedHashSet<>();

    void add(TypedTrain.Setting setting) {
        all.put(setting.name(), setting);
    }

    Collection<TypedTrain.Setting> all() {
        return all.values();
    }

    Optional<TypedTrain.Setting> named(String name) {
        return Optional.ofNullable(all.get(name));
    }

    boolean isFixed(String name) {
        return fixed.contains(name);
    }

    /** The number of a formula over settings, which are fixed by this; anything else stays as it is. */
    Val fix(Val value) {
        if (!(value instanceof Val.Tensor t)) {
            return value;
        }
        Optional<ScalarExpr> formula = formula(t.expr());
        if (formula.isEmpty()) {
            return value;
        }
        names(formula.get()).forEach(fixed::add);
        return new Val.Const(new Constant.Float(standard(formula.get())));
    }

    /** Arithmetic over settings and numbers; empty for anything else. */
    static Optional<ScalarExpr> formula(TypedExpr expr) {
        return switch (expr) {
            case TypedExpr.Setting s -> Optional.of(new ScalarExpr.Setting(s.name()));
            case TypedExpr.Number n -> Optional.of(new ScalarExpr.Number(n.value()));
            case TypedExpr.Apply a
            when a.primitive() == Primitive.NEGATE ->
                formula(a.operands().getFirst())
                        .map(x -> new ScalarExpr.Binary(Primitive.SUBTRACT, new ScalarExpr.Number(0), x));
            case TypedExpr.Apply a
            when isArithmetic(a.primitive()) -> {
                Optional<ScalarExpr> left = formula(a.operands().get(0));
                Optional<ScalarExpr> right = formula(a.operands().get(1));
                yield left.isPresent() && right.isPresent()
                        ? Optional.of(new ScalarExpr.Binary(a.primitive(), left.get(), right.get()))
                        : Optional.empty();
            }
            case TypedExpr other -> Optional.empty();
        };
    }

    private static boolean isArithmetic(Primitive primitive) {
        return primitive == Primitive.ADD
                || primitive == Primitive.SUBTRACT
                || primitive == Primitive.MULTIPLY
                || primitive == Primitive.DIVIDE;
    }

    /** The value with every setting at its default; not a number if it changes over the run. */
    double standard(ScalarExpr expr) {
        return switch (expr) {
            case ScalarExpr.Number(double value) -> value;
            case ScalarExpr.Setting(String name) ->
                all.containsKey(name) ? all.get(name).value() : Double.NaN;
            case ScalarExpr.Binary b -> apply(b.function(), standard(b.left()), standard(b.right()));
            case ScalarExpr.Scheduled s -> Double.NaN;
        };
    }

    private static double apply(Primitive function, double a, double b) {
        return switch (function) {
            case ADD -> a + b;
            case SUBTRACT -> a - b;
            case MULTIPLY -> a * b;
            case DIVIDE -> a / b;
            default -> throw new IllegalArgumentException(function + " is no arithmetic of settings");
        };
    }

    /** The settings in a number. */
    static Set<String> names(ScalarExpr expr) {
        var names = new LinkedHashSet<String>();
        collect(expr, names);
        return names;
    }

    private static void collect(ScalarExpr expr, Set<String> into) {
        switch (expr) {
            case ScalarExpr.Number n -> {}
            case ScalarExpr.Setting(String name) -> into.add(name);
            case ScalarExpr.Binary b -> {
                collect(b.left(), into);
                collect(b.right(), into);
            }
            case ScalarExpr.Scheduled(var schedule) -> {
                schedule.numbers().values().forEach(n -> collect(n, into));
                schedule.values().forEach(n -> collect(n, into));
            }
        }
    }
}
