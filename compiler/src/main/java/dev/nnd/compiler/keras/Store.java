package dev.nnd.compiler.keras;

import dev.nnd.compiler.hdf5.Dataset;
import java.util.Optional;

/** Where the arrays of a model's layers lie. */
sealed interface Store permits NamedStore, NumberedStore {

    /**
     * An array of a layer.
     *
     * @param index its place among the arrays of its part
     */
    Optional<Dataset> find(Layer layer, Slot slot, int index);

    /** How many arrays a part of a layer has; -1 if the form of the file does not say. */
    int count(Layer layer, String part);

    /** Where those of a model inside lie. */
    Store inside(Layer layer);
}
