package dev.nnd.runtime.train;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.data.JsonText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The file {@code run.json} of a run directory: what was run, where, and what came of it.
 *
 * @param name the train section
 * @param state whether it goes on
 * @param started in the form of {@link java.time.Instant}; that of the first start if it was resumed
 * @param seconds that it took, all starts together
 * @param epoch passes done
 * @param step optimizer steps done
 * @param configuration the settings as resolved, by name
 * @param values the section's parameters as resolved
 * @param rows examples in each split
 * @param environment processor, JVM and the like
 * @param metrics of the weights that were kept; empty before the first evaluation
 * @param directions by a metric's name without the part of the data: {@code highest} or {@code lowest}, whichever is better
 */
public record RunRecord(
        String name,
        State state,
        String started,
        double seconds,
        long epoch,
        long step,
        Map<String, String> configuration,
        Map<String, Double> values,
        Map<String, Double> rows,
        Map<String, String> environment,
        Map<String, Double> metrics,
        Map<String, String> directions) {

    static final String FILE = "run.json";
    static final String HIGHEST = "highest";
    static final String LOWEST = "lowest";
    private static final long LARGEST = 1 << 20;

    public RunRecord {
        configuration = ordered(configuration);
        values = ordered(values);
        rows = ordered(rows);
        environment = ordered(environment);
        metrics = ordered(metrics);
        directions = ordered(directions);
    }

    private static <V> Map<String, V> ordered(Map<String, V> map) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }

    /** What has become of a run. A process that was killed leaves {@link #RUNNING} behind. */
    public enum State {
        /** It was started and has not ended. */
        RUNNING,
        /** It came to its end, or to that of its patience. */
        FINISHED,
        /** Somebody stopped it. */
        INTERRUPTED,
        /** It ended with an error. */
        FAILED
    }

    /** Whether less of a metric is better, such as of {@code validation.loss}; empty if the run does not say. */
    public Optional<Boolean> isLowerBetter(String metric) {
        String name = metric.substring(metric.lastIndexOf('.') + 1);
        return Optional.ofNullable(directions.get(name)).map(LOWEST::equals);
    }

    /** The record of a run directory; empty if the folder is none. */
    public static Optional<RunRecord> of(Path directory) {
        var file = directory.resolve(FILE);
        return Files.isRegularFile(file) ? Optional.of(read(file)) : Optional.empty();
    }

    /** Whether a process is writing to a run directory at the moment. */
    public static boolean isActive(Path directory) {
        return RunLock.isHeld(directory);
    }

    RunRecord with(State state, double seconds, long epoch, long step, Map<String, Double> metrics) {
        return new RunRecord(
                name,
                state,
                started,
                seconds,
                epoch,
                step,
                configuration,
                values,
                rows,
                environment,
                metrics,
                directions);
    }

    void write(Path directory) {
        Checkpoint.writeFile(directory.resolve(FILE), this::writeTo);
    }

    private void writeTo(Path file) throws IOException {
        try (var out = Files.newOutputStream(file);
                var json = new JsonFactory().createGenerator(JsonText.PRETTY, out, JsonEncoding.UTF8)) {
            json.writeStartObject();
            json.writeStringProperty("name", name);
            json.writeStringProperty("state", state.name());
            json.writeStringProperty("started", started);
            json.writeNumberProperty("seconds", seconds);
            json.writeNumberProperty("epoch", epoch);
            json.writeNumberProperty("step", step);
            json.writeObjectPropertyStart("configuration");
            configuration.forEach(json::writeStringProperty);
            json.writeEndObject();
            json.writeObjectPropertyStart("values");
            values.forEach(json::writeNumberProperty);
            json.writeEndObject();
            json.writeObjectPropertyStart("rows");
            rows.forEach(json::writeNumberProperty);
            json.writeEndObject();
            json.writeObjectPropertyStart("environment");
            environment.forEach(json::writeStringProperty);
            json.writeEndObject();
            json.writeObjectPropertyStart("metrics");
            metrics.forEach(json::writeNumberProperty);
            json.writeEndObject();
            json.writeObjectPropertyStart("directions");
            directions.forEach(json::writeStringProperty);
            json.writeEndObject();
            json.writeEndObject();
        }
    }

    private static RunRecord read(Path file) {
        try {
            JsonText.require(Files.size(file) <= LARGEST, "it is larger than any record of a run");
            try (JsonParser json = new JsonFactory()
                    .createParser(ObjectReadContext.empty(), Files.readString(file, StandardCharsets.UTF_8))) {
                JsonText.require(json.nextToken() == JsonToken.START_OBJECT, "an object was expected");
                return new Reading().of(json);
            }
        } catch (IOException e) {
            throw new NndException("The file " + file + " can't be read: " + e.getMessage() + ".", e);
        } catch (JacksonException | IllegalArgumentException e) {
            throw new NndException(file + " is damaged: " + JsonText.plain(e) + ".", e);
        }
    }

    private static final class Reading {
        private final Map<String, String> texts = new LinkedHashMap<>();
        private final Map<String, Double> numbers = new LinkedHashMap<>();
        private final Map<String, Map<String, String>> groups = new LinkedHashMap<>();

        RunRecord of(JsonParser json) {
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                var name = json.currentName();
                switch (json.nextToken()) {
                    case START_OBJECT -> groups.put(name, group(json));
                    case VALUE_STRING -> texts.put(name, json.getString());
                    case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> numbers.put(name, json.getDoubleValue());
                    case null, default -> json.skipChildren();
                }
            }
            return new RunRecord(
                    text("name"),
                    State.valueOf(text("state")),
                    text("started"),
                    number("seconds"),
                    (long) number("epoch"),
                    (long) number("step"),
                    group("configuration"),
                    doubles("values"),
                    doubles("rows"),
                    group("environment"),
                    doubles("metrics"),
                    group("directions"));
        }

        private static Map<String, String> group(JsonParser json) {
            var group = new LinkedHashMap<String, String>();
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                var name = json.currentName();
                json.nextToken();
                group.put(name, json.getString());
                json.skipChildren();
            }
            return group;
        }

        private String text(String name) {
            @Nullable String text = texts.get(name);
            JsonText.require(text != null, "it has no " + name);
            return text == null ? "" : text;
        }

        private double number(String name) {
            return numbers.getOrDefault(name, 0.0);
        }

        private Map<String, String> group(String name) {
            return groups.getOrDefault(name, Map.of());
        }

        private Map<String, Double> doubles(String name) {
            var doubles = new LinkedHashMap<String, Double>();
            group(name).forEach((key, value) -> doubles.put(key, Double.valueOf(value)));
            return doubles;
        }
    }
}
