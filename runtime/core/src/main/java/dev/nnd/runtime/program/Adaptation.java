package dev.nnd.runtime.program;

import dev.nnd.runtime.weights.Safetensors;
import dev.nnd.runtime.weights.SafetensorsWriter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What adapters among the parameters of a set belong to, and what else is trained with them. */
final class Adaptation {

    private @Nullable BaseWeights base;
    private Set<String> moved = Set.of();

    /** True once it is known. */
    boolean begun() {
        return base != null;
    }

    /** Compares a file with what is not trained, and notes it as what the adapters belong to. */
    AdapterFit begin(
            Safetensors file,
            double alpha,
            Set<String> movedBuffers,
            Map<String, String> mapping,
            String model,
            List<Parameter> parameters) {
        moved = Set.copyOf(movedBuffers);
        var renamed = mapping.entrySet().stream()
                .map(e -> new BaseWeights.Renamed(e.getKey(), e.getValue()))
                .toList();
        var fit = new AdapterFit(file, BaseWeights.names(renamed));
        fit.check(
                model, parameters, own(parameters).stream().map(Parameter::name).toList());
        base = new BaseWeights(file.file(), BaseWeights.sha256(file.file()), alpha, renamed, fit.unused());
        return fit;
    }

    /** The values in a file of adapters and in that which they belong to. */
    WeightsSource load(Safetensors file, String model, List<Parameter> parameters) {
        var saved = BaseWeights.notedIn(file, base == null ? null : base.file());
        if (base != null) {
            base.requireSame(saved, file.file());
        }
        var source = Adapters.over(file, saved, model, parameters);
        if (base == null && parameters.stream().anyMatch(p -> Adapters.isMatrix(p.name()))) {
            base = saved;
        }
        return source;
    }

    /** Notes in a file of adapters what they belong to. */
    void noteIn(SafetensorsWriter writer) {
        if (base == null) {
            throw new IllegalStateException("there are no adapters");
        }
        base.noteIn(writer);
    }

    /** What training changes. */
    List<Parameter> own(List<Parameter> parameters) {
        return parameters.stream()
                .filter(p -> p.trained() || moved.contains(p.name()))
                .toList();
    }
}
