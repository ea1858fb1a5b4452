package dev.nnd.compiler.keras;

import dev.nnd.compiler.hdf5.Group;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the layers of a file without a config are, as far as its names and sizes tell. */
final class GuessedLayers {

    private static final int DEEPEST = 16;

    private final List<Guess> found = new ArrayList<>();

    private GuessedLayers() {}

    /**
     * A layer.
     *
     * @param prefix the models around it
     */
    record Guess(String prefix, Layer layer, Store store) {}

    static List<Guess> of(Store store) {
        var all = new GuessedLayers();
        switch (store) {
            case NumberedStore numbered -> all.numbered("", numbered, 0);
            case NamedStore named -> named.layers().forEach(name -> all.named(name, named));
        }
        return all.found;
    }

    private static Layer layer(String name, String kind, String key, Map<String, @Nullable Object> config) {
        return new Layer(name, kind, new Config(config), key, List.of(), Optional.empty());
    }

    // The new form: the key of a layer is its class.

    private void numbered(String prefix, NumberedStore store, int depth) {
        if (depth > DEEPEST) {
            throw new KerasProblem("models are nested more than " + DEEPEST + " deep");
        }
        store.groups().forEach((key, group) -> {
            String name = group.group("vars").flatMap(v -> v.text("name")).orElse(key);
            Optional<NumberedStore> inside = NumberedStore.of(group);
            if (inside.isPresent()) {
                numbered(prefix + name + ".", inside.get(), depth + 1);
            } else if (arrays(group, 0) > 0) {
                numbered(prefix, store, key, name);
            }
        });
    }

    private void numbered(String prefix, NumberedStore store, String key, String name) {
        Layer bare = layer(name, "", key, Map.of());
        String kind = LayerSlots.kinds().stream()
                .filter(k -> key.matches(Layer.snake(k) + "(_\\d+)?"))
                .findFirst()
                .orElse("");
        if (key.matches("bidirectional(_\\d+)?")) {
            found.add(new Guess(prefix, pair(store, bare), store));
        } else if (key.matches("time_distributed(_\\d+)?")) {
            found.add(new Guess(prefix, everyStep(store, bare), store));
        } else if (kind.isEmpty()) {
            throw new KerasProblem("layer `" + KerasProblem.shown(name) + "`: its class cannot be told from `"
                    + KerasProblem.shown(key) + "`, and the file has no config; the weights of "
                    + String.join(", ", LayerSlots.kinds()) + " and Bidirectional are read");
        } else {
            found.add(new Guess(prefix, layer(name, kind, key, flags(store, bare, kind, "")), store));
        }
    }

    /** A layer in both directions: the sizes of its kernels tell which. */
    private static Layer pair(NumberedStore store, Layer bare) {
        String forward = "forward_layer/cell";
        var kernel = store.find(bare, Slot.of("recurrent_kernel").in(forward, ""), 1);
        String kind = recurrent(kernel.map(k -> k.dims()).orElse(List.of()), bare.name());
        Map<String, @Nullable Object> inner = new HashMap<>();
        inner.put("class_name", kind);
        inner.put("config", flags(store, bare, kind, "forward_layer"));
        return layer(bare.name(), "Bidirectional", bare.key(), Map.of("layer", inner));
    }

    /** A layer for every step: of those that are supported the dense one alone has a matrix. */
    private static Layer everyStep(NumberedStore store, Layer bare) {
        var first = store.find(bare, Slot.of("kernel").in("layer", ""), 0);
        String kind = first.filter(d -> d.dims().size() == 2).isPresent() ? "Dense" : "LayerNormalization";
        Map<String, @Nullable Object> inner = new HashMap<>();
        inner.put("class_name", kind);
        inner.put("config", flags(store, bare, kind, "layer"));
        return layer(bare.name(), "TimeDistributed", bare.key(), Map.of("layer", inner));
    }

    private static String recurrent(List<Long> sizes, String name) {
        if (sizes.size() == 2 && sizes.getFirst() > 0) {
            long gates = sizes.getLast() / sizes.getFirst();
            if (gates == 4 || gates == 3 || gates == 1) {
                return gates == 4 ? "LSTM" : gates == 3 ? "GRU" : "SimpleRNN";
            }
        }
        throw new KerasProblem("layer `" + KerasProblem.shown(name) + "`: its recurrent kernel of sizes " + sizes
                + " fits no LSTM, GRU or SimpleRNN");
    }

