package dev.nnd.runtime.program;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.weights.Entry;
import dev.nnd.runtime.weights.Safetensors;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Where the values of a set of parameters come from: row-major floats, one parameter at a time. */
sealed interface WeightsSource extends AutoCloseable {

    /** Writes the values of a parameter. */
    void fill(Parameter parameter, MemorySegment out);

    @Override
    void close();

    /** All zero: nobody has initialized or loaded the set. */
    record Zeros() implements WeightsSource {
        @Override
        public void fill(Parameter parameter, MemorySegment out) {
            out.fill((byte) 0);
        }

        @Override
        public void close() {}
    }

    /** The initializers under a seed. */
    record Seeded(long seed) implements WeightsSource {
        @Override
        public void fill(Parameter parameter, MemorySegment out) {
            parameter.initializer().fill(out, seed, parameter.name());
        }

        @Override
        public void close() {}
    }

    /**
     * A file for some of the parameters, over another source for the others.
     *
     * @param names the entries in the file by the parameters' names
     */
    record Overlaid(WeightsSource below, Safetensors file, Map<String, String> names) implements WeightsSource {

        @Override
        public void fill(Parameter parameter, MemorySegment out) {
            String name = names.get(parameter.name());
            if (name == null) {
                below.fill(parameter, out);
            } else {
                file.readFloats(Objects.requireNonNull(file.entries().get(name)), out);
            }
        }

        @Override
        public void close() {
            file.close();
            below.close();
        }
    }

    /**
     * Adapters over the weights that they belong to.
     *
     * @param names the entries of the base by the parameters' names
     * @param merged what is added to weights of the base, for a model that has no adapters of its own
     */
    record Adapted(Safetensors base, Map<String, String> names, Safetensors adapters, Map<String, LowRank> merged)
            implements WeightsSource {

        @Override
        public void fill(Parameter parameter, MemorySegment out) {
            var own = adapters.entries().get(parameter.name());
            if (own != null) {
                adapters.readFloats(own, out);
                return;
            }
            var entry = base.entries().get(Objects.requireNonNull(names.get(parameter.name())));
            base.readFloats(Objects.requireNonNull(entry), out);
            var added = merged.get(parameter.name());
            if (added != null) {
                added.addTo(out, 1);
            }
        }

        @Override
        public void close() {
            adapters.close();
            base.close();
        }
    }

    /** A file whose names and shapes fit; {@code prefix} stands before the parameters' names in it. */
    record Loaded(Safetensors file, String prefix) implements WeightsSource {

        private static final int SHOWN = 5;

        @Override
        public void fill(Parameter parameter, MemorySegment out) {
            file.readFloats(Objects.requireNonNull(file.entries().get(prefix + parameter.name())), out);
        }

        @Override
        public void close() {
            file.close();
        }

        /** Compares the file with what a model needs and reports all differences at once. */
        void requireFit(String model, List<Parameter> parameters, List<String> prefixes) {
            requireFit(model, parameters, prefixes, Set.of());
        }

        /** The same, where others look at some of the file's entries. */
        void requireFit(String model, List<Parameter> parameters, List<String> prefixes, Set<String> others) {
            var missing = new ArrayList<String>();
            var misshapen = new ArrayList<String>();
            var unexpected = new HashSet<>(file.entries().keySet());
            unexpected.removeAll(others);
            for (String each : prefixes) {
                for (var parameter : parameters) {
                    String name = each + parameter.name();
                    unexpected.remove(name);
                    var entry = file.entries().get(name);
                    if (entry == null) {
                        missing.add(name + " f32" + Arrays.toString(parameter.dims()));
                    } else if (!sameShape(entry, parameter)) {
                        misshapen.add(name + " is " + entry.shape() + " in the file but must be "
                                + Arrays.toString(parameter.dims()));
                    }
                }
            }
            if (missing.isEmpty() && misshapen.isEmpty() && unexpected.isEmpty()) {
                return;
            }
            var message = new StringBuilder(file.file() + " does not hold the weights of " + model + ".");
            append(message, "Missing", missing);
            append(message, "Of another shape", misshapen);
            append(message, "Unexpected", unexpected.stream().sorted().toList());
            throw new NndException(message.toString(), advice(model), null);
        }

        static boolean sameShape(Entry entry, Parameter parameter) {
            return Arrays.equals(
                    entry.shape().stream().mapToLong(Long::longValue).toArray(), parameter.dims());
        }

        private String advice(String model) {
            String writer = file.metadata().get(ParameterSet.MODEL_KEY);
            String origin = writer == null ? "" : "the file was saved by " + writer + "; ";
            return origin + "load a file that " + model + " has saved, or train it again if the model has changed";
        }

        static void append(StringBuilder message, String title, List<String> items) {
            if (!items.isEmpty()) {
                message.append(' ').append(title).append(": ");
                message.append(String.join(", ", items.subList(0, Math.min(SHOWN, items.size()))));
                message.append(items.size() > SHOWN ? " and " + (items.size() - SHOWN) + " more." : ".");
            }
        }
    }
}
