package dev.nnd.compiler.plan;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names a kernel after what it fuses: {@code reluBackward}, {@code biasRelu}, {@code squareMean}. */
final class KernelWords {

    private static final int MOST_WORDS = 4;

    /** {@code gelu} or {@code LayerNorm(eps: 1e-5)}: a stage that has a name. */
    private static final Pattern STAGE = Pattern.compile("([A-Za-z_][A-Za-z_0-9]*)(\\(.*\\)|\\[.*\\])?");

    private final Unit unit;
    private final Set<Value> biases;
    private final Map<Value, Node> producers = new HashMap<>();

    private KernelWords(Unit unit, Set<Value> biases) {
        this.unit = unit;
        this.biases = biases;
        unit.nodes().forEach(n -> n.outputs().forEach(v -> producers.put(v, n)));
    }

    /**
     * A name for a unit's kernel.
     *
     * @param parameters the graph's parameters: adding one is called {@code bias}
     */
    static String of(Unit unit, Set<Value> parameters) {
        return new KernelWords(unit, parameters).name();
    }

    private String name() {
        boolean fills = unit.inputs().stream().allMatch(v -> v.type().rank() == 0)
                && unit.outputs().stream().anyMatch(v -> v.type().rank() > 0);
        if (fills) {
            return "fill";
        }
        List<String> words = words();
        if (words.size() > MOST_WORDS) {
            Optional<String> stage = stage();
            if (stage.isPresent()) {
                return Names.camel(stage.get()) + (unit.forward() ? "" : "Backward");
            }
            words = new ArrayList<>(words.subList(0, MOST_WORDS));
            words.add("more");
        }
        var name = new StringBuilder();
        words.forEach(
                w -> name.append(name.isEmpty() ? w : w.substring(0, 1).toUpperCase(Locale.ROOT) + w.substring(1)));
        return name.toString();
    }

    private List<String> words() {
        var words = new ArrayList<String>();
        var spreads = new ArrayList<String>();
        for (Node node : unit.nodes()) {
            switch (node.op()) {
                case Op.Constant _, Op.Size _ -> {}
                case Op.Cast _ -> spreads.add("convert");
                case Op.Broadcast _ -> spreads.add("fill");
                case Op.Compare o -> {
                    if (!onlyForSelect(node)) {
                        words.add(camel(o.comparison()));
                    }
                }
                case Op.Select _ -> words.add(isReluBackward(node) ? "reluBackward" : "select");
                case Op.Unary o -> words.add(camel(o.function()));
                case Op.Binary o -> words.add(isBias(node, o) ? "bias" : camel(o.function()));
                case Op.Reduce o -> words.add(camel(o.function()));
                case Op other -> words.add(Names.camel(other.getClass().getSimpleName()));
            }
        }
        if (words.isEmpty()) {
            words.add(spreads.isEmpty() ? "constant" : spreads.getLast());
        }
        return words;
    }

    private boolean isBias(Node node, Op.Binary op) {
        return op.function() == Op.BinaryFunction.ADD && node.inputs().stream().anyMatch(biases::contains);
    }

    private boolean onlyForSelect(Node compare) {
        return unit.nodes().stream()
                        .filter(n -> n.inputs().contains(compare.output()))
                        .allMatch(n -> n.op() instanceof Op.Select && isReluBackward(n))
                && !unit.outputs().contains(compare.output());
    }

    /** select(y > 0, dy, 0). */
    private boolean isReluBackward(Node select) {
        Node condition = producers.get(select.inputs().getFirst());
        return condition != null
                && condition.op().equals(new Op.Compare(Op.Comparison.GREATER))
                && isZero(condition.inputs().get(1))
                && isZero(select.inputs().get(2));
    }

    private boolean isZero(Value value) {
        Node producer = producers.get(value);
        return producer != null && producer.op() instanceof Op.Constant c && c.value() == 0;
    }

    /** The one named stage that all nodes come from. */
    private Optional<String> stage() {
        Set<String> texts = new LinkedHashSet<>();
        unit.nodes().forEach(n -> texts.add(n.origin().text()));
        if (texts.size() != 1) {
            return Optional.empty();
        }
        Matcher matcher = STAGE.matcher(texts.iterator().next());
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    private static String camel(Enum<?> constant) {
        var text = new StringBuilder();
        for (String part : constant.name().toLowerCase(Locale.ROOT).split("_", -1)) {
            text.append(text.isEmpty() ? part : part.substring(0, 1).toUpperCase(Locale.ROOT) + part.substring(1));
        }
        return text.toString();
    }
}
