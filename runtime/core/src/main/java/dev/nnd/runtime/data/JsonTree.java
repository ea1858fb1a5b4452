package dev.nnd.runtime.data;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** A JSON value of a small file as a whole. What is asked of it and is not there is an {@link IllegalArgumentException}. */
record JsonTree(String path, @Nullable Object value) {

    /** Reads a text. */
    static JsonTree parse(String text) {
        try (JsonParser json = new JsonFactory().createParser(ObjectReadContext.empty(), text)) {
            json.nextToken();
            return new JsonTree("", read(json));
        }
    }

    private static @Nullable Object read(JsonParser json) {
        return switch (json.currentToken()) {
            case START_OBJECT -> {
                var map = new LinkedHashMap<String, @Nullable Object>();
                while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                    String name = json.currentName();
                    json.nextToken();
                    map.put(name, read(json));
                }
                yield map;
            }
            case START_ARRAY -> {
                var list = new ArrayList<@Nullable Object>();
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    list.add(read(json));
                }
                yield list;
            }
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> json.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            case null -> null;
            default -> json.getString();
        };
    }

    /** What an object has under a name; a null value where it has nothing. */
    JsonTree get(String name) {
        return new JsonTree(
                path.isEmpty() ? name : path + "." + name, value instanceof Map<?, ?> map ? map.get(name) : null);
    }

    boolean isNull() {
        return value == null;
    }

    /** The parts of an array; none where there is nothing. */
    List<JsonTree> items() {
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof List<?> list)) {
            throw new IllegalArgumentException("`" + path + "` is no array");
        }
        var items = new ArrayList<JsonTree>();
        for (int i = 0; i < list.size(); i++) {
            items.add(new JsonTree(path + "[" + i + "]", list.get(i)));
        }
        return items;
    }

    /** The names of an object with their values, in the order of the file. */
    Map<String, JsonTree> entries() {
        if (!(value instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException("`" + path + "` is no object");
        }
        var entries = new LinkedHashMap<String, JsonTree>();
        map.forEach((name, of) -> entries.put(String.valueOf(name), new JsonTree(path + "." + name, of)));
        return entries;
    }

    String text() {
        if (value instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("`" + path + "` is no text");
    }

    Optional<String> optionalText() {
        return value == null ? Optional.empty() : Optional.of(text());
    }

    boolean flag(boolean otherwise) {
        return value instanceof Boolean flag ? flag : otherwise;
    }

    double number() {
        if (value instanceof Double number) {
            return number;
        }
        throw new IllegalArgumentException("`" + path + "` is no number");
    }

    /** A whole number from 0. */
    int id() {
        double number = number();
        if (number != Math.rint(number) || number < 0 || number >= 1 << 24) {
            throw new IllegalArgumentException("`" + path + "` is no id");
        }
        return (int) number;
    }
}
