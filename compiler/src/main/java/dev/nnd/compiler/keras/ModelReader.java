package dev.nnd.compiler.keras;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a model's config, of Keras 2 and 3. */
final class ModelReader {

    /** A free size. */
    static final long FREE = -1;

    private static final int DEEPEST = 16;
    private static final int MOST_LAYERS = 20_000;

    private ModelReader() {}

    static Model read(Config whole) {
        return model(whole, 0);
    }

    private static Model model(Config whole, int depth) {
        String kind = whole.text("class_name", "");
        if (!isModel(kind)) {
            throw new KerasProblem(
                    "the model is of the class `" + KerasProblem.shown(kind) + "`, whose code is not in the file",
                    "Sequential and Functional models are read; `--weights` writes the weights alone");
        }
        if (depth > DEEPEST) {
            throw new KerasProblem("models are nested more than " + DEEPEST + " deep");
        }
        Config config = whole.inner("config");
        boolean sequential = kind.equals("Sequential");
        List<?> list = whole.get("config") instanceof List<?> old ? old : Json.list(config.get("layers"));
        if (list.isEmpty() || list.size() > MOST_LAYERS) {
            throw new KerasProblem("the model has " + list.size() + " layers");
        }
        var layers = new ArrayList<Layer>();
        var counts = new HashMap<String, Integer>();
        Set<String> names = new HashSet<>();
        for (Object item : list) {
            Layer layer = layer(Config.of(item), counts, depth);
            if (!names.add(layer.name())) {
                throw new KerasProblem("two layers are called `" + KerasProblem.shown(layer.name()) + "`");
            }
            layers.add(layer);
        }
        Optional<List<Long>> shape = shape(config.get("build_input_shape"))
                .or(() -> shape(whole.inner("build_config").get("input_shape")));
        return new Model(
                config.text("name", "model"),
                sequential,
                layers,
                refs(config.get("input_layers")),
                refs(config.get("output_layers")),
                shape);
    }

    static boolean isModel(String kind) {
        return kind.equals("Sequential") || kind.equals("Functional") || kind.equals("Model");
    }

    private static Layer layer(Config whole, Map<String, Integer> counts, int depth) {
        String kind = whole.text("class_name", "");
        int angle = kind.lastIndexOf('>');
        String plain = angle < 0 ? kind : kind.substring(angle + 1);
        Config config = whole.inner("config");
        String name = whole.text("name", config.text("name", ""));
        if (name.isEmpty() || plain.isEmpty()) {
            throw new KerasProblem("its config has a layer without a name or a class");
        }
        String word = Layer.snake(plain);
        int count = counts.merge(word, 1, Integer::sum) - 1;
        Optional<Model> inner = isModel(plain) ? Optional.of(model(whole, depth + 1)) : Optional.empty();
        return new Layer(
                name, plain, config, count == 0 ? word : word + "_" + count, calls(whole.get("inbound_nodes")), inner);
    }

    private static List<Layer.Call> calls(@Nullable Object nodes) {
        var calls = new ArrayList<Layer.Call>();
        for (Object node : Json.list(nodes)) {
            calls.add(node instanceof Map<?, ?> map ? call(Config.of(map)) : oldCall(Json.list(node)));
        }
        return calls;
    }

    /** {@code {"args": [tensors], "kwargs": {}}}. */
    private static Layer.Call call(Config node) {
        var inputs = new ArrayList<Layer.Argument>();
        collect(node.get("args"), inputs);
        var named = new LinkedHashMap<String, Layer.Argument>();
        Map<String, @Nullable Object> options = new LinkedHashMap<>();
        node.inner("kwargs").values().forEach((name, value) -> {
            var found = new ArrayList<Layer.Argument>();
            if (Config.of(value).text("class_name", "").equals("__keras_tensor__")) {
                collect(value, found);
            }
            if (found.size() == 1) {
                named.put(name, found.getFirst());
            } else {
                options.put(name, value);
            }
        });
        return new Layer.Call(inputs, named, options);
    }

    private static void collect(@Nullable Object value, List<Layer.Argument> into) {
        switch (value) {
            case List<?> list -> list.forEach(item -> collect(item, into));
            case Map<?, ?> map -> {
                List<?> history = Json.list(Config.of(map).inner("config").get("keras_history"));
                into.add(ref(history).orElseThrow(() -> new KerasProblem("an argument of a layer is no tensor")));
            }
            case Number n -> into.add(new Layer.Constant(n.doubleValue()));
            case null, default -> {}
        }
    }

    /** {@code [["layer", 0, 0, {options}], ...]}. */
    private static Layer.Call oldCall(List<?> node) {
        var inputs = new ArrayList<Layer.Argument>();
        var named = new LinkedHashMap<String, Layer.Argument>();
        Map<String, @Nullable Object> options = new LinkedHashMap<>();
        List<?> all = !node.isEmpty() && node.getFirst() instanceof String ? List.of(node) : node;
        for (Object item : all) {
            List<?> parts = Json.list(item);
            ref(parts).ifPresent(inputs::add);
            if (parts.size() > 3) {
                Config.of(parts.get(3))
                        .values()
                        .forEach((name, value) -> ref(Json.list(value))
                                .ifPresentOrElse(r -> named.put(name, r), () -> options.put(name, value)));
            }
        }
        return new Layer.Call(inputs, named, options);
    }

    private static Optional<Layer.Ref> ref(List<?> parts) {
        return parts.size() >= 3
                        && parts.get(0) instanceof String name
                        && parts.get(1) instanceof Number node
                        && parts.get(2) instanceof Number output
                ? Optional.of(new Layer.Ref(name, node.intValue(), output.intValue()))
                : Optional.empty();
    }

    private static List<Layer.Ref> refs(@Nullable Object value) {
        List<?> list = value instanceof Map<?, ?> map ? List.copyOf(map.values()) : Json.list(value);
        Optional<Layer.Ref> single = ref(list);
        if (single.isPresent()) {
            return List.of(single.get());
        }
        return list.stream()
                .map(i -> ref(Json.list(i)))
                .flatMap(Optional::stream)
                .toList();
    }

    /** A shape with its batch; sizes that are null are free. */
    static Optional<List<Long>> shape(@Nullable Object value) {
        if (!(value instanceof List<?> list) || list.isEmpty()) {
            return Optional.empty();
        }
        var dims = new ArrayList<Long>();
        for (Object item : list) {
            if (item instanceof Number n) {
                dims.add(n.longValue());
            } else if (item == null) {
                dims.add(FREE);
            } else {
                return Optional.empty();
            }
        }
        return Optional.of(dims);
    }
}
