package dev.nnd.compiler.keras;

/**
 * The input of a layer over space or time, with its channels behind the batch.
 *
 * @param rank how many dims it has
 * @param moved true if Keras has the channels last
 */
record Spatial(String value, int rank, boolean moved) {

    static Spatial of(LayerCall c, int axes) {
        Flow in = c.in();
        if (in.rank() != axes + 2) {
            throw c.refused("its input has " + in.rank() + " dims and needs " + (axes + 2));
        }
        return of(c);
    }

    static Spatial of(LayerCall c) {
        boolean moved = !c.config().text("data_format", "channels_last").equals("channels_first");
        return new Spatial(moved ? c.first(c.in()) : c.last(c.in()), c.in().rank(), moved);
    }

    /** A result with its channels in the same place. */
    Flow made(String result) {
        return new Flow(result, rank, moved);
    }
}
