package dev.nnd.runtime.train;

import dev.nnd.runtime.memory.Tensor;
import dev.nnd.runtime.program.Program;
import java.util.List;

/** A program bound to batches of one size. */
public interface BatchProgram extends Program {

    /** The inputs to fill, one for every field of the data section in its order, with a leading batch dim; row-major. */
    List<Tensor> fields();

    /** The mean loss over the batch, after {@link #run}. */
    double loss();

    /** The mean of metric {@code index} of {@link RunSettings#metrics} over the batch, after {@link #run}. */
    double metric(int index);

    /** Examples in the batch. */
    int batch();
}
