package dev.nnd.runtime.data;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/**
 * A data section, as generated code describes it. Instances hold what was {@link Learned} and are otherwise constant;
 * {@link #encode} may run on several threads once everything is learned.
 */
public interface Dataset {

    /** The data section's name. */
    String name();

    /** The sources, in the order of the file. */
    List<SourceSpec> sources();

    /** How sources are divided; a source without a split is one, under the source's name. */
    List<SplitSpec> splits();

    /** The fields of an example, in the order of the file. */
    List<FieldSpec> fields();

    /**
     * Writes a field of a row. Must read the same pixels and columns for every row.
     *
     * @param field index in {@link #fields}
     * @param out elements of the field's type
     * @param at the element where the field's first element goes
     */
    void encode(int field, Row row, MemorySegment out, long at);

    /** Changes the encoded fields of a training example at random; {@code at} is the example's place in each field's memory. */
    default void augment(MemorySegment[] fields, long at, ExampleDraws draws) {}

    /** How the examples of a training batch are mixed with each other, after {@link #augment}; empty if they are not. */
    default Optional<Mixing> mixing() {
        return Optional.empty();
    }

    /** The ids of a text by one of the section's tokenizers, for windows. */
    default int[] tokens(int tokenizer, String text) {
        throw new IndexOutOfBoundsException("there is no tokenizer " + tokenizer);
    }

    /** How many tokens lie between the starts of two windows. */
    default int stride() {
        return 1;
    }

    /** How many rows that can't be read are left out; with 0 the first one ends the reading. */
    default long skips() {
        return 0;
    }

    /** The statistics that are learned from the training split, in the order in which they must be learned. */
    List<Learned> learned();

    /** Feeds the row to {@code learned().get(learned)}; what comes before it in the list has been learned. */
    void observe(int learned, Row row);
}
