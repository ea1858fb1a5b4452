package dev.nnd.compiler.onnx;

import dev.nnd.compiler.type.DType;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/** Writes statements as the body of a model or block: names, declarations of weights, pipelines. */
final class BodyText {

    private static final int WIDTH = 100;
    private static final int INLINE = 60;

    /** What becomes of a repeat: the block that is written for it, as it stands in a pipeline. */
    interface BlockWriter {

        /** The name of the block of a repeat. */
        String block(Repeats.Repeat repeat);
    }

    /** Something with weights in the file: its name in this body. */
    record Named(Object part, String name) {}

    private final Body body;
    private final BlockWriter blocks;
    private final NndNames names = new NndNames();
    private final Map<Value, String> named = new IdentityHashMap<>();
    private final Map<Value, Integer> uses = new IdentityHashMap<>();
    private final Map<Value, Step> makers = new IdentityHashMap<>();
    private final Map<Value, Step> readers = new IdentityHashMap<>();
    private final Map<Object, String> instances = new IdentityHashMap<>();
    private final Map<Value.Known, String> declared = new LinkedHashMap<>();
    private final List<Named> weights = new ArrayList<>();
    private final List<Step> steps;

    BodyText(Body body, List<Step> steps, BlockWriter blocks) {
        this.body = body;
        this.steps = steps;
        this.blocks = blocks;
        for (Step step : steps) {
            makers.put(step.result(), step);
            for (Value operand : step.operands()) {
                uses.merge(operand, 1, Integer::sum);
                readers.put(operand, step);
            }
            step.parts().stream().filter(String.class::isInstance).forEach(p -> names.reserve((String) p));
            step.result().type().dims().forEach(d -> d.variables().forEach(names::reserve));
        }
    }

    NndNames names() {
        return names;
    }

    /** Gives an input its name. */
    String input(Value value, String hint) {
        String name = names.unique(hint, "x");
        named.put(value, name);
        return name;
    }

    /** A value is read from outside. */
    void used(Value value) {
        uses.merge(value, 1, Integer::sum);
    }

    /** Layers, params and blocks that have weights, with their names, in order. */
    List<Named> weights() {
        return weights;
    }

    /** Params and buffers, and the statements; outputs are asked for afterwards. */
    String declarations(java.util.function.Function<String, String> shortened) {
        for (Step step : steps) {
            for (Object part : step.parts()) {
                if (part instanceof Step.Instance i) {
                    name(i, shortened.apply(i.hint()), "layer");
                } else if (part instanceof Repeats.Repeat r) {
                    name(r, repeated(NodeCall.snake(blocks.block(r)), shortened), "layer");
                }
            }
        }
        var constants = new LinkedHashSet<Value.Known>();
        steps.forEach(s -> s.operands().stream()
                .filter(Value.Known.class::isInstance)
                .forEach(k -> constants.add((Value.Known) k)));
        var text = new StringBuilder();
        for (Value.Known known : constants) {
            String name = names.unique(shortened.apply(body.hint(known)), "constant");
            declared.put(known, name);
            named.put(known, name);
            weights.add(new Named(known, name));
            boolean trained = known.isWeight() && known.data().dtype() == DType.F32;
            text.append(trained ? "  param " : "  buffer ")
                    .append(name)
                    .append(": ")
                    .append(known.type())
                    .append(" = zeros()\n");
        }
        return text.toString();
    }

    /** The turns are counted behind the name, so {@code layer2} does not go beside a layer {@code layer2_0}. */
    private String repeated(String name, java.util.function.Function<String, String> shortened) {
        boolean taken = steps.stream()
                .flatMap(s -> s.parts().stream())
                .filter(Step.Instance.class::isInstance)
                .map(i -> shortened.apply(((Step.Instance) i).hint()).replaceAll("[^A-Za-z0-9]+", "_"))
                .anyMatch(h -> h.matches(java.util.regex.Pattern.quote(name) + "_\\d.*"));
        return taken ? name + "s" : name;
    }

    private void name(Object part, String hint, String otherwise) {
        String name = names.unique(hint, otherwise);
        instances.put(part, name);
        weights.add(new Named(part, name));
    }

