package dev.nnd.runtime.report;

import dev.nnd.runtime.memory.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** What a model says of the examples of a split, gathered batch by batch. */
public sealed interface Predictions permits ClassPredictions, NumberPredictions {

    /** The split. */
    String split();

    /**
     * Takes a batch.
     *
     * @param outputs what the model says
     * @param targets what it is compared with
     * @param batch the memory of all fields
     */
    void add(Tensor outputs, Tensor targets, List<MemorySegment> batch);

    /** The part of the page. */
    String html(ShownExamples examples);
}
