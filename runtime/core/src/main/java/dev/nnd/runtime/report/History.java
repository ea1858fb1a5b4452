package dev.nnd.runtime.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The lines of a run's {@code metrics.csv}.
 *
 * @param names of the columns
 * @param lines a number for each column; NaN where there is none
 */
public record History(List<String> names, List<double[]> lines) {

    public History {
        names = List.copyOf(names);
        lines = List.copyOf(lines);
    }

    /** Reads a file; a line that a killed process left unfinished is passed over, and without a file there are no lines. */
    public static History read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return new History(List.of(), List.of());
        }
        var text = Files.readAllLines(file);
        if (text.isEmpty()) {
            return new History(List.of(), List.of());
        }
        var names = List.of(text.getFirst().split(",", -1));
        var lines = new ArrayList<double[]>();
        for (String line : text.subList(1, text.size())) {
            var cells = line.split(",", -1);
            if (cells.length == names.size()) {
                var numbers = new double[cells.length];
                for (int i = 0; i < cells.length; i++) {
                    numbers[i] = number(cells[i]);
                }
                lines.add(numbers);
            }
        }
        return new History(names, lines);
    }

    private static double number(String cell) {
        try {
            return Double.parseDouble(cell);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    /** A column as a curve over another; empty if one of them is not there. */
    Series series(String x, String y, String name) {
        int across = names.indexOf(x);
        int up = names.indexOf(y);
        if (across < 0 || up < 0) {
            return new Series(name, new double[0], new double[0]);
        }
        return new Series(
                name,
                lines.stream().mapToDouble(l -> l[across]).toArray(),
                lines.stream().mapToDouble(l -> l[up]).toArray());
    }

    /** The metrics without the names of their splits, in the order of the file. */
    List<String> metrics() {
        return names.stream()
                .filter(n -> n.indexOf('.') > 0)
                .map(n -> n.substring(n.indexOf('.') + 1))
                .distinct()
                .toList();
    }

    /** The curves of a metric, one for each split. */
    List<Series> curves(String metric) {
        String across = lines.stream().map(l -> l[0]).distinct().count() == lines.size() ? "epoch" : "step";
        return names.stream()
                .filter(n ->
                        n.indexOf('.') > 0 && n.substring(n.indexOf('.') + 1).equals(metric))
                .map(n -> series(across, n, n.substring(0, n.indexOf('.'))))
                .toList();
    }

    /** What the curves are drawn over. */
    String across() {
        return lines.stream().map(l -> l[0]).distinct().count() == lines.size() ? "epoch" : "step";
    }
}