    String statements() {
        var text = new StringBuilder();
        for (Step step : steps) {
            if (step.parts().size() > 2
                    && step.parts().get(2) instanceof Repeats.Repeat r
                    && !r.shared().isEmpty()) {
                text.append(loop(step, r));
            } else if (!inlined(step)) {
                String made = wrapped(expression(step));
                named.put(step.result(), names.unique(body.hint(step.result()), "t"));
                text.append("  let ")
                        .append(name(step.result()))
                        .append(" = ")
                        .append(made)
                        .append('\n');
            }
        }
        return text.toString();
    }

    /** A repeat that reads more than one value. */
    private String loop(Step step, Repeats.Repeat repeat) {
        String start = operand(repeat.start(), true);
        String name = names.unique(body.hint(step.result()), "h");
        named.put(step.result(), name);
        String others =
                String.join(", ", repeat.shared().stream().map(this::name).toList());
        return "  var " + name + " = " + wrapped(start) + "\n  for i in 0.."
                + repeat.turns().size() + " {\n    " + name
                + " = (" + name + ", " + others + ") -> " + blocks.block(repeat) + "() as " + instances.get(repeat)
                + "\n  }\n";
    }

    /** The expression of an output. */
    String output(Value value) {
        Step maker = makers.get(value);
        return maker != null && !named.containsKey(value) ? wrapped(expression(maker)) : name(value);
    }

    private String name(Value value) {
        String name = named.get(value);
        if (name == null) {
            throw new IllegalStateException("no name for " + value.hint());
        }
        return name;
    }

    /** True for what stands in the expression of its only reader. */
    private boolean inlined(Step step) {
        if (uses.getOrDefault(step.result(), 0) != 1) {
            return false;
        }
        Step reader = readers.get(step.result());
        if (reader == null) {
            return true;
        }
        if (reader.parts().size() > 2
                && reader.parts().get(2) instanceof Repeats.Repeat r
                && !r.shared().isEmpty()) {
            return r.start() == step.result();
        }
        if (reader.stage() && reader.parts().getFirst() == step.result()) {
            return true;
        }
        return !body.isNamed(step.result()) && lengths(step) <= INLINE;
    }

    private int lengths(Step step) {
        int length = 0;
        for (Object part : step.parts()) {
            length += part instanceof Value v
                    ? named.containsKey(v)
                            ? name(v).length()
                            : makers.containsKey(v) && inlined(makers.get(v)) ? lengths(makers.get(v)) : 8
                    : part instanceof String s ? s.length() : INLINE;
        }
        return length;
    }

    private String expression(Step step) {
        var text = new StringBuilder();
        boolean first = true;
        for (Object part : step.parts()) {
            switch (part) {
                case Value v ->
                    text.append(operand(v, first && step.stage() || step.parts().size() == 1));
                case Step.Instance i -> text.append(" as ").append(instances.get(i));
                case Repeats.Repeat r ->
                    text.append(blocks.block(r))
                            .append("() * ")
                            .append(r.turns().size())
                            .append(" as ")
                            .append(instances.get(r));
                default -> text.append(part);
            }
            first = false;
        }
        return text.toString();
    }

    private String operand(Value value, boolean open) {
        Step maker = makers.get(value);
        if (maker == null || named.containsKey(value)) {
            return name(value);
        }
        String text = expression(maker);
        return open || isAtom(text) ? text : "(" + text + ")";
    }

    /** True for a name, a call or an index, which need no parentheses. */
    private static boolean isAtom(String text) {
        int at = 0;
        while (at < text.length()
                && (Character.isLetterOrDigit(text.charAt(at)) || "_.".indexOf(text.charAt(at)) >= 0)) {
            at++;
        }
        int depth = 0;
        for (; at < text.length(); at++) {
            char c = text.charAt(at);
            depth += c == '(' || c == '[' ? 1 : c == ')' || c == ']' ? -1 : 0;
            if (depth == 0 && c != ')' && c != ']') {
                return false;
            }
        }
        return true;
    }

    /** Long pipelines have a line for each stage. */
    private static String wrapped(String expression) {
        if (expression.length() <= WIDTH) {
            return expression;
        }
        var text = new StringBuilder();
        int depth = 0;
        for (int i = 0; i < expression.length(); i++) {
            char c = expression.charAt(i);
            depth += c == '(' || c == '[' ? 1 : c == ')' || c == ']' ? -1 : 0;
            boolean arrow = depth == 0 && expression.startsWith(" -> ", i);
            text.append(arrow ? "\n    " : c);
        }
        return text.toString();
    }
}
