package dev.nnd.compiler.keras;

/**
 * A tensor between layers.
 *
 * @param value its name in the graph
 * @param rank how many dims it has
 * @param first true if its channels, which Keras has last, lie behind the batch
 */
record Flow(String value, int rank, boolean first) {

    /** A tensor that lies as Keras has it. */
    static Flow of(String value, int rank) {
        return new Flow(value, rank, false);
    }

    Flow with(String other) {
        return new Flow(other, rank, first);
    }

    /** Where an axis of Keras' order lies. */
    int place(long axis) {
        long counted = axis < 0 ? axis + rank : axis;
        if (counted < 0 || counted >= rank) {
            throw new KerasProblem("there is no axis " + axis + " in a tensor of " + rank + " dims");
        }
        return (int) (!first || counted == 0 ? counted : counted == rank - 1 ? 1 : counted + 1);
    }
}
