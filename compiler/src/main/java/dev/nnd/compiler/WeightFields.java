package dev.nnd.compiler;

import dev.nnd.compiler.emit.JavaNames;
import dev.nnd.compiler.typed.TypedBlock;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Weights are fields of one class: no two of their paths may have one name in Java. */
final class WeightFields {

    private record Weight(String path, Span span) {}

    private final Map<String, Weight> fields = new HashMap<>();
    private final List<Diagnostic> found;

    private WeightFields(List<Diagnostic> found) {
        this.found = found;
    }

    /** Refuses paths such as {@code layer.0.weight} beside {@code layer_0.weight}: one model, at most one finding. */
    static void check(TypedBlock model, List<Diagnostic> found) {
        new WeightFields(found).block(model, "", model.declaration().name().span());
    }

    /** {@code place} is where the user's file makes the block, if it is one of the library. */
    private boolean block(TypedBlock block, String prefix, Span place) {
        for (TypedBlock.Param param : block.params()) {
            if (!isUnique(new Weight(prefix + param.name(), block.library() ? place : param.span()))) {
                return false;
            }
        }
        for (TypedBlock.Layer layer : block.layers()) {
            if (!block(layer.block(), prefix + layer.name() + ".", block.library() ? place : layer.span())) {
                return false;
            }
        }
        return true;
    }

    private boolean isUnique(Weight weight) {
        String field = JavaNames.member(weight.path);
        Weight other = fields.putIfAbsent(field, weight);
        if (other == null) {
            return true;
        }
        found.add(Diagnostic.error(
                        "NND0899",
                        weight.span,
                        "the weights `" + other.path + "` and `" + weight.path + "` would both be `" + field
                                + "` in Java")
                .label(other.span, "`" + other.path + "` is declared here")
                .help("name one of the two layers otherwise, with `as NAME` or `layer NAME = ...`"));
        return false;
    }
}
