package dev.nnd.compiler.check;

import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.typed.OptimizerSpec;
import dev.nnd.compiler.typed.OptimizerSpec.ScalarExpr;
import dev.nnd.compiler.typed.Schedule;
import dev.nnd.compiler.typed.TypedBlock.Binding;
import dev.nnd.compiler.typed.TypedExpr;
import dev.nnd.compiler.typed.TypedTrain;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Puts the defaults of settings that are fixed at compile time in the places where they are read at run time. */
record FixedSettings(Settings settings) {

    List<Binding> body(List<Binding> bindings) {
        return bindings.stream()
                .<Binding>map(b -> switch (b) {
                    case Binding.Value v -> new Binding.Value(v.id(), v.name(), expr(v.value()));
                    case Binding.Call k ->
                        new Binding.Call(
                                k.id(),
                                k.layer(),
                                k.block(),
                                k.operands().stream().map(this::expr).toList(),
                                k.span());
                })
                .toList();
    }

    List<TypedTrain.Minimize> minimize(List<TypedTrain.Minimize> all) {
        return all.stream()
                .map(m -> new TypedTrain.Minimize(expr(m.loss()), m.over(), optimizer(m.optimizer()), m.span()))
                .toList();
    }

    List<TypedTrain.Metric> metrics(List<TypedTrain.Metric> all) {
        return all.stream()
                .map(m ->
                        new TypedTrain.Metric(m.name(), m.aggregation(), expr(m.value()), m.higherIsBetter(), m.span()))
                .toList();
    }

    private TypedExpr expr(TypedExpr expr) {
        return switch (expr) {
            case TypedExpr.Setting s
            when settings.isFixed(s.name()) -> new TypedExpr.Number(standard(s.name()), DType.F32, s.span());
            case TypedExpr.Apply a ->
                new TypedExpr.Apply(
                        a.primitive(),
                        a.operands().stream().map(this::expr).toList(),
                        a.attributes(),
                        a.type(),
                        a.span());
            case TypedExpr other -> other;
        };
    }

    private double standard(String setting) {
        return settings.standard(new ScalarExpr.Setting(setting));
    }

    private OptimizerSpec optimizer(OptimizerSpec spec) {
        return new OptimizerSpec(spec.kind(), scalars(spec.arguments()), spec.noDecay(), scalars(spec.rateScales()));
    }

    private Map<String, ScalarExpr> scalars(Map<String, ScalarExpr> all) {
        var done = new LinkedHashMap<String, ScalarExpr>();
        all.forEach((name, value) -> done.put(name, scalar(value)));
        return done;
    }

    private ScalarExpr scalar(ScalarExpr expr) {
        return switch (expr) {
            case ScalarExpr.Number n -> n;
            case ScalarExpr.Setting(String name) ->
                settings.isFixed(name) ? new ScalarExpr.Number(standard(name)) : expr;
            case ScalarExpr.Binary b -> new ScalarExpr.Binary(b.function(), scalar(b.left()), scalar(b.right()));
            case ScalarExpr.Scheduled(Schedule s) ->
                new ScalarExpr.Scheduled(new Schedule(
                        s.kind(),
                        scalars(s.numbers()),
                        s.times(),
                        s.values().stream().map(this::scalar).toList(),
                        s.boundaries()));
        };
    }
}
