package dev.nnd.compiler.keras;

import dev.nnd.compiler.hdf5.Dataset;
import dev.nnd.compiler.hdf5.Group;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The old form, of {@code .h5} files: a group for each layer with the names of its arrays, {@code dense_1/kernel:0}. */
record NamedStore(Group group, Optional<Layer> outer) implements Store {

    private static final int MOST_PARTS = 10_000;

    /** Empty if a group has no layers in this form. */
    static Optional<NamedStore> of(Group group) {
        return group.group("model_weights")
                .or(() -> Optional.of(group))
                .filter(g -> !texts(g, "layer_names").isEmpty())
                .map(g -> new NamedStore(g, Optional.empty()));
    }

    /** The names of the layers. */
    List<String> layers() {
        return texts(group, "layer_names");
    }

    /** An attribute of texts; long ones are cut into parts with numbers behind the name. */
    private static List<String> texts(Group group, String attribute) {
        Optional<List<String>> whole = group.texts(attribute);
        if (whole.isPresent()) {
            return whole.get();
        }
        var all = new ArrayList<String>();
        for (int i = 0; i < MOST_PARTS; i++) {
            Optional<List<String>> part = group.texts(attribute + i);
            if (part.isEmpty()) {
                break;
            }
            all.addAll(part.get());
        }
        return all;
    }

    /** The names of the arrays of a layer, in the order of the file. */
    List<String> names(Layer layer) {
        return group.groupAt(outer.orElse(layer).name())
                .map(g -> texts(g, "weight_names"))
                .orElse(List.of());
    }

    static String variable(String name) {
        return name.substring(name.lastIndexOf('/') + 1).replaceFirst(":\\d+$", "");
    }

    private boolean fits(String name, Layer layer, Slot slot) {
        List<String> segments = List.of(name.split("/", -1));
        boolean hinted = slot.hint().isEmpty()
                || Slot.alternatives(slot.hint()).stream()
                        .anyMatch(h -> segments.stream().anyMatch(s -> s.equals(h) || s.startsWith(h + "_")));
        boolean inside = outer.isEmpty() || segments.contains(layer.name());
        return hinted && inside && Slot.alternatives(slot.names()).contains(variable(name));
    }

    @Override
    public Optional<Dataset> find(Layer layer, Slot slot, int index) {
        List<String> found =
                names(layer).stream().filter(n -> fits(n, layer, slot)).toList();
        if (found.size() > 1) {
            throw new KerasProblem(layer.described() + " has several arrays `" + slot.name() + "`: "
                    + KerasProblem.shown(String.join(", ", found)));
        }
        return found.stream()
                .findFirst()
                .flatMap(n -> group.groupAt(outer.orElse(layer).name()).flatMap(g -> g.datasetAt(n)));
    }

    @Override
    public int count(Layer layer, String part) {
        return -1;
    }

    @Override
    public Store inside(Layer layer) {
        return new NamedStore(group, Optional.of(outer.orElse(layer)));
    }
}
