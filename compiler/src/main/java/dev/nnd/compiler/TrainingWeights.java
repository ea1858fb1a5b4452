package dev.nnd.compiler;

import dev.nnd.compiler.emit.JavaNames;
import dev.nnd.compiler.lower.LoweredParameter;
import dev.nnd.compiler.lower.TrainingLowering;
import dev.nnd.compiler.typed.OptimizerSpec;
import dev.nnd.compiler.typed.OptimizerSpec.ScalarExpr;
import dev.nnd.compiler.typed.Primitive;
import dev.nnd.compiler.typed.TypedTrain;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Divides the parameters of a train section into groups that are updated alike: by the same statements, and in each of them
 * with weight decay or without. Each group is one range of memory, so that an update is one call.
 */
final class TrainingWeights {

    /**
     * How a statement treats a parameter.
     *
     * @param changed at all
     * @param decayed by {@code weight_decay}
     * @param rateScale what the rate is multiplied by; empty for nothing
     */
    private record Use(boolean changed, boolean decayed, Optional<ScalarExpr> rateScale) {

        private static final Use NONE = new Use(false, false, Optional.empty());
    }

    private final TypedTrain train;
    private final Map<List<Use>, CompiledFile.Group> groups = new LinkedHashMap<>();
    private final List<LoweredParameter> kept = new ArrayList<>();

    TrainingWeights(TypedTrain train, List<LoweredParameter> parameters) {
        this.train = train;
        Map<List<Use>, List<LoweredParameter>> found = new LinkedHashMap<>();
        for (LoweredParameter parameter : parameters) {
            Optional<List<Use>> uses = parameter.trained() ? uses(parameter) : Optional.empty();
            uses.ifPresentOrElse(
                    u -> found.computeIfAbsent(u, _ -> new ArrayList<>()).add(parameter), () -> kept.add(parameter));
        }
        var names = new JavaNames(List.of("all", "parameters"));
        found.forEach((uses, members) ->
                groups.put(uses, new CompiledFile.Group(names.unique(name(uses, members)), members)));
    }

    /** What each statement does to a parameter; empty if none changes it. */
    private Optional<List<Use>> uses(LoweredParameter parameter) {
        TypedTrain.Trained model = model(parameter);
        String inModel =
                parameter.path().substring(TrainingLowering.prefix(train, model).length());
        boolean frozen = model.frozen() || model.frozenWeights().contains(inModel);
        var uses = new ArrayList<Use>();
        for (TypedTrain.Minimize minimize : train.minimize()) {
            boolean changed = !frozen && minimize.over().contains(model.name());
            boolean decayed = !minimize.optimizer().noDecay().contains(model.name() + "." + inModel);
            Optional<ScalarExpr> scale =
                    Optional.ofNullable(minimize.optimizer().rateScales().get(model.name() + "." + inModel));
            uses.add(changed ? new Use(true, decayed, scale) : Use.NONE);
        }
        return uses.stream().noneMatch(Use::changed) ? Optional.empty() : Optional.of(uses);
    }

    private TypedTrain.Trained model(LoweredParameter parameter) {
        return train.models().stream()
                .filter(m -> parameter.path().startsWith(TrainingLowering.prefix(train, m)))
                .findFirst()
                .orElseThrow();
    }

    private String name(List<Use> uses, List<LoweredParameter> members) {
        List<String> models =
                members.stream().map(m -> model(m).name()).distinct().toList();
        String name = models.size() == 1 ? models.getFirst() : "weights";
        return JavaNames.member(name)
                + (uses.stream().anyMatch(u -> u.changed() && !u.decayed()) ? "Undecayed" : "")
                + (uses.stream().anyMatch(u -> u.rateScale().isPresent()) ? "Scaled" : "");
    }

    /** True if all parameters are of one model and updated alike, so that the model's own weights class serves. */
    boolean plain() {
        return train.models().size() == 1 && groups.size() == 1 && kept.stream().noneMatch(LoweredParameter::trained);
    }

    List<CompiledFile.Group> groups() {
        return List.copyOf(groups.values());
    }

    /** The buffers, and the parameters that stay as they are. */
    List<LoweredParameter> kept() {
        return List.copyOf(kept);
    }

    /** What a statement changes, by the optimizer that does it. */
    Map<OptimizerSpec, List<CompiledFile.Group>> changed(TypedTrain.Minimize minimize) {
        int index = train.minimize().indexOf(minimize);
        OptimizerSpec spec = minimize.optimizer();
        Map<OptimizerSpec, List<CompiledFile.Group>> changed = new LinkedHashMap<>();
        groups.forEach((uses, group) -> {
            if (uses.get(index).changed()) {
                changed.computeIfAbsent(spec(spec, uses.get(index)), _ -> new ArrayList<>())
                        .add(group);
            }
        });
        return changed;
    }

    /** The optimizer as it treats some weights. */
    private static OptimizerSpec spec(OptimizerSpec spec, Use use) {
        if (use.decayed() && use.rateScale().isEmpty()) {
            return spec;
        }
        Map<String, ScalarExpr> arguments = new HashMap<>(spec.arguments());
        if (!use.decayed()) {
            arguments.put("weight_decay", new ScalarExpr.Number(0));
        }
        use.rateScale()
                .ifPresent(scale -> OptimizerSpec.RATES.forEach(
                        name -> arguments.computeIfPresent(name, (_, rate) -> scaled(rate, scale))));
        return new OptimizerSpec(spec.kind(), arguments);
    }

    private static ScalarExpr scaled(ScalarExpr rate, ScalarExpr scale) {
        return new ScalarExpr.Binary(Primitive.MULTIPLY, rate, scale);
    }
}
