package dev.nnd.compiler.cli;

import dev.nnd.compiler.emit.data.DataShape;
import dev.nnd.compiler.emit.training.Prediction;
import dev.nnd.compiler.typed.DataExpr;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.runtime.data.Dataset;
import dev.nnd.runtime.data.Learned;
import java.io.PrintWriter;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/** Prints what a model says about rows: a label with its probability, none where these are no numbers, or values. */
final class Answers {

    private final PrintWriter out;
    private final boolean json;
    private final Optional<Path> file;
    private final Prediction prediction;
    private final Optional<Learned.Standardizer> standardizer;

    /**
     * @param file what the rows are of, to be told with each
     * @param data the data section with what it learned
     * @param shape the section as it was written
     */
    Answers(PrintWriter out, boolean json, Optional<Path> file, Prediction prediction, Dataset data, DataShape shape) {
        this.out = out;
        this.json = json;
        this.file = file;
        this.prediction = prediction;
        this.standardizer = prediction.invertible()
                ? prediction
                        .target()
                        .map(TypedData.Field::value)
                        .map(v -> standardizer((DataExpr.Standardize) v, data, shape))
                : Optional.empty();
    }

    private static Learned.Standardizer standardizer(DataExpr.Standardize step, Dataset data, DataShape shape) {
        return (Learned.Standardizer) data.learned().get(shape.learnedIndex(step));
    }

    void print(long row, MemorySegment output) {
        double[] values = new double[Math.toIntExact(output.byteSize() / Float.BYTES)];
        for (int i = 0; i < values.length; i++) {
            values[i] = output.getAtIndex(ValueLayout.JAVA_FLOAT, i);
        }
        if (prediction.classes().isPresent()) {
            label(row, probabilities(values), prediction.classes().get());
        } else {
            values(row, values);
        }
    }

    private String fileInJson() {
        return file.map(f -> "\"file\":" + JsonProgress.text(f.toString()) + ",")
                .orElse("");
    }

    private String fileInText() {
        return file.map(f -> f + "  ").orElse("");
    }

    private double[] probabilities(double[] logits) {
        if (prediction.classes().orElseThrow().sigmoid()) {
            double second = 1 / (1 + Math.exp(-logits[0]));
            return new double[] {1 - second, second};
        }
        double largest = DoubleStream.of(logits).max().orElse(0);
        double[] shares =
                DoubleStream.of(logits).map(v -> Math.exp(v - largest)).toArray();
        double sum = DoubleStream.of(shares).sum();
        return DoubleStream.of(shares).map(v -> v / sum).toArray();
    }

    private void label(long row, double[] probabilities, Prediction.Classes classes) {
        int best = 0;
        for (int i = 1; i < probabilities.length; i++) {
            best = probabilities[i] > probabilities[best] ? i : best;
        }
        List<String> names = classes.label().label().orElseThrow().names();
        if (DoubleStream.of(probabilities).anyMatch(Double::isNaN)) {
            out.println(
                    json
                            ? "{\"kind\":\"prediction\"," + fileInJson() + "\"row\":" + row
                                    + ",\"label\":null,\"probability\":null}"
                            : fileInText() + row + "  none: what the model gives is no number");
            return;
        }
        if (json) {
            out.println("{\"kind\":\"prediction\"," + fileInJson() + "\"row\":" + row + ",\"label\":"
                    + JsonProgress.text(names.get(best)) + ",\"probability\":" + probabilities[best] + "}");
        } else {
            out.println(fileInText() + row + "  " + names.get(best) + "  "
                    + String.format(Locale.ROOT, "%.4f", probabilities[best]));
        }
    }

    private void values(long row, double[] values) {
        double[] told = values.clone();
        standardizer.ifPresent(s -> {
            for (int i = 0; i < told.length; i++) {
                told[i] = values[i] * s.std(i) + s.mean(i);
            }
        });
        if (json) {
            String list = DoubleStream.of(told)
                    .mapToObj(v -> Double.isFinite(v) ? String.valueOf((float) v) : "null")
                    .collect(Collectors.joining(",", "[", "]"));
            out.println("{\"kind\":\"prediction\"," + fileInJson() + "\"row\":" + row + ",\"values\":" + list + "}");
        } else {
            out.println(fileInText() + row + "  "
                    + DoubleStream.of(told).mapToObj(TextProgress::number).collect(Collectors.joining("  ")));
        }
    }
}
