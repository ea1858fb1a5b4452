package dev.nnd.compiler.check;

import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.typed.ParameterCount;
import dev.nnd.compiler.typed.TypedBlock;
import dev.nnd.grammar.Span;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What the checker knows about places of one file. What could not be checked is absent. */
public final class SemanticIndex {

    /** Nothing is known. */
    public static final SemanticIndex EMPTY = new SemanticIndex(Map.of(), Map.of(), Map.of());

    private final Map<Place, Fact> values;
    private final Map<Place, Fact> stages;
    private final Map<Place, TypedBlock> layers;

    SemanticIndex(Map<Place, Fact> values, Map<Place, Fact> stages, Map<Place, TypedBlock> layers) {
        this.values = Map.copyOf(values);
        this.stages = Map.copyOf(stages);
        this.layers = Map.copyOf(layers);
    }

    /** Offsets in the file. */
    record Place(int start, int end) {
        static Place of(Span span) {
            return new Place(span.start(), span.end());
        }
    }

    /** A meaning, and the use of the block in which it holds. */
    public static final class Fact {
        private final Val value;
        private final Optional<String> use;

        Fact(Val value, Optional<String> use) {
            this.value = value;
            this.use = use;
        }

        /** {@code with heads = 12}: the use of the block around it that was checked first. */
        public Optional<String> use() {
            return use;
        }

        /** A type as it would be written, or the kind and value of a constant: {@code int = 3}. */
        public String type() {
            return SemanticIndex.type(value);
        }

        /** The value as written, if it is a constant. */
        public Optional<String> constant() {
            return value instanceof Val.Const(Constant k) ? Optional.of(Recorder.text(k)) : Optional.empty();
        }

        /** True for values of run time. */
        public boolean isTensor() {
            return value instanceof Val.Tensor || value instanceof Val.Outputs;
        }

        /** How a dim came about: {@code (12 - 5) / 2 + 1 = 4}. */
        public Optional<String> derivation() {
            return value instanceof Val.Tensor t ? t.trace().derivation() : Optional.empty();
        }

        /** Where the value got its shape: the place and what happened there. */
        public Optional<Made> made() {
            return value instanceof Val.Tensor t
                    ? Optional.of(new Made(t.trace().span(), t.trace().remark()))
                    : Optional.empty();
        }
    }

    /** Where a value got its shape. */
    public record Made(Span span, String remark) {}

    /** The meaning of an expression, an input's name, a parameter's name, or a dim where it is bound. */
    public Optional<Fact> value(Span span) {
        return Optional.ofNullable(values.get(Place.of(span)));
    }

    /** What a stage of a pipe gives. */
    public Optional<Fact> stage(Span span) {
        return Optional.ofNullable(stages.get(Place.of(span)));
    }

    /** The layer that is applied by a stage or a call. */
    public Optional<TypedBlock> layer(Span span) {
        return Optional.ofNullable(layers.get(Place.of(span)));
    }

    /** How many numbers the weights of a block have. */
    public static Dim parameters(TypedBlock block) {
        return ParameterCount.of(block);
    }

    private static String type(Val value) {
        return switch (value) {
            case Val.Tensor t ->
                t.type() + t.classes().map(c -> " of class[" + c.count() + "]").orElse("");
            case Val.Const(Constant k) -> type(k);
            case Val.Condition k -> "bool: " + k.condition().text();
            case Val.Tuple t -> t.items().stream().map(SemanticIndex::type).collect(Collectors.joining(", ", "(", ")"));
            case Val.Outputs o -> outputs(o);
            case Val.Function f -> "fn " + f.ref().name();
            case Val.BlockName b ->
                (b.declaration().model() ? "model " : "block ")
                        + b.declaration().name().name();
            case Val.Made m -> "layer " + m.use().name();
            case Val.Instance i -> "layer " + i.use().name();
            case Val.None n -> "none";
            case Val.Poison p -> "";
        };
    }

    private static String outputs(Val.Outputs outputs) {
        var text = new StringBuilder("(");
        for (int i = 0; i < outputs.values().size(); i++) {
            text.append(i == 0 ? "" : ", ").append(outputs.names().get(i)).append(": ");
            text.append(outputs.values().get(i).type());
        }
        return text.append(')').toString();
    }

    private static String type(Constant constant) {
        String text = Recorder.text(constant);
        return switch (constant) {
            case Constant.Int i -> "int = " + text;
            case Constant.Float f -> "float = " + text;
            case Constant.Bool b -> "bool = " + text;
            case Constant.Text t -> "string = " + text;
            case Constant.ListOf l -> "list = " + text;
            case Constant.Init i -> "initializer";
            case Constant.Function f -> "fn " + text;
            case Constant.Layer l -> text;
        };
    }
}
