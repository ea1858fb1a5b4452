package dev.nnd.compiler.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.nnd.compiler.type.DType;
import dev.nnd.grammar.SourceFile;
import dev.nnd.grammar.format.Formatter;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes the statements as a model: names, declarations of weights, pipelines. */
final class NndText {

    private static final int WIDTH = 100;
    private static final int INLINE = 60;

    /** An output of the graph. */
    record Output(String name, Value value) {}

    private final OnnxImport.Options options;
    private final Body body;
    private final List<Value.Computed> inputs;
    private final List<Output> outputs;
    private final ModelProto model;

    private final NndNames names = new NndNames();
    private final Map<Value, String> named = new IdentityHashMap<>();
    private final Map<Value, Integer> uses = new IdentityHashMap<>();
    private final Map<Value, Step> makers = new IdentityHashMap<>();
    private final Map<String, TensorData> weights = new LinkedHashMap<>();
    private final Map<Value.Known, String> declared = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();

    NndText(OnnxImport.Options options, Body body, List<Value.Computed> inputs, List<Output> outputs, ModelProto model) {
        this.options = options;
        this.body = body;
        this.inputs = inputs;
        this.outputs = outputs;
        this.model = model;
    }

    Imported imported() {
        List<Output> shown = shownOutputs();
        List<Step> steps = live(shown);
        steps.forEach(s -> makers.put(s.result(), s));
        steps.forEach(s -> s.parts().stream().filter(String.class::isInstance).forEach(p -> names.reserve((String) p)));
        steps.forEach(s -> s.result().type().dims().forEach(d -> d.variables().forEach(names::reserve)));
        var inputPorts = new ArrayList<Imported.Port>();
        if (inputs.isEmpty()) {
            names.reserve("unused");
        }
        for (Value.Computed input : inputs) {
            named.put(input, names.unique(input.hint(), "x"));
            inputPorts.add(new Imported.Port(input.hint(), name(input)));
        }
        var outputPorts = new ArrayList<Imported.Port>();
        for (Output output : shown) {
            outputPorts.add(new Imported.Port(output.name(), names.unique(output.name(), "y")));
        }
        declare(steps, shown);
        String statements = statements(steps, shown, outputPorts);
        String text = text(statements);
        return new Imported(formatted(text), weights, inputPorts, outputPorts, notes);
    }

    private String formatted(String text) {
        return Formatter.format(new SourceFile(options.model() + ".nnd", text)).text();
    }

    /** Outputs as expressions: what is known becomes a statement too. */
    private List<Output> shownOutputs() {
        var shown = new ArrayList<Output>();
        for (Output output : outputs) {
            switch (output.value()) {
                case Value.Sequence s ->
                    throw new OnnxProblem("output `" + OnnxReader.shown(output.name()) + "` is a sequence of tensors");
                case Value.Known k when k.data().size() == 0 ->
                    notes.add("the output `" + OnnxReader.shown(output.name()) + "` has no elements and is left out");
                case Value.Known k when k.data().rank() == 0 && Literals.has(k.data()) ->
                    shown.add(new Output(
                            output.name(),
                            body.emit(
                                    "constant",
                                    "full[1]({}) -> cast[{}] -> squeeze[0]",
                                    Literals.of(k.data(), 0),
                                    k.data().dtype())));
                case Value.Known k -> shown.add(new Output(output.name(), body.emit("constant", "{}", k)));
                case Value.Sizes s -> shown.add(new Output(output.name(), body.sizes(s)));
                case Value.Computed v -> shown.add(output);
            }
        }
        return shown;
    }

    /** The statements that an output needs. */
    private List<Step> live(List<Output> shown) {
        Set<Value> needed = java.util.Collections.newSetFromMap(new IdentityHashMap<>());
        shown.forEach(o -> needed.add(o.value()));
        shown.forEach(o -> uses.merge(o.value(), 1, Integer::sum));
        var live = new ArrayList<Step>();
        for (Step step : body.steps().reversed()) {
            if (needed.contains(step.result())) {
                live.add(step);
                for (Value operand : step.operands()) {
                    needed.add(operand);
                    uses.merge(operand, 1, Integer::sum);
                }
            }
        }
        return live.reversed();
    }

    private String name(Value value) {
        return named.getOrDefault(value, "?");
    }

