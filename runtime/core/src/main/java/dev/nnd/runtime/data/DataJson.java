package dev.nnd.runtime.data;

import dev.nnd.runtime.NndException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** The part of a data section that travels with a model, {@code data.json}: label names and learned statistics. */
public final class DataJson {
    private DataJson() {}

    /** Writes it. */
    public static void write(Path file, Dataset dataset) throws IOException {
        try (var out = Files.newOutputStream(file);
                var json = new JsonFactory().createGenerator(JsonText.PRETTY, out, JsonEncoding.UTF8)) {
            json.writeStartObject();
            json.writeStringProperty("data", dataset.name());
            json.writeObjectPropertyStart("labels");
            for (var field : dataset.fields()) {
                if (field.labelNames() != null) {
                    json.writeArrayPropertyStart(field.name());
                    field.labelNames().forEach(json::writeString);
                    json.writeEndArray();
                }
            }
            json.writeEndObject();
            json.writeArrayPropertyStart("learned");
            for (var learned : dataset.learned()) {
                switch (learned) {
                    case Learned.Standardizer standardizer -> write(json, standardizer);
                }
            }
            json.writeEndArray();
            json.writeEndObject();
        }
    }

    private static void write(JsonGenerator json, Learned.Standardizer learned) {
        json.writeStartObject();
        json.writeStringProperty("field", learned.name());
        json.writeStringProperty("kind", "standardize");
        var mean = new double[learned.elements()];
        var std = new double[learned.elements()];
        for (int i = 0; i < mean.length; i++) {
            mean[i] = learned.mean(i);
            std[i] = learned.std(i);
        }
        json.writeName("mean");
        json.writeArray(mean, 0, mean.length);
        json.writeName("std");
        json.writeArray(std, 0, std.length);
        json.writeEndObject();
    }

    /** A statistic as read. */
    private record Entry(@Nullable String field, double[] mean, double[] std) {}

    /** Reads what was learned into the data section, after checking that it is of this data section. */
    public static void read(Path file, Dataset dataset) {
        try (JsonParser json = new JsonFactory()
                .createParser(ObjectReadContext.empty(), Files.readString(file, StandardCharsets.UTF_8))) {
            JsonText.require(json.nextToken() == JsonToken.START_OBJECT, "an object was expected");
            var entries = new ArrayList<Entry>();
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                var name = json.currentName();
                json.nextToken();
                switch (name) {
                    case "labels" -> checkLabels(file, json, dataset);
                    case "learned" -> readEntries(json, entries);
                    default -> json.skipChildren();
                }
            }
            restore(file, dataset.learned(), entries);
        } catch (IOException e) {
            throw new NndException("The file " + file + " can't be read: " + e.getMessage() + ".", e);
        } catch (JacksonException | IllegalArgumentException e) {
            throw new NndException(file + " is damaged: " + JsonText.plain(e) + ".", e);
        }
    }

    private static void checkLabels(Path file, JsonParser json, Dataset dataset) {
        JsonText.require(json.currentToken() == JsonToken.START_OBJECT, "`labels` is no object");
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            var name = json.currentName();
            json.nextToken();
            var saved = JsonText.strings(json);
            for (var field : dataset.fields()) {
                if (field.name().equals(name)
                        && field.labelNames() != null
                        && !field.labelNames().equals(saved)) {
                    throw new NndException(
                            "The model in " + file.getParent() + " was trained with other labels for `" + name + "`: "
                                    + Labels.listed(saved) + ", and " + dataset.name() + " now has "
                                    + Labels.listed(field.labelNames()) + ".",
                            "train again, or restore the labels",
                            null);
                }
            }
        }
    }

    private static void readEntries(JsonParser json, List<Entry> into) {
        JsonText.require(json.currentToken() == JsonToken.START_ARRAY, "`learned` is no array");
        while (json.nextToken() == JsonToken.START_OBJECT) {
            String field = null;
            var mean = new double[0];
            var std = new double[0];
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                var name = json.currentName();
                json.nextToken();
                switch (name) {
                    case "field" -> field = json.getString();
                    case "mean" -> mean = JsonText.numbers(json);
                    case "std" -> std = JsonText.numbers(json);
                    default -> json.skipChildren();
                }
            }
            into.add(new Entry(field, mean, std));
        }
    }

    private static void restore(Path file, List<Learned> learned, List<Entry> entries) {
        boolean same = learned.size() == entries.size();
        for (int i = 0; same && i < learned.size(); i++) {
            same = Objects.equals(learned.get(i).name(), entries.get(i).field);
        }
        if (!same) {
            throw new NndException(
                    file + " holds statistics of "
                            + entries.stream().map(Entry::field).toList()
                            + ", and the data section learns those of "
                            + learned.stream().map(Learned::name).toList()
                            + ".",
                    "train again, since the data section has changed",
                    null);
        }
        for (int i = 0; i < learned.size(); i++) {
            switch (learned.get(i)) {
                case Learned.Standardizer standardizer -> standardizer.restore(entries.get(i).mean, entries.get(i).std);
            }
        }
    }
}
