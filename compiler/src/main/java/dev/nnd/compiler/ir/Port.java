package dev.nnd.compiler.ir;

/**
 * A value at the edge of a graph.
 *
 * @param role what it is there for
 * @param name the model's input or output, the data's field, the parameter's path ({@code conv2d.weight}), the metric
 * @param value the value
 */
public record Port(Role role, String name, Value value) {

    /** What a value at the edge is for. */
    public enum Role {
        /** Filled by the caller before each run. */
        INPUT,
        /** A trainable parameter; {@code name} is its path. */
        PARAMETER,
        /** A value that is kept with the parameters and that no optimizer changes; {@code name} is its path. */
        BUFFER,
        /**
         * What a step keeps for the next one, in memory that belongs to neither; its UPDATED output is the same memory, in
         * which nothing is written but by {@link Op.Scatter}.
         */
        CACHE,
        /** A scalar of dtype f64 given per run, such as {@code lr} or {@code step}. */
        SCALAR,
        /** Optimizer state that lives from step to step, such as {@code m}; has the shape of its parameter. */
        STATE,
        /** Read by the caller after each run. */
        OUTPUT,
        /** The gradient of the loss by the parameter of that path. */
        GRADIENT,
        /** The loss, a scalar. */
        LOSS,
        /** A metric, a scalar: a mean over the batch. */
        METRIC,
        /** The new value of the port of that name: of a buffer, or in an update graph of a parameter or a state. */
        UPDATED
    }
}
