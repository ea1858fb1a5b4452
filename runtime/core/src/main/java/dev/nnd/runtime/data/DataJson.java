package dev.nnd.runtime.data;

import dev.nnd.runtime.NndException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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
                write(json, learned);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
    }

    private static void write(JsonGenerator json, Learned learned) {
        var saved = learned.saved();
        json.writeStartObject();
        json.writeStringProperty("field", learned.name());
        json.writeStringProperty("kind", learned.kind());
        saved.numbers().forEach((name, values) -> {
            json.writeName(name);
            json.writeArray(values, 0, values.length);
        });
        if (!saved.texts().isEmpty()) {
            json.writeArrayPropertyStart("texts");
            saved.texts().forEach(json::writeString);
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    /** A statistic as read. */
    private record Entry(@Nullable String field, @Nullable String kind, Learned.Saved saved) {
        String describe() {
            return DataJson.describe(field, kind);
        }
    }

    /** A standardization by its field, anything else with its kind. */
    private static String describe(@Nullable String field, @Nullable String kind) {
        return kind == null || kind.equals("standardize") ? String.valueOf(field) : field + " (" + kind + ")";
    }

    /** Reads what was learned into the data section, after checking that it is of this data section. */
    public static void read(Path file, Dataset dataset) {
        List<Entry> entries = entries(file, dataset);
        requireSame(file, dataset.learned(), entries);
        try {
            for (int i = 0; i < entries.size(); i++) {
                dataset.learned().get(i).restore(entries.get(i).saved);
            }
        } catch (IllegalArgumentException e) {
            throw damaged(file, e);
        }
    }

    private static NndException damaged(Path file, RuntimeException e) {
        return new NndException(file + " is damaged: " + JsonText.plain(e) + ".", e);
    }

    /**
     * What the data section has learned now and is not as in a file, in words; empty if all of it is the same.
     *
     * @throws NndException if the file is not of this data section
     */
    public static Optional<String> difference(Path file, Dataset dataset) {
        List<Entry> entries = entries(file, dataset);
        requireSame(file, dataset.learned(), entries);
        for (int i = 0; i < entries.size(); i++) {
            var before = entries.get(i).saved;
            var now = dataset.learned().get(i).saved();
            var name = "`" + entries.get(i).describe() + "`";
            if (before.texts().size() != now.texts().size()) {
                return Optional.of(name + " had " + before.texts().size() + " entries, and now there are "
                        + now.texts().size());
            }
            if (!before.sameAs(now)) {
                return Optional.of("what is learned of " + name + " is not what it was");
            }
        }
        return Optional.empty();
    }

    private static List<Entry> entries(Path file, Dataset dataset) {
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
            return entries;
        } catch (IOException e) {
            throw new NndException("The file " + file + " can't be read: " + e.getMessage() + ".", e);
        } catch (JacksonException | IllegalArgumentException e) {
            throw damaged(file, e);
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
            String kind = null;
            var numbers = new LinkedHashMap<String, double[]>();
            List<String> texts = List.of();
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                var name = json.currentName();
                json.nextToken();
                switch (name) {
                    case "field" -> field = json.getString();
                    case "kind" -> kind = json.getString();
                    case "texts" -> texts = JsonText.strings(json);
                    default -> numbers.put(name, JsonText.numbers(json));
                }
            }
            into.add(new Entry(field, kind, new Learned.Saved(numbers, texts)));
        }
    }

    private static void requireSame(Path file, List<Learned> learned, List<Entry> entries) {
        boolean same = learned.size() == entries.size();
        for (int i = 0; same && i < learned.size(); i++) {
            same = Objects.equals(learned.get(i).name(), entries.get(i).field)
                    && (entries.get(i).kind == null || learned.get(i).kind().equals(entries.get(i).kind));
        }
        if (!same) {
            throw new NndException(
                    file + " holds statistics of "
                            + entries.stream().map(Entry::describe).toList()
                            + ", and the data section learns those of "
                            + learned.stream()
                                    .map(l -> describe(l.name(), l.kind()))
                                    .toList()
                            + ".",
                    "train again, since the data section has changed",
                    null);
        }
    }
}
