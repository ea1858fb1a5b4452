package dev.nnd.compiler.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Lines of cells, each column as wide as its widest cell. */
final class TextTable {
    private final List<List<String>> lines = new ArrayList<>();

    TextTable line(String... cells) {
        lines.add(List.of(cells));
        return this;
    }

    TextTable line(List<String> cells) {
        lines.add(List.copyOf(cells));
        return this;
    }

    void print(PrintWriter out) {
        int columns = lines.stream().mapToInt(List::size).max().orElse(0);
        int[] widths = IntStream.range(0, columns)
                .map(c -> lines.stream()
                        .filter(l -> c < l.size())
                        .mapToInt(l -> l.get(c).length())
                        .max()
                        .orElse(0))
                .toArray();
        for (var line : lines) {
            var text = new StringBuilder();
            for (int c = 0; c < line.size(); c++) {
                text.append(line.get(c))
                        .append(" ".repeat(widths[c] - line.get(c).length() + 2));
            }
            out.println(text.toString().stripTrailing());
        }
    }
}
