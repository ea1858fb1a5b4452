package dev.nnd.compiler.cli;

import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.typed.ForwardCost;
import dev.nnd.compiler.typed.ParameterCount;
import dev.nnd.compiler.typed.Requirement;
import dev.nnd.compiler.typed.TypedBlock;
import dev.nnd.compiler.typed.TypedModel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is known of a model that checks and that this version does not compile to Java yet: its layers with their shapes,
 * parameters and operations. The memory of a call is not known, since there is no plan.
 */
final class CheckedSummary {

    /** A layer called by the model itself; what is inside it is counted with it. */
    private record Row(String stage, String weights, String output, Dim parameters, Dim flops) {}

    private final TypedModel model;
    private final List<Row> rows;

    private CheckedSummary(TypedModel model, List<Row> rows) {
        this.model = model;
        this.rows = rows;
    }

    static CheckedSummary of(TypedModel model) {
        var rows = new ArrayList<Row>();
        Set<String> counted = new HashSet<>();
        Dim parameters = ParameterCount.of(model.block());
        Dim flops = ForwardCost.flops(model.block());
        for (TypedBlock.Binding binding : model.block().body()) {
            if (binding instanceof TypedBlock.Binding.Call call) {
                Row row = row(call, counted.add(call.layer()));
                rows.add(row);
                parameters = parameters.minus(row.parameters());
                flops = flops.minus(row.flops());
            }
        }
        if (!parameters.is(0) || !flops.is(0)) {
            rows.add(new Row("outside of layers", "", "", parameters, flops));
        }
        return new CheckedSummary(model, rows);
    }

    /** A layer that is called twice has its parameters counted in the first row. */
    private static Row row(TypedBlock.Binding.Call call, boolean first) {
        Dim parameters = ParameterCount.of(call.block());
        String outputs =
                call.block().outputs().stream().map(o -> o.type().toString()).collect(Collectors.joining(", "));
        return new Row(
                call.span().text().strip().replaceAll("\\s+", " "),
                parameters.is(0) ? "" : call.layer(),
                outputs,
                first ? parameters : Dim.ZERO,
                ForwardCost.flops(call.block()));
    }

    String table() {
        var lines = new ArrayList<List<String>>();
        lines.add(List.of("stage", "weights", "output", "parameters", "FLOPs"));
        for (Row row : rows) {
            lines.add(List.of(
                    SummaryText.shortened(row.stage()),
                    row.weights(),
                    row.output(),
                    number(row.parameters()),
                    SummaryText.shortened(number(row.flops()))));
        }
        TypedBlock block = model.block();
        String flops = number(ForwardCost.flops(block));
        lines.add(
                List.of("total", "", "", SummaryText.grouped(ParameterCount.of(block)), SummaryText.shortened(flops)));
        boolean cut = !SummaryText.shortened(flops).equals(flops);
        String required = block.requirements().stream()
                .filter(r -> r.kind() == Requirement.Kind.WRITTEN)
                .map(r -> r.condition().text())
                .distinct()
                .collect(Collectors.joining(", "));
        return model.name() + "  " + ModelSummary.signature(model) + "\n" + SummaryText.aligned(lines)
                + (cut ? "FLOPs: " + flops + "\n" : "")
                + "activations: " + SummaryText.grouped(ForwardCost.activationBytes(block))
                + " bytes in a forward pass\n"
                + (required.isEmpty() ? "" : "requires: " + required + "\n");
    }

    private static String number(Dim dim) {
        return dim.is(0) ? "" : SummaryText.grouped(dim);
    }

    String json() {
        String stages = rows.stream()
                .map(r -> "{\"stage\":" + JsonProgress.text(r.stage()) + ",\"weights\":"
                        + JsonProgress.text(r.weights())
                        + ",\"output\":" + JsonProgress.text(r.output()) + ",\"parameters\":"
                        + SummaryText.value(r.parameters())
                        + ",\"flops\":" + JsonProgress.text(r.flops().toString()) + "}")
                .collect(Collectors.joining(",", "[", "]"));
        TypedBlock block = model.block();
        return "{\"kind\":\"model\",\"name\":" + JsonProgress.text(model.name()) + ",\"signature\":"
                + JsonProgress.text(ModelSummary.signature(model)) + ",\"stages\":" + stages + ",\"parameters\":"
                + SummaryText.value(ParameterCount.of(block)) + ",\"flops\":"
                + JsonProgress.text(ForwardCost.flops(block).toString()) + ",\"activationBytes\":"
                + JsonProgress.text(ForwardCost.activationBytes(block).toString()) + ",\"compiles\":false}\n";
    }
}
