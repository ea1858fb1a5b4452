package dev.nnd.runtime.program;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.weights.Safetensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Compares a file with the parameters that are to start from it. The head of a model may be new: a layer at the top of which
 * the file has nothing keeps its first values, and one that only the file has is left alone, both with a note. Anything else
 * that does not fit is an error.
 */
final class PartialFit {

    private final Safetensors file;
    private final String model;
    private final String prefix;
    private final List<Parameter> wanted;
    private final boolean whole;
    /** Entries of the file by the names that they have here, without the prefix. */
    private final Map<String, String> entries = new LinkedHashMap<>();

    private final Map<String, String> names = new LinkedHashMap<>();

    PartialFit(
            Safetensors file,
            String model,
            String prefix,
            List<Parameter> wanted,
            WeightMapping mapping,
            boolean whole) {
        this.file = file;
        this.model = prefix.isEmpty() ? model : model + "." + prefix.substring(0, prefix.length() - 1);
        this.prefix = prefix;
        this.wanted = wanted;
        this.whole = whole;
        file.entries().keySet().stream().sorted().forEach(name -> {
            String before = entries.put(mapping.here(name), name);
            if (before != null) {
                throw new NndException("The mapping makes both " + before + " and " + name + " of " + file.file()
                        + " the weight " + mapping.here(name) + ".");
            }
        });
    }

    /** The entries of the file by the parameters' names. */
    Map<String, String> names() {
        return names;
    }

    /** What is noteworthy; fills {@link #names}. */
    List<String> check() {
        var missing = new LinkedHashMap<String, String>();
        var misshapen = new ArrayList<String>();
        var unexpected = new LinkedHashSet<>(entries.keySet());
        var taken = new LinkedHashSet<String>();
        for (var parameter : wanted) {
            String here = parameter.name().substring(prefix.length());
            String name = entries.get(here);
            unexpected.remove(here);
            if (name == null) {
                missing.put(here, here + " f32" + Arrays.toString(parameter.dims()));
                continue;
            }
            taken.add(layer(here));
            names.put(parameter.name(), name);
            var entry = file.entries().get(name);
            if (entry != null && !WeightsSource.Loaded.sameShape(entry, parameter)) {
                misshapen.add(name + " is " + entry.shape() + " in the file but must be "
                        + Arrays.toString(parameter.dims()));
            }
        }
        boolean head = !whole && !taken.isEmpty();
        Set<String> fresh = head ? absent(missing.keySet(), taken) : Set.of();
        Set<String> foreign = head ? absent(unexpected, layers(wanted)) : Set.of();
        missing.keySet().removeIf(n -> fresh.contains(layer(n)));
        unexpected.removeIf(n -> foreign.contains(layer(n)));
        require(List.copyOf(missing.values()), misshapen, List.copyOf(unexpected));
        return notes(fresh, foreign);
    }

    private void require(List<String> missing, List<String> misshapen, List<String> unexpected) {
        if (missing.isEmpty() && misshapen.isEmpty() && unexpected.isEmpty()) {
            return;
        }
        var message = new StringBuilder(file.file() + " does not hold the weights of " + model + ".");
        WeightsSource.Loaded.append(message, "Missing", missing);
        WeightsSource.Loaded.append(message, "Of another shape", misshapen);
        WeightsSource.Loaded.append(message, "Unexpected", unexpected);
        throw new NndException(
                message.toString(),
                missing.isEmpty() || unexpected.isEmpty()
                        ? null
                        : "if these are the same under other names, add `mapping { \"name in the file\" -> \"name here\" }`",
                null);
    }

    private List<String> notes(Set<String> fresh, Set<String> foreign) {
        var notes = new ArrayList<String>();
        if (!fresh.isEmpty()) {
            notes.add(file.file() + " has nothing of " + String.join(", ", fresh) + " of " + model
                    + ", which starts anew.");
        }
        if (!foreign.isEmpty()) {
            notes.add(model + " has no " + String.join(", ", foreign) + ", so that part of " + file.file()
                    + " is not used.");
        }
        return notes;
    }

    private Set<String> layers(List<Parameter> parameters) {
        return parameters.stream()
                .map(p -> layer(p.name().substring(prefix.length())))
                .collect(Collectors.toSet());
    }

    /** The layers of these names that are not among the others. */
    private static Set<String> absent(Set<String> names, Set<String> others) {
        return names.stream()
                .map(PartialFit::layer)
                .filter(l -> !others.contains(l))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** The part of a name in front of the first dot. */
    private static String layer(String name) {
        int dot = name.indexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }
}
