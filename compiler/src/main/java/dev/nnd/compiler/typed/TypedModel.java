package dev.nnd.compiler.typed;

import dev.nnd.compiler.ast.Decl;
import java.util.SequencedSet;
import java.util.Set;

/**
 * A model with its default arguments: it gets a Java class of its name.
 *
 * @param declaration as written
 * @param packageName the Java package; empty for none
 * @param block the checked body
 * @param freeDims the dim variables that are bound per call, in the order in which the inputs name them
 */
public record TypedModel(Decl.Block declaration, String packageName, TypedBlock block, Set<String> freeDims) {

    /** The model's name, also its class's. */
    public String name() {
        return declaration.name().name();
    }

    /** The dim variables that are learned from data: fixed for the life of the weights, and no parameters of a call. */
    public SequencedSet<String> learnedDims() {
        return LearnedDims.of(block);
    }
}
