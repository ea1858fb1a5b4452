package dev.nnd.compiler.emit;

import java.util.Map;

/**
 * Where parameters are in the class of a model's weights: Java expressions by paths, such as {@code layer[3].denseWeight} for
 * {@code layer.3.dense.weight}, with {@link Indexed} numbers.
 */
public record WeightNames(Map<String, String> members) {

    /** Names for plans without parameters, or whose expressions nobody asks for. */
    public static final WeightNames NONE = new WeightNames(Map.of());

    public WeightNames {
        members = Map.copyOf(members);
    }

    /** The expression of a parameter in the object {@code net}. */
    public String of(String path) {
        return "net." + members.getOrDefault(path, JavaNames.member(path));
    }
}
