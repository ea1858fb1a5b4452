package dev.nnd.compiler.keras;

import java.util.List;
import java.util.Optional;

/**
 * A model of layers.
 *
 * @param sequential true if each layer goes into the next one
 * @param inputs the input layers of a functional model
 * @param outputs what it gives
 * @param inputShape the shape that a sequential model was built with; its first size is the batch
 */
record Model(
        String name,
        boolean sequential,
        List<Layer> layers,
        List<Layer.Ref> inputs,
        List<Layer.Ref> outputs,
        Optional<List<Long>> inputShape) {}
