package dev.nnd.compiler.check;

import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.typed.TypedBlock;
import dev.nnd.grammar.SourceFile;
import dev.nnd.grammar.Span;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Told by the checker what the places of one file mean, for editors. A place that is checked more than once, such as one
 * in a block with several uses, keeps its first meaning.
 */
final class Recorder {

    /** Records nothing and costs nothing. */
    static final Recorder OFF = new Recorder(null, () -> false);

    private static final int CANCELLATION_EVERY = 256;

    private final @Nullable SourceFile root;
    private final BooleanSupplier cancelled;
    private final Map<SemanticIndex.Place, SemanticIndex.Fact> values = new HashMap<>();
    private final Map<SemanticIndex.Place, SemanticIndex.Fact> stages = new HashMap<>();
    private final Map<SemanticIndex.Place, TypedBlock> layers = new HashMap<>();
    private final Deque<Optional<String>> uses = new ArrayDeque<>();
    private int events;

    private Recorder(@Nullable SourceFile root, BooleanSupplier cancelled) {
        this.root = root;
        this.cancelled = cancelled;
    }

    static Recorder of(SourceFile root, BooleanSupplier cancelled) {
        return new Recorder(root, cancelled);
    }

    SemanticIndex index() {
        return root == null ? SemanticIndex.EMPTY : new SemanticIndex(values, stages, layers);
    }

    /** The meaning of an expression or of a name; gives it back. */
    Val value(Span span, Val val) {
        if (root != null) {
            keep(values, span, val);
        }
        return val;
    }

    /** What a stage of a pipe gives; gives it back. */
    Val stage(Span span, Val val) {
        if (root != null) {
            keep(stages, span, val);
        }
        return val;
    }

    /** The layer that is applied at a place. */
    void layer(Span span, TypedBlock block) {
        if (root != null && span.file().equals(root)) {
            layers.putIfAbsent(new SemanticIndex.Place(span.start(), span.end()), block);
        }
    }

    /** What the parameters and dims of a block are in a use. */
    void scope(Scope scope) {
        if (root != null) {
            scope.own().values().forEach(e -> value(e.span(), e.value()));
        }
    }

    /** Runs the check of a body in a use of its block. */
    <T> T within(Val.BlockUse use, boolean generic, Supplier<T> action) {
        if (root == null) {
            return action.get();
        }
        uses.push(generic ? Optional.of("for any arguments") : described(use));
        try {
            return action.get();
        } finally {
            uses.pop();
        }
    }

    private static Optional<String> described(Val.BlockUse use) {
        var words = new ArrayList<String>();
        use.arguments().forEach((name, value) -> words.add(name + " = " + text(value)));
        return words.isEmpty() ? Optional.empty() : Optional.of("with " + String.join(", ", words));
    }

    private void keep(Map<SemanticIndex.Place, SemanticIndex.Fact> into, Span span, Val val) {
        if (++events % CANCELLATION_EVERY == 0 && cancelled.getAsBoolean()) {
            throw new CancellationException();
        }
        if (val instanceof Val.Poison || !span.file().equals(root)) {
            return;
        }
        into.computeIfAbsent(
                new SemanticIndex.Place(span.start(), span.end()),
                p -> new SemanticIndex.Fact(val, uses.isEmpty() ? Optional.empty() : uses.peek()));
    }

    /** A constant as it would be written. */
    static String text(Constant constant) {
        return switch (constant) {
            case Constant.Int i -> i.value().toString();
            case Constant.Float f -> Double.toString(f.value());
            case Constant.Bool b -> Boolean.toString(b.value());
            case Constant.Text t -> "\"" + t.value() + "\"";
            case Constant.ListOf l ->
                "[" + String.join(", ", l.items().stream().map(Recorder::text).toList()) + "]";
            case Constant.Init i -> "an initializer";
            case Constant.Function f -> f.name();
            case Constant.Layer l -> "a layer";
        };
    }
}
