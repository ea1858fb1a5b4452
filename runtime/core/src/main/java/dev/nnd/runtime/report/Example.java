package dev.nnd.runtime.report;

import org.jspecify.annotations.Nullable;

/**
 * An example that a model gets wrong.
 *
 * @param index in its split
 * @param truth what it should have said
 * @param said what it said
 * @param weight how wrong that is; the probability of what it said, or the distance
 * @param image the example as a picture, if it is one: an address that holds it
 */
record Example(
        int index,
        String truth,
        String said,
        double weight,
        @Nullable String image) {}
