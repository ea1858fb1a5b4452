package dev.nnd.compiler.plan;

import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.type.TensorType;
import java.util.Optional;

/**
 * A place for one value.
 *
 * @param id unique in its plan, the index in {@link ExecutionPlan#buffers()}
 * @param name unique in its plan, lower camel case, fit for a Java field
 * @param type logical dtype and dims
 * @param storage who owns the memory
 * @param port the name of the port for anything but {@link Storage#ARENA} and {@link Storage#VIEW}
 * @param layout whether elements are in row-major order or in an order that the kernel provider chooses at bind time
 * @param viewOf for {@link Storage#VIEW}, and for a {@link Storage#PORT} that is the reshape of a computed value: the
 *     id of the buffer whose memory it shares, under its own dims
 * @param like for a layout of a provider: the id of a buffer that has the same layout (a forward op's input, a
 *     parameter, an operand); empty if the op that makes the buffer chooses its layout
 */
public record Buffer(
        int id,
        String name,
        TensorType type,
        Storage storage,
        Optional<Port> port,
        Layout layout,
        Optional<Integer> viewOf,
        Optional<Integer> like) {

    /** Who owns a buffer's memory. */
    public enum Storage {
        /** The program's arena; alive from first to last use. */
        ARENA,
        /** The same memory as another buffer: a reshape, or an in-place result. */
        VIEW,
        /**
         * An input, scalar, output, loss or metric: in the arena for the program's whole life. It may be an output of a
         * {@link Step.Primitive} or {@link Step.Reorder}: then it is what that op makes, never released.
         */
        PORT,
        /** A parameter, in the weights' memory. */
        PARAMETER,
        /** The gradient of a parameter, beside the parameters of the training state. */
        GRADIENT
    }

    /** In which order elements are. */
    public enum Layout {
        PLAIN,
        PROVIDER
    }
}
