package dev.nnd.compiler.check;

import dev.nnd.compiler.typed.TypedBlock;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The names of a model's weights, as {@code spec/language/weights.md} forms them. */
final class WeightNames {

    private static final int MOST = 100_000;

    private final List<String> names = new ArrayList<>();

    private WeightNames() {}

    /** All names in the order of the text; of a model with very many weights the first {@value #MOST}. */
    static List<String> of(TypedBlock block) {
        var weights = new WeightNames();
        weights.collect(block, "");
        return weights.names;
    }

    private void collect(TypedBlock block, String path) {
        for (TypedBlock.Param param : block.params()) {
            if (names.size() < MOST) {
                names.add(path + param.name());
            }
        }
        for (TypedBlock.Layer layer : block.layers()) {
            if (names.size() < MOST) {
                collect(layer.block(), path + layer.name() + ".");
            }
        }
    }

    /** The names and the paths of the instances that they are in. */
    static Set<String> paths(List<String> names) {
        var paths = new LinkedHashSet<String>();
        for (String name : names) {
            for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
                paths.add(name.substring(0, dot));
            }
            paths.add(name);
        }
        return paths;
    }
}
