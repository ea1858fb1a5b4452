package dev.nnd.runtime.train;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.data.JsonText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The file {@code run.json} of a checkpoint: the run's settings for people, and how far it was for resuming.
 *
 * @param name the train section
 * @param seed of the run
 * @param batch of the run
 * @param fold of the data that it validates on, from 1; 0 if the data has none
 * @param epoch the pass that the weights are from
 * @param step optimizer steps done
 * @param metrics of that epoch
 * @param progress how to go on; absent in {@code best}
 */
record RunJson(
        String name,
        long seed,
        int batch,
        int fold,
        long epoch,
        long step,
        Map<String, Double> metrics,
        Optional<Progress> progress) {

    /**
     * How far a run is.
     *
     * @param epoch the pass that is under way or just done
     * @param stepInEpoch steps done in it
     * @param step steps done in all
     * @param rows examples in the training split
     * @param examples in {@code sums}
     * @param sums of the loss and the metrics over this pass
     * @param bestEpoch 0 before the first
     * @param bestValue of the metric that decides, NaN before the first
     * @param evaluated what was done is evaluated and reported
     * @param stopValue the best value of the metric that stops the run, NaN before the first
     * @param stopStep the step of that value
     * @param stopped the run has ended early
     */
    record Progress(
            long epoch,
            int stepInEpoch,
            long step,
            int rows,
            long examples,
            double[] sums,
            long bestEpoch,
            double bestValue,
            boolean evaluated,
            double stopValue,
            long stopStep,
            boolean stopped) {}

    static void write(Path file, TrainingStart start, EpochResult result, @Nullable Progress progress)
            throws IOException {
        try (var out = Files.newOutputStream(file);
                var json = new JsonFactory().createGenerator(JsonText.PRETTY, out, JsonEncoding.UTF8)) {
            json.writeStartObject();
            json.writeStringProperty("name", start.name());
            writeSettings(json, start);
            json.writeNumberProperty("threads", start.threads());
            json.writeObjectPropertyStart("rows");
            start.rows().forEach(json::writeNumberProperty);
            json.writeEndObject();
            json.writeNumberProperty("parameters", start.parameters());
            json.writeNumberProperty("epoch", result.epoch());
            json.writeNumberProperty("step", result.step());
            json.writeObjectPropertyStart("metrics");
            result.metrics().forEach(json::writeNumberProperty);
            json.writeEndObject();
            if (progress != null) {
                writeProgress(json, progress);
            }
            json.writeEndObject();
        }
    }

    private static void writeSettings(JsonGenerator json, TrainingStart start) {
        var settings = start.settings();
        settings.epochs().ifPresent(n -> json.writeNumberProperty("epochs", n));
        settings.steps().ifPresent(n -> json.writeNumberProperty("steps", n));
        json.writeNumberProperty("batch", settings.batch());
        json.writeNumberProperty("seed", settings.seed());
        if (settings.fold() > 0) {
            json.writeNumberProperty("fold", settings.fold());
        }
        settings.keep().ifPresent(k -> json.writeStringProperty("keepBestBy", k.split() + "." + k.metric()));
        json.writeObjectPropertyStart("values");
        settings.values().forEach(json::writeNumberProperty);
        json.writeEndObject();
    }

    private static void writeProgress(JsonGenerator json, Progress progress) {
        json.writeObjectPropertyStart("progress");
        json.writeNumberProperty("epoch", progress.epoch);
        json.writeNumberProperty("stepInEpoch", progress.stepInEpoch);
        json.writeNumberProperty("step", progress.step);
        json.writeNumberProperty("rows", progress.rows);
        json.writeNumberProperty("examples", progress.examples);
        json.writeName("sums");
        json.writeArray(progress.sums, 0, progress.sums.length);
        json.writeNumberProperty("bestEpoch", progress.bestEpoch);
        json.writeNumberProperty("bestValue", progress.bestValue);
        json.writeBooleanProperty("evaluated", progress.evaluated);
        json.writeNumberProperty("stopValue", progress.stopValue);
        json.writeNumberProperty("stopStep", progress.stopStep);
        json.writeBooleanProperty("stopped", progress.stopped);
        json.writeEndObject();
    }

    static RunJson read(Path file) {
        try (JsonParser json = new JsonFactory()
                .createParser(ObjectReadContext.empty(), Files.readString(file, StandardCharsets.UTF_8))) {
            JsonText.require(json.nextToken() == JsonToken.START_OBJECT, "an object was expected");
            var reading = new Reading();
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                var name = json.currentName();
                json.nextToken();
                reading.property(name, json);
            }
            return reading.result();
        } catch (IOException e) {
            throw new NndException("The file " + file + " can't be read: " + e.getMessage() + ".", e);
        } catch (JacksonException | IllegalArgumentException e) {
            throw new NndException(file + " is damaged: " + JsonText.plain(e) + ".", e);
        }
    }

    /** A number; those that JSON has no word for are written as texts. */
    private static double number(JsonParser json) {
        return json.currentToken() == JsonToken.VALUE_STRING
                ? Double.parseDouble(json.getString())
                : json.getDoubleValue();
    }

    private static final class Reading {
        private @Nullable String name;
        private long seed;
        private int batch;
        private int fold;
        private long epoch;
        private long step;
        private final Map<String, Double> metrics = new LinkedHashMap<>();
        private @Nullable Progress progress;

        void property(String property, JsonParser json) {
            switch (property) {
                case "name" -> name = json.getString();
                case "seed" -> seed = json.getLongValue();
                case "batch" -> batch = json.getIntValue();
                case "fold" -> fold = json.getIntValue();
                case "epoch" -> epoch = json.getLongValue();
                case "step" -> step = json.getLongValue();
                case "metrics" -> {
                    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                        var metric = json.currentName();
                        json.nextToken();
                        metrics.put(metric, number(json));
                    }
                }
                case "progress" -> progress = progress(json);
                default -> json.skipChildren();
            }
        }

        private static Progress progress(JsonParser json) {
            var numbers = new LinkedHashMap<String, Double>();
            var sums = new double[0];
            boolean evaluated = false;
            boolean stopped = false;
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                var name = json.currentName();
                json.nextToken();
                switch (name) {
                    case "sums" -> sums = JsonText.numbers(json);
                    case "evaluated" -> evaluated = json.getBooleanValue();
                    case "stopped" -> stopped = json.getBooleanValue();
                    default -> numbers.put(name, number(json));
                }
            }
            return new Progress(
                    whole(numbers, "epoch"),
                    Math.toIntExact(whole(numbers, "stepInEpoch")),
                    whole(numbers, "step"),
                    Math.toIntExact(whole(numbers, "rows")),
                    whole(numbers, "examples"),
                    sums,
                    whole(numbers, "bestEpoch"),
                    numbers.getOrDefault("bestValue", Double.NaN),
                    evaluated,
                    numbers.getOrDefault("stopValue", Double.NaN),
                    numbers.getOrDefault("stopStep", 0.0).longValue(),
                    stopped);
        }

        private static long whole(Map<String, Double> numbers, String name) {
            var value = numbers.get(name);
            JsonText.require(value != null && value >= 0, "`progress` has no " + name);
            return value == null ? 0 : value.longValue();
        }

        RunJson result() {
            JsonText.require(name != null, "it has no name");
            return new RunJson(
                    name == null ? "" : name, seed, batch, fold, epoch, step, metrics, Optional.ofNullable(progress));
        }
    }
}
