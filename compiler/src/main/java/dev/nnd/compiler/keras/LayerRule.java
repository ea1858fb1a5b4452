package dev.nnd.compiler.keras;

/** What a class of layers means: it adds nodes and gives the layer's output. */
@FunctionalInterface
interface LayerRule {

    Flow apply(LayerCall call);
}
