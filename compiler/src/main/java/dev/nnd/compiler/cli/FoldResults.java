package dev.nnd.compiler.cli;

import dev.nnd.compiler.cli.output.AtomicFile;
import dev.nnd.runtime.NndException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/** What came of training on all folds but one, for each of them: the metrics of what each kept as its best. */
final class FoldResults {

    private final List<Map<String, Double>> folds = new ArrayList<>();

    /** The folder of a fold, the first being 1. */
    static Path folder(Path directory, int fold) {
        return directory.resolve("fold-" + fold);
    }

    void add(Map<String, Double> metrics) {
        folds.add(metrics);
    }

    /** Those that all folds have, but for the ones over what was trained on. */
    private List<String> metrics() {
        return folds.getFirst().keySet().stream()
                .filter(m -> !m.startsWith("train.") && folds.stream().allMatch(f -> f.containsKey(m)))
                .toList();
    }

    private DoubleStream values(String metric) {
        return folds.stream().mapToDouble(f -> f.getOrDefault(metric, Double.NaN));
    }

    private double mean(String metric) {
        return values(metric).sum() / folds.size();
    }

    /** The standard deviation of a sample, with n - 1. */
    private double deviation(String metric) {
        double mean = mean(metric);
        double squares = values(metric).map(v -> (v - mean) * (v - mean)).sum();
        return Math.sqrt(squares / (folds.size() - 1));
    }

    /** Prints a line for each fold, then their mean and standard deviation. */
    void print(Terminal terminal) {
        var table = new TextTable();
        var head = new ArrayList<>(List.of("fold"));
        head.addAll(metrics());
        table.line(head);
        for (int i = 0; i < folds.size(); i++) {
            var metrics = folds.get(i);
            table.line(line(
                    Integer.toString(i + 1),
                    metrics().stream().map(metrics::get).toList()));
        }
        table.line(line("mean", metrics().stream().map(this::mean).toList()));
        table.line(line("sd", metrics().stream().map(this::deviation).toList()));
        table.print(terminal.out());
    }

    private static List<String> line(String name, List<Double> values) {
        var line = new ArrayList<>(List.of(name));
        values.forEach(v -> line.add(TextProgress.number(v)));
        return line;
    }

    /** As a JSON object on one line. */
    String json() {
        return "{\"kind\":\"folds\",\"folds\":"
                + folds.stream().map(JsonProgress::numbers).collect(Collectors.joining(",", "[", "]"))
                + ",\"mean\":" + JsonProgress.numbers(ofAll(true)) + ",\"sd\":" + JsonProgress.numbers(ofAll(false))
                + "}";
    }

    private Map<String, Double> ofAll(boolean mean) {
        var values = new LinkedHashMap<String, Double>();
        metrics().forEach(m -> values.put(m, mean ? mean(m) : deviation(m)));
        return values;
    }

    /** Writes {@code folds.csv}: a line for each fold. */
    void write(Path directory) {
        var csv = new StringBuilder("fold," + String.join(",", metrics()) + "\n");
        for (int i = 0; i < folds.size(); i++) {
            csv.append(i + 1);
            for (String metric : metrics()) {
                csv.append(',').append(folds.get(i).get(metric));
            }
            csv.append('\n');
        }
        try {
            Files.createDirectories(directory);
            AtomicFile.write(directory.resolve("folds.csv"), csv.toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new NndException("The folder " + directory + " can't be written: " + e.getMessage() + ".", e);
        }
    }
}
