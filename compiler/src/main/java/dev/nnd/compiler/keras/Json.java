package dev.nnd.compiler.keras;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** JSON as maps, lists, texts, numbers (Long and Double) and Booleans; nesting and sizes are bounded by the parser. */
final class Json {

    private static final int DEEPEST = 200;

    private Json() {}

    static Config object(String text) {
        try (JsonParser json = new JsonFactory().createParser(ObjectReadContext.empty(), text)) {
            json.nextToken();
            if (value(json, 0) instanceof Map<?, ?> map) {
                return Config.of(map);
            }
            throw new KerasProblem("its config is no JSON object");
        } catch (JacksonException broken) {
            throw new KerasProblem(
                    "its config is no JSON: " + broken.getOriginalMessage().replaceAll("\\s+", " "), broken);
        }
    }

    private static @Nullable Object value(JsonParser json, int depth) {
        if (depth > DEEPEST) {
            throw new KerasProblem("its config is nested more than " + DEEPEST + " deep");
        }
        JsonToken token = json.currentToken();
        if (token == JsonToken.START_OBJECT) {
            var map = new LinkedHashMap<String, @Nullable Object>();
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = json.currentName();
                json.nextToken();
                map.put(name, value(json, depth + 1));
            }
            return map;
        }
        if (token == JsonToken.START_ARRAY) {
            var list = new ArrayList<@Nullable Object>();
            while (json.nextToken() != JsonToken.END_ARRAY) {
                list.add(value(json, depth + 1));
            }
            return list;
        }
        return scalar(json, token);
    }

    private static @Nullable Object scalar(JsonParser json, @Nullable JsonToken token) {
        if (token == JsonToken.VALUE_STRING) {
            return json.getString();
        }
        if (token == JsonToken.VALUE_NUMBER_INT) {
            return json.getLongValue();
        }
        if (token == JsonToken.VALUE_NUMBER_FLOAT) {
            return json.getDoubleValue();
        }
        if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
            return token == JsonToken.VALUE_TRUE;
        }
        if (token == JsonToken.VALUE_NULL) {
            return null;
        }
        throw new KerasProblem("its config is no JSON: it is cut off");
    }

    static List<?> list(@Nullable Object value) {
        return value instanceof List<?> list ? list : List.of();
    }

    static Map<?, ?> map(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }
}
