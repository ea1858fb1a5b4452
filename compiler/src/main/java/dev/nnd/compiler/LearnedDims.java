package dev.nnd.compiler;

import dev.nnd.compiler.typed.TypedBlock;
import dev.nnd.compiler.typed.TypedData;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Optional;
import java.util.Set;

/** Finds sizes of weights that are only known once the data is read. */
final class LearnedDims {

    private final Set<TypedBlock> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    private LearnedDims() {}

    /** The first one in a block and the layers in it. */
    static Optional<String> of(TypedBlock block) {
        return new LearnedDims().first(block);
    }

    private Optional<String> first(TypedBlock block) {
        if (!seen.add(block)) {
            return Optional.empty();
        }
        Optional<String> own = block.params().stream()
                .flatMap(p -> p.type().dims().stream())
                .flatMap(d -> d.variables().stream())
                .filter(TypedData::isLearned)
                .findFirst();
        return own.or(() ->
                block.layers().stream().flatMap(l -> first(l.block()).stream()).findFirst());
    }
}
