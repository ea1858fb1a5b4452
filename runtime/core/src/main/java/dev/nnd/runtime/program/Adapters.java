package dev.nnd.runtime.program;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.weights.Entry;
import dev.nnd.runtime.weights.Safetensors;
import dev.nnd.runtime.weights.SafetensorsWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Files of low-rank adapters (Hu et al. 2021), which belong to the weights of another file. */
public final class Adapters {

    private Adapters() {}

    /**
     * Adds adapters to the weights that they belong to, and writes these as a plain file of the model without adapters.
     *
     * @param base the weights below; null if they are where the adapters say
     * @return how many weights were changed or replaced
     * @throws NndException if the files can't be read or don't belong together
     */
    public static int merge(Path adapters, @Nullable Path base, Path out) {
        try (var file = opened(adapters)) {
            var noted = BaseWeights.notedIn(file, base);
            try (var below = Safetensors.open(noted.file())) {
                var entries = new AdapterFit(below, noted.names()).entries();
                noted.unused().forEach(entries::remove);
                var writer = writer(file);
                int changed = 0;
                var rest = new LinkedHashSet<>(file.entries().keySet());
                for (var entry : entries.entrySet()) {
                    var weight = Objects.requireNonNull(below.entries().get(entry.getValue()));
                    changed += merge(file, noted.alpha(), below, entry.getKey(), weight, writer, rest) ? 1 : 0;
                }
                for (String name : List.copyOf(rest)) {
                    if (!isMatrix(name)) {
                        var own = Objects.requireNonNull(file.entries().get(name));
                        writer.add(name, shape(own), into -> file.readFloats(own, into));
                        rest.remove(name);
                        changed++;
                    }
                }
                requireNone(rest, adapters, noted.file());
                writer.write(out);
                return changed;
            }
        }
    }

    private static boolean merge(
            Safetensors file,
            double alpha,
            Safetensors below,
            String name,
            Entry weight,
            SafetensorsWriter writer,
            Set<String> rest) {
        var own = file.entries().get(name);
        if (own != null) {
            rest.remove(name);
            writer.add(name, shape(own), into -> file.readFloats(own, into));
            return true;
        }
        var added = added(file, name, alpha, shape(weight), rest);
        writer.add(name, shape(weight), into -> {
            below.readFloats(weight, into);
            if (added != null) {
                added.addTo(into, 1);
            }
        });
        return added != null;
    }

    /**
     * Takes adapters out of weights that {@link #merge} has added them to. Weights that were trained beside the adapters stay
     * as they are.
     *
     * @return the names of those
     * @throws NndException if the files can't be read or don't belong together
     */
    public static List<String> takeOut(Path merged, Path adapters, Path out) {
        try (var file = opened(adapters);
                var whole = Safetensors.open(merged)) {
            if (BaseWeights.isNotedIn(whole)) {
                throw new NndException(merged + " holds adapters, not weights that adapters were added to.");
            }
            double alpha = BaseWeights.alphaOf(file);
            var rest = new LinkedHashSet<>(file.entries().keySet());
            var writer = writer(file);
            for (var weight : whole.entries().values()) {
                var added = added(file, weight.name(), alpha, shape(weight), rest);
                writer.add(weight.name(), shape(weight), into -> {
                    whole.readFloats(weight, into);
                    if (added != null) {
                        added.addTo(into, -1);
                    }
                });
            }
            var kept = rest.stream().filter(n -> !isMatrix(n)).toList();
            rest.removeAll(kept);
            requireNone(rest, adapters, merged);
            writer.write(out);
            return kept;
        }
    }

    private static void requireNone(Set<String> rest, Path adapters, Path weights) {
        if (!rest.isEmpty()) {
            throw new NndException(
                    weights + " has no weights that belong to "
                            + rest.iterator().next() + (rest.size() == 1 ? "" : " and " + (rest.size() - 1) + " more")
                            + " of " + adapters + ".",
                    "use the weights that the adapters were trained on",
                    null);
        }
    }

    /** The values of a model: of adapters, or of what is below them. */
    static WeightsSource over(Safetensors file, BaseWeights noted, String model, List<Parameter> parameters) {
        var below = Safetensors.open(noted.file());
        try {
            Set<String> names = parameters.stream().map(Parameter::name).collect(Collectors.toSet());
            var rest = new LinkedHashSet<>(file.entries().keySet());
            var fit = new AdapterFit(below, noted.names());
            fit.check(
                    model,
                    parameters.stream().filter(p -> !rest.contains(p.name())).toList(),
                    List.of());
            Map<String, LowRank> merged = new LinkedHashMap<>();
            for (var parameter : parameters) {
                requireShape(file, parameter);
                rest.remove(parameter.name());
                String layer = AdapterFit.layer(parameter.name());
                if (!names.contains(layer + AdapterFit.DOWN)) {
                    var added = added(file, parameter.name(), noted.alpha(), parameter.dims(), rest);
                    if (added != null) {
                        merged.put(parameter.name(), added);
                    }
                }
            }
            for (var name : names) {
                if (isMatrix(name) && !file.entries().containsKey(name)) {
                    throw new NndException(file.file() + " has no " + name + ", which " + model + " needs.");
                }
            }
            requireNone(rest, file.file(), noted.file());
            return new WeightsSource.Adapted(below, fit.names(), file, merged);
        } catch (RuntimeException failed) {
            below.close();
            throw failed;
        }
    }

    private static void requireShape(Safetensors file, Parameter parameter) {
        var own = file.entries().get(parameter.name());
        if (own != null && !WeightsSource.Loaded.sameShape(own, parameter)) {
            throw new NndException(
                    file.file() + " does not fit: " + own.name() + " is " + own.shape() + " in the file but must be "
                            + Arrays.toString(parameter.dims()) + ".",
                    "use the model that the adapters were trained with",
                    null);
        }
    }

    private static Safetensors opened(Path adapters) {
        var file = Safetensors.open(adapters);
        if (!BaseWeights.isNotedIn(file)) {
            file.close();
            throw new NndException(
                    adapters + " is no file of adapters: it does not note the weights below them.",
                    "give a file adapters.safetensors that `nnd train` has written",
                    null);
        }
        return file;
    }

    /** What a file has to add to a weight; removes its matrices from the rest. */
    private static @Nullable LowRank added(
            Safetensors file, String weight, double alpha, long[] dims, Set<String> rest) {
        String layer = AdapterFit.layer(weight);
        boolean any = rest.remove(layer + AdapterFit.DOWN) | rest.remove(layer + AdapterFit.UP);
        return any && !layer.equals(weight) ? LowRank.of(file, layer, alpha, dims) : null;
    }

    /** True for the name of one of an adapter's two matrices. */
    static boolean isMatrix(String name) {
        return name.endsWith(AdapterFit.DOWN) || name.endsWith(AdapterFit.UP);
    }

    /** A file that keeps what the adapters' one notes of the model. */
    private static SafetensorsWriter writer(Safetensors adapters) {
        var writer = new SafetensorsWriter();
        adapters.metadata().forEach((key, value) -> {
            if (key.equals(ParameterSet.MODEL_KEY) || key.startsWith(WeightShapes.SIZE_KEY)) {
                writer.metadata(key, value);
            }
        });
        return writer;
    }

    private static long[] shape(Entry entry) {
        return entry.shape().stream().mapToLong(Long::longValue).toArray();
    }
}
