package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.typed.Requirement;
import dev.nnd.compiler.typed.TypedBlock;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.compiler.typed.TypedModel;
import dev.nnd.grammar.Diagnostic;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** Models made of checked blocks. */
final class Models {

    private Models() {}

    /** A model; its free dims are those of its inputs that are not learned from data. */
    static TypedModel of(Decl.Block declaration, FileScope home, TypedBlock block) {
        var free = new LinkedHashSet<String>();
        block.inputs().forEach(i -> i.type().dims().forEach(d -> free.addAll(d.variables())));
        free.removeIf(TypedData::isLearned);
        return new TypedModel(declaration, home.packageName(), block, free);
    }

    /** True if no weight's shape depends on a free dim; reports it otherwise. */
    static boolean weightsAreFixed(Checking c, TypedModel model) {
        Optional<String> open = openWeight(model.block(), "", closed());
        open.ifPresent(weight -> {
            String dim = model.freeDims().stream()
                    .filter(d -> weight.matches(".*\\b" + d + "\\b.*"))
                    .findFirst()
                    .orElse("");
            Diagnostic error = Diagnostic.error(
                    "NND0318",
                    model.declaration().name().span(),
                    "the weight " + weight + " of `" + model.name() + "` has no fixed shape: `" + dim
                            + "` is only known per call");
            for (TypedBlock.Input input : model.block().inputs()) {
                if (input.type().dims().stream().anyMatch(d -> d.variables().contains(dim))) {
                    error = error.label(input.span(), "`" + dim + "` comes from here");
                }
            }
            c.report(error.help("write a number instead of `" + dim + "`, or make it a parameter of the model"));
        });
        return open.isEmpty();
    }

    /**
     * The model with its inputs as declared, where a train section fixes some of their dims: what is trained on texts of one
     * length predicts for any. The section's own, if its weights need what the section fixes.
     */
    static TypedModel asDeclared(Checking c, TypedModel used, FileScope home) {
        Checking beside = c.beside();
        beside.generic(false);
        return beside.blocks()
                .root(used.declaration(), home, used.block().arguments())
                .filter(b -> beside.problems().errors() == 0)
                .map(b -> of(used.declaration(), home, b))
                .filter(m -> !hasOpenWeights(m) && comparesAsWritten(m.block()))
                .orElse(used);
    }

    /** What compiles may rely on dims that are equal by a requirement only where that is solved. */
    private static boolean comparesAsWritten(TypedBlock block) {
        return block.requirements().stream().noneMatch(r -> r.kind() == Requirement.Kind.EQUATION);
    }

    /** True if some weight's shape depends on a free dim. */
    static boolean hasOpenWeights(TypedModel model) {
        return openWeight(model.block(), "", closed()).isPresent();
    }

    /** Blocks without open weights, each of which is looked at once. */
    private static Set<TypedBlock> closed() {
        return Collections.newSetFromMap(new IdentityHashMap<>());
    }

    private static Optional<String> openWeight(TypedBlock block, String path, Set<TypedBlock> closed) {
        if (closed.contains(block)) {
            return Optional.empty();
        }
        for (TypedBlock.Param param : block.params()) {
            boolean open = param.type().dims().stream()
                    .flatMap(d -> d.variables().stream())
                    .anyMatch(v -> !TypedData.isLearned(v));
            if (open) {
                return Optional.of("`" + path + param.name() + "`: " + param.type());
            }
        }
        for (TypedBlock.Layer layer : block.layers()) {
            Optional<String> open = openWeight(layer.block(), path + layer.name() + ".", closed);
            if (open.isPresent()) {
                return open;
            }
        }
        closed.add(block);
        return Optional.empty();
    }
}
