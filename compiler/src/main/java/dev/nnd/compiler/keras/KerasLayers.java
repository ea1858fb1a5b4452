package dev.nnd.compiler.keras;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The classes of layers that can be imported. */
final class KerasLayers {

    private static final Map<String, LayerRule> TABLE = Collections.unmodifiableMap(table());

    private KerasLayers() {}

    static Optional<LayerRule> find(String kind) {
        return Optional.ofNullable(TABLE.get(kind));
    }

    static SortedSet<String> names() {
        return new TreeSet<>(TABLE.keySet());
    }

    private static Map<String, LayerRule> table() {
        var table = new TreeMap<String, LayerRule>();
        Activations.add(table);
        NormalLayers.add(table);
        ConvolutionLayers.add(table);
        PoolLayers.add(table);
        ShapeLayers.add(table);
        RecurrentLayers.add(table);
        AttentionLayers.add(table);
        table.put("TimeDistributed", ModelWalk::everyStep);
        return table;
    }
}
