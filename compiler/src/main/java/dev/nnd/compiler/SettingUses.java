package dev.nnd.compiler;

import dev.nnd.compiler.typed.TypedBlock;
import dev.nnd.compiler.typed.TypedExpr;
import dev.nnd.compiler.typed.TypedTrain;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Finds the settings that a loss or a metric computes with; optimizers may use them, programs can't yet. */
final class SettingUses {

    private final Set<TypedExpr.Setting> found = new LinkedHashSet<>();

    private SettingUses() {}

    /** The settings in the expressions of a train section, each once. */
    static List<TypedExpr.Setting> in(
            List<TypedBlock.Binding> body, List<TypedTrain.Minimize> minimize, List<TypedTrain.Metric> metrics) {
        var uses = new SettingUses();
        for (TypedBlock.Binding binding : body) {
            switch (binding) {
                case TypedBlock.Binding.Value value -> uses.visit(value.value());
                case TypedBlock.Binding.Call call -> call.operands().forEach(uses::visit);
            }
        }
        minimize.forEach(m -> uses.visit(m.loss()));
        metrics.forEach(m -> uses.visit(m.value()));
        return new ArrayList<>(uses.found);
    }

    private void visit(TypedExpr expression) {
        switch (expression) {
            case TypedExpr.Setting setting -> found.add(setting);
            case TypedExpr.Apply apply -> apply.operands().forEach(this::visit);
            case TypedExpr.Input _,
                    TypedExpr.Param _,
                    TypedExpr.LayerParam _,
                    TypedExpr.Local _,
                    TypedExpr.CallOutput _,
                    TypedExpr.Number _ -> {}
        }
    }
}