    private static int arrays(Group group, int depth) {
        int count = 0;
        for (String name : group.names()) {
            Optional<Group> inner = group.group(name);
            count += inner.isEmpty() ? 1 : depth > DEEPEST ? 0 : arrays(inner.get(), depth + 1);
        }
        return count;
    }

    /** Which of the arrays that may be absent are: their number tells, or nothing does. */
    private static Map<String, @Nullable Object> flags(NumberedStore store, Layer bare, String kind, String outer) {
        List<Slot> slots = LayerSlots.of(kind).orElseThrow();
        Map<String, @Nullable Object> flags = new HashMap<>();
        Set<String> parts = slots.stream().map(Slot::part).collect(Collectors.toCollection(TreeSet::new));
        for (String part : parts) {
            List<Slot> all = slots.stream().filter(s -> s.part().equals(part)).toList();
            List<String> optional =
                    all.stream().map(Slot::flag).filter(f -> !f.isEmpty()).toList();
            int there = store.count(bare, outer.isEmpty() ? part : part.isEmpty() ? outer : outer + "/" + part);
            if (there == all.size() - optional.size()) {
                optional.forEach(f -> flags.put(f, false));
            } else if (there != all.size()) {
                throw new KerasProblem("layer `" + KerasProblem.shown(bare.name()) + "` (" + kind + ") has " + there
                        + " arrays, and without a config it is not known which of " + String.join(", ", optional)
                        + " is missing; import the `.keras` file, or the `.h5` that the whole model was saved to");
            }
        }
        return flags;
    }

    // The old form: the arrays have names.

    private void named(String name, NamedStore store) {
        Layer bare = layer(name, "", "", Map.of());
        List<String> names = store.names(bare);
        if (names.isEmpty()) {
            return;
        }
        Set<String> variables = names.stream().map(NamedStore::variable).collect(Collectors.toCollection(TreeSet::new));
        Map<String, @Nullable Object> flags = new HashMap<>();
        flags.put("use_bias", variables.contains("bias"));
        flags.put("scale", variables.contains("gamma"));
        flags.put("center", variables.contains("beta"));
        boolean both = names.stream().anyMatch(n -> n.contains("forward_"));
        String kind = kind(store, bare, variables, both);
        if (both) {
            flags.put("layer", Map.of("class_name", kind, "config", new HashMap<>(flags)));
        }
        found.add(new Guess("", layer(name, both ? "Bidirectional" : kind, "", flags), store));
    }

    private static String kind(NamedStore store, Layer bare, Set<String> variables, boolean both) {
        if (variables.contains("recurrent_kernel")) {
            Slot slot = Slot.of("recurrent_kernel").in("", both ? "forward" : "");
            return recurrent(store.find(bare, slot, 0).map(d -> d.dims()).orElse(List.of()), bare.name());
        }
        if (variables.contains("kernel") && store.names(bare).stream().anyMatch(n -> n.contains("query/"))) {
            return "MultiHeadAttention";
        }
        if (variables.contains("pointwise_kernel")) {
            return "SeparableConv" + axes(store, bare, "pointwise_kernel") + "D";
        }
        if (variables.contains("depthwise_kernel")) {
            return "DepthwiseConv" + axes(store, bare, "depthwise_kernel") + "D";
        }
        if (variables.contains("kernel")) {
            int axes = axes(store, bare, "kernel");
            return axes == 0 ? "Dense" : (bare.name().startsWith("depthwise") ? "Depthwise" : "") + "Conv" + axes + "D";
        }
        if (variables.contains("moving_mean")) {
            return "BatchNormalization";
        }
        if (variables.contains("gamma") || variables.contains("beta")) {
            return "LayerNormalization";
        }
        if (variables.contains("embeddings")) {
            return "Embedding";
        }
        throw new KerasProblem("layer `" + KerasProblem.shown(bare.name())
                + "`: its class cannot be told from its arrays " + variables + ", and the file has no config");
    }

    private static int axes(NamedStore store, Layer bare, String variable) {
        return store.find(bare, Slot.of(variable), 0).map(d -> d.dims().size()).orElse(2) - 2;
    }
}
