package dev.nnd.compiler.cli;

import dev.nnd.compiler.CompiledFile;
import dev.nnd.compiler.ir.FlopCount;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Origin;
import dev.nnd.compiler.lower.LoweredParameter;
import dev.nnd.compiler.lower.ModelLowering;
import dev.nnd.compiler.plan.ArenaEstimate;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.TypedModel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is known of a model before it runs.
 *
 * @param name the model's name
 * @param signature {@code image: f32[N, 1, 28, 28] -> logits: f32[N, 10]}
 * @param rows in the order of execution
 * @param parameters trainable scalars; a number, or a function of sizes that are learned from data
 * @param parameterBytes their memory
 * @param flops of one forward pass, as a function of the free dims
 * @param arena bytes as a function of the only free dim, if it is affine there
 * @param arenaAt bytes for some sizes of the free dims
 */
record ModelSummary(
        String name,
        String signature,
        List<Row> rows,
        Dim parameters,
        Dim parameterBytes,
        Dim flops,
        Optional<Affine> arena,
        Map<String, Long> arenaAt) {

    /** A stage as written; {@code weights} is the path of its parameters, empty if it has none. */
    record Row(String stage, String weights, TensorType output, Dim parameters, Dim flops) {}

    /** {@code slope * variable + constant}. */
    record Affine(String variable, long slope, long constant) {}

    /** What a size that is learned from data is taken to be where memory is told. */
    private static final long LEARNED = 1_000;

    private static final List<Long> SIZES = List.of(1L, 16L, 64L, 256L);

    static ModelSummary of(CompiledFile.Model compiled) {
        TypedModel model = compiled.model();
        // As written: after the rewrites a stage may be part of another.
        Graph written = ModelLowering.lower(model).graph();
        List<Row> rows = new Rows(compiled.parameters()).of(written);
        var arenaAt = new LinkedHashMap<String, Long>();
        for (long size : SIZES) {
            Stream<String> at = Stream.concat(
                    model.freeDims().stream().map(v -> v + " = " + size),
                    model.learnedDims().stream().map(v -> v + " = " + LEARNED));
            arenaAt.put(at.collect(Collectors.joining(", ")), arena(compiled, size));
        }
        return new ModelSummary(
                model.name(),
                signature(model),
                rows,
                compiled.parameters().stream()
                        .filter(LoweredParameter::trained)
                        .map(ModelSummary::elements)
                        .reduce(Dim.ZERO, Dim::plus),
                compiled.parameters().stream()
                        .map(p -> elements(p).times(p.type().dtype().bytes()))
                        .reduce(Dim.ZERO, Dim::plus),
                FlopCount.of(written),
                affine(compiled),
                arenaAt);
    }

    static String signature(TypedModel model) {
        String inputs = model.block().inputs().stream()
                .map(i -> i.name() + ": " + i.type())
                .collect(Collectors.joining(", "));
        String outputs = model.block().outputs().stream()
                .map(o -> o.name() + ": " + o.type())
                .collect(Collectors.joining(", "));
        return inputs + " -> " + outputs;
    }

    private static Dim elements(LoweredParameter parameter) {
        return parameter.type().elements();
    }

    private static long arena(CompiledFile.Model model, long size) {
        var sizes = new TreeMap<String, Long>();
        model.model().freeDims().forEach(v -> sizes.put(v, size));
        model.model().learnedDims().forEach(v -> sizes.put(v, LEARNED));
        return ArenaEstimate.bytes(model.plan(), sizes);
    }

    /** Buffers are rounded up to 64 bytes each, so a line is fitted where nothing is rounded: at multiples of 64 elements. */
    private static Optional<Affine> affine(CompiledFile.Model model) {
        Set<String> free = model.model().freeDims();
        if (free.size() != 1 || !model.model().learnedDims().isEmpty()) {
            return Optional.empty();
        }
        long first = arena(model, 64);
        long slope = (arena(model, 128) - first) / 64;
        long constant = first - slope * 64;
        for (long size : List.of(128L, 192L, 256L, 1024L, 4096L)) {
            if (arena(model, size) != slope * size + constant) {
                return Optional.empty();
            }
        }
        return Optional.of(new Affine(free.iterator().next(), slope, constant));
    }

    /** Collects neighbouring ops of one stage. */
    private static final class Rows {
        private final List<LoweredParameter> parameters;
        private final List<LoweredParameter> left;

        Rows(List<LoweredParameter> parameters) {
            this.parameters = parameters;
            this.left = new ArrayList<>(parameters);
        }

        List<Row> of(Graph graph) {
            var rows = new ArrayList<Row>();
            var stage = new ArrayList<Node>();
            for (Node node : graph.nodes()) {
                if (!stage.isEmpty() && !same(stage.getLast().origin(), node.origin())) {
                    rows.add(row(stage));
                    stage.clear();
                }
                stage.add(node);
            }
            if (!stage.isEmpty()) {
                rows.add(row(stage));
            }
            return List.copyOf(rows);
        }

        private static boolean same(Origin a, Origin b) {
            return a.instance().equals(b.instance()) && a.text().equals(b.text());
        }

        /** A layer that is called twice has its parameters counted in the first row. */
        private Row row(List<Node> nodes) {
            Origin origin = nodes.getFirst().origin();
            String path = origin.instance();
            String prefix = path.isEmpty() ? "" : path + ".";
            Dim count = Dim.ZERO;
            for (LoweredParameter parameter : List.copyOf(left)) {
                if (!path.isEmpty() && parameter.path().startsWith(prefix)) {
                    count = parameter.trained() ? count.plus(elements(parameter)) : count;
                    left.remove(parameter);
                }
            }
            boolean weighted = !path.isEmpty()
                    && parameters.stream().anyMatch(p -> p.path().startsWith(prefix));
            Dim flops = Dim.ZERO;
            for (Node node : nodes) {
                flops = flops.plus(FlopCount.of(node));
            }
            String text = origin.text().strip().replaceAll("\\s+", " ");
            return new Row(text, weighted ? path : "", nodes.getLast().output().type(), count, flops);
        }
    }
}
