package dev.nnd.runtime.program;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.weights.Entry;
import dev.nnd.runtime.weights.Safetensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compares the weights below adapters with what a model needs. What stays as it is must be in the file; what is trained
 * beside the adapters starts from the file where its shape is the same; what else the file has is left alone.
 */
final class AdapterFit {

    /** What the two matrices of an adapter are called behind the name of their layer. */
    static final String DOWN = ".lora_A.weight";

    static final String UP = ".lora_B.weight";
    private static final String WEIGHT = ".weight";

    private final Safetensors file;
    private final Map<String, String> entries = new LinkedHashMap<>();
    private final Map<String, String> names = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();

    /** The names of a file in the model's terms. */
    AdapterFit(Safetensors file, WeightMapping mapping) {
        this.file = file;
        file.entries().keySet().stream().sorted().forEach(name -> {
            String before = entries.put(mapping.here(name), name);
            if (before != null) {
                throw new NndException("The mapping makes both " + before + " and " + name + " of " + file.file()
                        + " the weight " + mapping.here(name) + ".");
            }
        });
    }

    /** The entries of the file by their names in the model. */
    Map<String, String> entries() {
        return entries;
    }

    /** Those of them that parameters start from, by the parameters' names. */
    Map<String, String> names() {
        return names;
    }

    List<String> notes() {
        return notes;
    }

    /** What the file has and no parameter takes, in the model's terms. */
    Set<String> unused() {
        Set<String> unused = new LinkedHashSet<>(entries.keySet());
        unused.removeAll(names.keySet());
        return unused;
    }

    /** Compares; {@code own} are the parameters that are trained, adapters among them. */
    void check(String model, List<Parameter> parameters, List<String> own) {
        var missing = new ArrayList<String>();
        var misshapen = new ArrayList<String>();
        var fresh = new ArrayList<String>();
        for (var parameter : parameters) {
            String name = parameter.name();
            if (name.endsWith(DOWN) || name.endsWith(UP)) {
                continue;
            }
            String there = entries.get(name);
            boolean fits = there != null && WeightsSource.Loaded.sameShape(entry(there), parameter);
            if (fits && there != null) {
                names.put(name, there);
            } else if (own.contains(name)) {
                fresh.add(name);
            } else if (there == null) {
                missing.add(name + " f32" + Arrays.toString(parameter.dims()));
            } else {
                misshapen.add(there + " is " + entry(there).shape() + " in the file but must be "
                        + Arrays.toString(parameter.dims()));
            }
        }
        require(model, missing, misshapen);
        if (!fresh.isEmpty()) {
            notes.add(file.file() + " has nothing that fits " + String.join(", ", fresh) + ", which "
                    + (fresh.size() == 1 ? "starts" : "start") + " anew.");
        }
        if (!unused().isEmpty()) {
            notes.add(model + " has no " + String.join(", ", unused()) + ", so that part of " + file.file()
                    + " is not used.");
        }
    }

    private void require(String model, List<String> missing, List<String> misshapen) {
        if (missing.isEmpty() && misshapen.isEmpty()) {
            return;
        }
        var message =
                new StringBuilder(file.file() + " does not hold the weights of " + model + " below its adapters.");
        WeightsSource.Loaded.append(message, "Missing", missing);
        WeightsSource.Loaded.append(message, "Of another shape", misshapen);
        throw new NndException(
                message.toString(),
                missing.isEmpty()
                        ? null
                        : "if these are there under other names, add `mapping { \"name in the file\" -> \"name here\" }`",
                null);
    }

    private Entry entry(String name) {
        var entry = file.entries().get(name);
        if (entry == null) {
            throw new IllegalArgumentException(name);
        }
        return entry;
    }

    /** The layer of a weight that an adapter may belong to; the name itself if it is no such weight. */
    static String layer(String weight) {
        return weight.endsWith(WEIGHT) ? weight.substring(0, weight.length() - WEIGHT.length()) : weight;
    }
}
