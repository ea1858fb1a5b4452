package dev.nnd.compiler.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.nnd.grammar.SourceFile;
import dev.nnd.grammar.format.Formatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Writes the whole file: a model, the blocks for what repeats in it, and the names of the weights. */
final class NndText {

    /** An output of the graph. */
    record Output(String name, Value value) {}

    private final OnnxImport.Options options;
    private final Body body;
    private final List<Value.Computed> inputs;
    private final List<Output> outputs;
    private final ModelProto model;
    private final Map<String, TensorData> weights = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();
    private final StringBuilder blocks = new StringBuilder();
    private final Map<Repeats.Repeat, Block> written = new IdentityHashMap<>();
    private final NndNames blockNames = new NndNames();

    /** A block that is written once, and the parts of it that have weights. */
    private record Block(String name, List<BodyText.Named> weights) {}

    NndText(
            OnnxImport.Options options,
            Body body,
            List<Value.Computed> inputs,
            List<Output> outputs,
            ModelProto model) {
        this.options = options;
        this.body = body;
        this.inputs = inputs;
        this.outputs = outputs;
        this.model = model;
    }

    Imported imported() {
        List<Output> shown = shownOutputs();
        if (shown.isEmpty()) {
            throw new OnnxProblem("the graph has no output with elements");
        }
        Set<Value> results = Collections.newSetFromMap(new IdentityHashMap<>());
        shown.forEach(o -> results.add(o.value()));
        List<Step> steps = Repeats.folded(live(results), results);
        String name = NndNames.model(options.model());
        blockNames.reserve(name);
        var text = new BodyText(body, steps, r -> block(r).name());
        shown.forEach(o -> text.used(o.value()));
        var head = new StringBuilder("model ").append(name).append(" {\n");
        var inputPorts = new ArrayList<Imported.Port>();
        for (Value.Computed input : inputs) {
            String given = text.input(input, input.hint());
            inputPorts.add(new Imported.Port(input.hint(), given));
            head.append("  input ")
                    .append(given)
                    .append(": ")
                    .append(input.type())
                    .append('\n');
        }
        if (inputs.isEmpty()) {
            text.names().reserve("unused");
            head.append("  /// Not read: all that the graph computes is constant.\n  input unused: f32\n");
        }
        var outputPorts = new ArrayList<Imported.Port>();
        shown.forEach(o ->
                outputPorts.add(new Imported.Port(o.name(), text.names().unique(o.name(), "y"))));
        String declarations = text.declarations(UnaryOperator.identity());
        String statements = text.statements();
        head.append(declarations).append('\n').append(statements).append('\n');
        for (int i = 0; i < shown.size(); i++) {
            Value value = shown.get(i).value();
            head.append("  output ")
                    .append(outputPorts.get(i).nnd())
                    .append(": ")
                    .append(value.type());
            head.append(" = ").append(text.output(value)).append('\n');
        }
        collect("", text.weights(), List.of());
        String all = header() + blocks + head.append("}\n");
        String formatted =
                Formatter.format(new SourceFile(options.model() + ".nnd", all)).text();
        return new Imported(formatted, weights, inputPorts, outputPorts, notes);
    }

    private String header() {
        var text =
                new StringBuilder("/// Imported from ").append(model.getDomain().equals("keras") ? "Keras" : "ONNX");
        if (!model.getProducerName().isEmpty()) {
            text.append(", written by ")
                    .append(OnnxReader.shown(model.getProducerName()).replaceAll("[^\\w .-]", ""));
        }
        text.append(".\n");
        if (!options.packageName().isEmpty()) {
            text.append("package ").append(options.packageName()).append("\n\n");
        }
        return text.toString();
    }

