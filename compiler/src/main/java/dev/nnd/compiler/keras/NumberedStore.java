package dev.nnd.compiler.keras;

import dev.nnd.compiler.hdf5.Dataset;
import dev.nnd.compiler.hdf5.Group;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The form of Keras 3 and of {@code .keras} files: {@code layers/dense_1/vars/0}. */
final class NumberedStore implements Store {

    private static final List<String> CONTAINERS = List.of("layers", "_layer_checkpoint_dependencies");

    private final Map<String, Group> byName = new TreeMap<>();
    private final Map<String, Group> byKey = new TreeMap<>();

    private NumberedStore() {}

    /** Empty if a group has no layers in this form. */
    static Optional<NumberedStore> of(Group group) {
        return CONTAINERS.stream()
                .flatMap(c -> group.group(c).stream())
                .findFirst()
                .map(NumberedStore::read);
    }

    private static NumberedStore read(Group layers) {
        var store = new NumberedStore();
        for (String key : layers.names()) {
            layers.group(key).ifPresent(group -> {
                store.byKey.put(key, group);
                group.group("vars").flatMap(v -> v.text("name")).ifPresent(name -> store.byName.put(name, group));
            });
        }
        return store;
    }

    /** The layers by their keys. */
    Map<String, Group> groups() {
        return byKey;
    }

    private Optional<Group> group(Layer layer) {
        Group named = byName.get(layer.name());
        return named != null || !byName.isEmpty()
                ? Optional.ofNullable(named)
                : Optional.ofNullable(byKey.get(layer.key()));
    }

    private static Optional<Group> vars(Group group, String part) {
        return part.isEmpty()
                ? group.group("vars")
                : Slot.alternatives(part).stream()
                        .flatMap(p -> group.groupAt(p + "/vars").stream())
                        .findFirst();
    }

    @Override
    public Optional<Dataset> find(Layer layer, Slot slot, int index) {
        return group(layer).flatMap(g -> vars(g, slot.part())).flatMap(v -> v.dataset(String.valueOf(index)));
    }

    @Override
    public int count(Layer layer, String part) {
        return group(layer)
                .flatMap(g -> vars(g, part))
                .map(v -> v.names().size())
                .orElse(0);
    }

    @Override
    public Store inside(Layer layer) {
        return group(layer).flatMap(NumberedStore::of).orElseGet(NumberedStore::new);
    }
}
