package dev.nnd.compiler.cli;

import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A model's summary as a table for people, or as JSON. */
final class SummaryText {

    private static final int WIDEST_STAGE = 48;
    private static final int NUMERIC_FROM = 3;

    private SummaryText() {}

    static String table(ModelSummary summary) {
        var lines = new ArrayList<List<String>>();
        lines.add(List.of("stage", "weights", "output", "parameters", "FLOPs"));
        for (ModelSummary.Row row : summary.rows()) {
            lines.add(List.of(
                    shortened(row.stage()),
                    row.weights(),
                    row.output().toString(),
                    row.parameters().is(0) ? "" : grouped(row.parameters()),
                    row.flops().equals(Dim.ZERO) ? "" : grouped(row.flops())));
        }
        lines.add(List.of("total", "", "", grouped(summary.parameters()), grouped(summary.flops())));
        return summary.name() + "  " + summary.signature() + "\n" + aligned(lines) + memory(summary);
    }

    private static String memory(ModelSummary summary) {
        String formula = summary.arena()
                .map(a -> TextProgress.grouped(a.slope()) + " * " + a.variable()
                        + (a.constant() == 0 ? "" : " + " + TextProgress.grouped(a.constant()))
                        + " bytes, each buffer rounded up to 64")
                .orElse("not linear in the free dims");
        String sizes = summary.arenaAt().entrySet().stream()
                .map(e -> bytes(e.getValue()) + (e.getKey().isEmpty() ? "" : " at " + e.getKey()))
                .distinct()
                .collect(Collectors.joining(", "));
        boolean fixed = summary.arenaAt().size() == 1;
        return "weights: " + size(summary.parameterBytes()) + "\n" + "arena:   "
                + (fixed ? sizes : formula + ": " + sizes) + "\n";
    }

    static String aligned(List<List<String>> lines) {
        int[] widths = new int[lines.getFirst().size()];
        for (List<String> line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        var text = new StringBuilder();
        for (int l = 0; l < lines.size(); l++) {
            if (l == 1 || l == lines.size() - 1) {
                int all = Arrays.stream(widths).sum() + 2 * (widths.length - 1);
                text.append("  ").append("-".repeat(all)).append('\n');
            }
            var row = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String cell = lines.get(l).get(i);
                String blank = " ".repeat(widths[i] - cell.length());
                row.append("  ").append(i < NUMERIC_FROM ? cell + blank : blank + cell);
            }
            text.append(row.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    static String shortened(String stage) {
        return stage.length() <= WIDEST_STAGE ? stage : stage.substring(0, WIDEST_STAGE - 3) + "...";
    }

    private static String size(Dim bytes) {
        return bytes.constant().isPresent() ? bytes(bytes.constant().getAsLong()) : grouped(bytes) + " bytes";
    }

    /** As a number in JSON, or as text if it depends on what is learned. */
    static String value(Dim dim) {
        return dim.constant().isPresent() ? dim.toString() : JsonProgress.text(dim.toString());
    }

    /** A polynomial with its numbers in groups of three. */
    static String grouped(Dim dim) {
        return Pattern.compile("\\d+")
                .matcher(dim.toString())
                .replaceAll(m -> TextProgress.grouped(Long.parseLong(m.group())));
    }

    /** {@code 27.3 KiB} and the like. */
    static String bytes(long bytes) {
        if (bytes < 1024) {
            return bytes + " bytes";
        }
        double size = bytes / 1024.0;
        for (String unit : List.of("KiB", "MiB", "GiB")) {
            if (size < 1024) {
                return TextProgress.number(size) + " " + unit;
            }
            size /= 1024;
        }
        return TextProgress.number(size) + " TiB";
    }

    static String json(ModelSummary summary) {
        String rows = summary.rows().stream()
                .map(r ->
                        "{\"stage\":" + JsonProgress.text(r.stage()) + ",\"weights\":" + JsonProgress.text(r.weights())
                                + ",\"output\":" + JsonProgress.text(r.output().toString()) + ",\"parameters\":"
                                + value(r.parameters())
                                + ",\"flops\":" + JsonProgress.text(r.flops().toString()) + "}")
                .collect(Collectors.joining(",", "[", "]"));
        String arena = summary.arena()
                .map(a -> "{\"variable\":" + JsonProgress.text(a.variable()) + ",\"slope\":" + a.slope()
                        + ",\"constant\":" + a.constant() + "}")
                .orElse("null");
        return "{\"kind\":\"model\",\"name\":" + JsonProgress.text(summary.name()) + ",\"signature\":"
                + JsonProgress.text(summary.signature()) + ",\"stages\":" + rows + ",\"parameters\":"
                + value(summary.parameters()) + ",\"parameterBytes\":" + value(summary.parameterBytes()) + ",\"flops\":"
                + JsonProgress.text(summary.flops().toString()) + ",\"arena\":" + arena + ",\"arenaBytes\":"
                + JsonProgress.numbers(summary.arenaAt()) + "}\n";
    }
}