    /** Names for weights: those of instances first, since they have a path. */
    private void declare(List<Step> steps, List<Output> shown) {
        for (Step step : steps) {
            for (Object part : step.parts()) {
                if (part instanceof Step.Instance instance) {
                    String name = names.unique(instance.hint(), "layer");
                    instances.put(instance, name);
                    instance.weights().forEach((w, known) -> weights.put(name + "." + w, known.data()));
                }
            }
        }
        var constants = new LinkedHashSet<Value.Known>();
        steps.forEach(s -> s.operands().stream()
                .filter(Value.Known.class::isInstance)
                .forEach(k -> constants.add((Value.Known) k)));
        for (Value.Known known : constants) {
            if (!declared.containsKey(known)) {
                String name = names.unique(body.hint(known), "constant");
                declared.put(known, name);
                named.put(known, name);
                weights.put(name, known.data());
            }
        }
        if (shown.isEmpty()) {
            throw new OnnxProblem("the graph has no output with elements");
        }
    }

    private final Map<Step.Instance, String> instances = new IdentityHashMap<>();

    private String statements(List<Step> steps, List<Output> shown, List<Imported.Port> ports) {
        var text = new StringBuilder();
        for (Step step : steps) {
            if (!inlined(step)) {
                named.put(step.result(), names.unique(body.hint(step.result()), "t"));
                text.append("  let ").append(name(step.result())).append(" = ").append(wrapped(expression(step))).append('\n');
            }
        }
        text.append('\n');
        for (int i = 0; i < shown.size(); i++) {
            Value value = shown.get(i).value();
            Step maker = makers.get(value);
            String expression = maker != null && inlined(maker) ? wrapped(expression(maker)) : name(value);
            text.append("  output ").append(ports.get(i).nnd()).append(": ").append(value.type()).append(" = ").append(expression).append('\n');
        }
        return text.toString();
    }

    /** True for what stands in the expression of its only reader. */
    private boolean inlined(Step step) {
        if (uses.getOrDefault(step.result(), 0) != 1) {
            return false;
        }
        return readers().containsKey(step.result()) ? inlinedIn(step, readers().get(step.result())) : true;
    }

    private boolean inlinedIn(Step step, Step reader) {
        if (reader.stage() && reader.parts().getFirst() == step.result()) {
            return true;
        }
        return !body.isNamed(step.result()) && expression(step).length() <= INLINE;
    }

    private Map<Value, Step> readersOrNone = Map.of();

    private Map<Value, Step> readers() {
        if (readersOrNone.isEmpty()) {
            readersOrNone = new IdentityHashMap<>();
            makers.values().forEach(s -> s.operands().forEach(o -> readersOrNone.put(o, s)));
        }
        return readersOrNone;
    }

    private final Map<Step, String> expressions = new IdentityHashMap<>();

    private String expression(Step step) {
        String known = expressions.get(step);
        if (known != null) {
            return known;
        }
        var text = new StringBuilder();
        boolean first = true;
        for (Object part : step.parts()) {
            switch (part) {
                case Value v -> text.append(operand(v, first && step.stage(), step.parts().size() == 1));
                case Step.Instance i -> text.append(" as ").append(instances.get(i));
                default -> text.append(part);
            }
            first = false;
        }
        String made = text.toString();
        if (step.operands().stream().allMatch(o -> !(o instanceof Value.Computed) || named.containsKey(o) || makers.containsKey(o) && inlined(makers.get(o)))) {
            expressions.put(step, made);
        }
        return made;
    }

    private String operand(Value value, boolean piped, boolean alone) {
        Step maker = makers.get(value);
        if (maker == null || named.containsKey(value) || !inlined(maker)) {
            return name(value);
        }
        String text = expression(maker);
        return piped || alone || isAtom(text) ? text : "(" + text + ")";
    }

    /** True for a name, a call or an index, which need no parentheses. */
    static boolean isAtom(String text) {
        int at = 0;
        while (at < text.length() && (Character.isLetterOrDigit(text.charAt(at)) || "_.".indexOf(text.charAt(at)) >= 0)) {
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

    private String text(String statements) {
        var text = new StringBuilder();
        String producer = model.getProducerName().isEmpty() ? "" : ", written by " + OnnxReader.shown(model.getProducerName()).replaceAll("[^\\w .-]", "");
        text.append("/// Imported from ONNX").append(producer).append(".\n");
        if (!options.packageName().isEmpty()) {
            text.append("package ").append(options.packageName()).append("\n\n");
        }
        text.append("model ").append(NndNames.model(options.model())).append(" {\n");
        for (Value.Computed input : inputs) {
            text.append("  input ").append(name(input)).append(": ").append(input.type()).append('\n');
        }
        if (inputs.isEmpty()) {
            text.append("  /// Not read: all that the graph computes is constant.\n  input unused: f32\n");
        }
        declared.forEach((known, name) -> {
            boolean trained = known.isWeight() && known.data().dtype() == DType.F32;
            text.append(trained ? "  param " : "  buffer ").append(name).append(": ").append(known.type()).append(" = zeros()\n");
        });
        return text.append('\n').append(statements).append("}\n").toString();
    }
}