    /** Outputs as expressions: what is known becomes a statement too. */
    private List<Output> shownOutputs() {
        var shown = new ArrayList<Output>();
        for (Output output : outputs) {
            String name = OnnxReader.shown(output.name());
            switch (output.value()) {
                case Value.Sequence s -> throw new OnnxProblem("output `" + name + "` is a sequence of tensors");
                case Value.Known k
                when k.data().size() == 0 -> notes.add("the output `" + name + "` has no elements and is left out");
                case Value.Known k
                when k.data().rank() == 0 && Literals.has(k.data()) ->
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
    private List<Step> live(Set<Value> results) {
        Set<Value> needed = Collections.newSetFromMap(new IdentityHashMap<>());
        needed.addAll(results);
        var live = new ArrayList<Step>();
        for (Step step : body.steps().reversed()) {
            if (needed.contains(step.result())) {
                live.add(step);
                needed.addAll(step.operands());
            }
        }
        return live.reversed();
    }

    /** The block of a repeat, written when it is first asked for. */
    private Block block(Repeats.Repeat repeat) {
        Block before = written.get(repeat);
        if (before != null) {
            return before;
        }
        List<Step> steps = repeat.turns().getFirst();
        List<String> hints = hints(steps, repeat.turns().get(1));
        String name = blockNames.unique(hints.getFirst(), "stage");
        name = NndNames.dim(name);
        var text = new BodyText(body, steps, r -> block(r).name());
        Value result = repeat.made().getFirst();
        text.used(result);
        var head = new StringBuilder("block ").append(name).append("() {\n");
        head.append("  input ")
                .append(text.input(repeat.start(), "x"))
                .append(": ")
                .append(repeat.start().type())
                .append('\n');
        for (Value shared : repeat.shared()) {
            head.append("  input ")
                    .append(text.input(shared, body.hint(shared)))
                    .append(": ")
                    .append(shared.type())
                    .append('\n');
        }
        String declarations = text.declarations(hint -> tail(hint, hints.get(1)));
        head.append(declarations).append('\n').append(text.statements()).append('\n');
        head.append("  output ").append(text.output(result)).append("\n}\n\n");
        blocks.append(head);
        var made = new Block(name, text.weights());
        written.put(repeat, made);
        return made;
    }

    /** What a block is called, and what the names of its weights have in front that it leaves away. */
    private static List<String> hints(List<Step> first, List<Step> second) {
        List<String> a = Repeats.hints(first);
        List<String> b = Repeats.hints(second);
        for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
            String[] x = a.get(i).split("[./]", -1);
            String[] y = b.get(i).split("[./]", -1);
            for (int s = 0; s < Math.min(x.length, y.length); s++) {
                if (!x[s].equals(y[s])) {
                    String word = x[s].replaceAll("[\\d_]+$", "");
                    String name = word.isEmpty() && s > 0 ? x[s - 1] : word;
                    return List.of(name.isEmpty() ? "stage" : singular(name), x[s]);
                }
            }
        }
        return List.of("stage", "");
    }

    private static String singular(String name) {
        return name.matches("(layers|blocks|stages)") ? name.substring(0, name.length() - 1) : name;
    }

    /** {@code conv1} of {@code layer1.0.conv1}, if the turns differ in the 0. */
    private static String tail(String hint, String turn) {
        String[] segments = hint.split("[./]", -1);
        for (int i = 0; i < segments.length - 1; i++) {
            if (segments[i].equals(turn)) {
                return String.join("_", List.of(segments).subList(i + 1, segments.length));
            }
        }
        return hint;
    }

    /**
     * The weights of a body under their names.
     *
     * @param turn the statements of this turn of a repeat, whose parts stand where those of the first turn stand
     */
    private void collect(String prefix, List<BodyText.Named> named, List<Object> turn) {
        for (int i = 0; i < named.size(); i++) {
            String name = prefix + named.get(i).name();
            switch (turn.isEmpty() ? named.get(i).part() : turn.get(i)) {
                case Value.Known k -> weights.put(name, k.data());
                case Step.Instance l -> l.weights().forEach((w, k) -> weights.put(name + "." + w, k.data()));
                case Repeats.Repeat r -> repeated(name, r);
                default -> throw new IllegalStateException(name);
            }
        }
    }

    private void repeated(String name, Repeats.Repeat repeat) {
        List<BodyText.Named> parts = block(repeat).weights();
        List<Object> first = parts(repeat.turns().getFirst());
        for (int t = 0; t < repeat.turns().size(); t++) {
            List<Object> now = parts(repeat.turns().get(t));
            var ordered = new ArrayList<Object>();
            for (BodyText.Named part : parts) {
                ordered.add(now.get(place(first, part.part())));
            }
            if (!ordered.isEmpty()) {
                collect(name + "." + t + ".", parts, ordered);
            }
        }
    }

    private static List<Object> parts(List<Step> steps) {
        var parts = new ArrayList<Object>();
        steps.forEach(s -> parts.addAll(s.parts()));
        return parts;
    }

    private static int place(List<Object> parts, Object part) {
        for (int i = 0; i < parts.size(); i++) {
            if (parts.get(i).equals(part)) {
                return i;
            }
        }
        throw new IllegalStateException("a part that is not of the repeat");
    }
}
