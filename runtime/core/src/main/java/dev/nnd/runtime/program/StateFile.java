package dev.nnd.runtime.program;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.weights.Entry;
import dev.nnd.runtime.weights.Safetensors;
import dev.nnd.runtime.weights.SafetensorsWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A file of optimizer states: tensor {@code m/conv.weight} is state m of conv.weight. */
final class StateFile {
    private final ParameterSet all;
    private final List<Parameter> trained;
    private final List<String> names;
    private final Map<String, FactoredSquares.Stored> factored = new LinkedHashMap<>();

    /** States of parameters by their names. */
    StateFile(ParameterSet all, List<Parameter> trained, List<String> names) {
        this.all = all;
        this.trained = trained;
        this.names = names.stream()
                .filter(n -> !n.startsWith(FactoredSquares.PREFIX))
                .toList();
        names.stream()
                .filter(n -> n.startsWith(FactoredSquares.PREFIX))
                .forEach(n -> factored.putAll(all.factored(n).stored(n)));
    }

    void addTo(SafetensorsWriter writer) {
        for (String state : names) {
            var slab = all.state(state);
            for (var parameter : trained) {
                writer.add(
                        state + "/" + parameter.name(),
                        parameter.dims(),
                        out -> parameter.value().layout().toRowMajor(Slab.part(slab, parameter), out));
            }
        }
        factored.forEach((name, stored) -> writer.add(name, stored.dims(), out -> out.copyFrom(stored.floats())));
    }

    void read(Safetensors file, String model) {
        var prefixes = names.stream().map(state -> state + "/").toList();
        new WeightsSource.Loaded(file, "").requireFit(model, trained, prefixes, factored.keySet());
        Map<String, Entry> entries = new LinkedHashMap<>();
        var wrong = new ArrayList<String>();
        factored.forEach((name, stored) -> {
            var entry = file.entries().get(name);
            boolean fits = entry != null
                    && Arrays.equals(
                            entry.shape().stream().mapToLong(Long::longValue).toArray(), stored.dims());
            if (fits && entry != null) {
                entries.put(name, entry);
            } else {
                wrong.add(name + " f32" + Arrays.toString(stored.dims()));
            }
        });
        if (!wrong.isEmpty()) {
            var message = new StringBuilder(file.file() + " does not hold the optimizer's states of " + model + ".");
            WeightsSource.Loaded.append(message, "Missing or of another shape", wrong);
            throw new NndException(message.toString());
        }
        for (String state : names) {
            Slab.fill(trained, all.state(state), new WeightsSource.Loaded(file, state + "/"));
        }
        entries.forEach((name, entry) -> {
            var stored = factored.get(name);
            if (stored != null) {
                file.readFloats(entry, stored.floats());
            }
        });
    }
}
