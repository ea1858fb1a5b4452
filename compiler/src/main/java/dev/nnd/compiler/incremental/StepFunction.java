package dev.nnd.compiler.incremental;

import dev.nnd.compiler.ir.Function;
import dev.nnd.compiler.type.TensorType;
import java.util.List;

/**
 * What a function becomes in a step. Its operands are those named, then {@code extra}, then the caches; its results are
 * those of the function that are needed, then the new values of the caches.
 *
 * @param results which of the function's results are needed
 */
record StepFunction(
        Function function, List<Operand> operands, List<Extra> extra, List<Cache> caches, List<Integer> results) {

    /** An operand of the function, by its index, in a form. */
    record Operand(int port, List<Form> forms) {}

    /** A number for each row that tells where the step is. */
    enum Extra {
        /** The position of the first of the tokens. */
        START,
        /** Which of the step's tokens is the last of its row. */
        LAST
    }

    /** What is kept from step to step. */
    record Cache(String name, TensorType type) {}
}
