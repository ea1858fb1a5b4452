package dev.nnd.runtime.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.runtime.Seed;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Held to Jackson. */
class HeaderTokensTest {

    private static final String[] PIECES = {
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"a\"",
        "\"data_offsets\"",
        "\"\\u00e9\\n\\\\\\/\"",
        "\"\u00e9\u20ac\ud83d\ude00\"",
        "0",
        "-7",
        "12345678901",
        "99999999999999999999",
        "007",
        "1.5",
        "1e3",
        "true",
        "null",
        " ",
        "\n",
        "\"",
        "\\",
        "-",
        "\u0001"
    };

    /** Random headers, most of them with one thing in them that may not be there: both read the same, or neither reads it. */
    @Test
    void readsWhatJacksonReads() {
        long seed = Seed.fresh();
        var random = new Random(seed);
        int read = 0;
        for (int i = 0; i < 20_000; i++) {
            var text = new StringBuilder();
            object(text, random, 0);
            for (int changes = random.nextInt(3); changes > 0; changes--) {
                int at = random.nextInt(text.length() + 1);
                int end = Math.min(text.length(), at + random.nextInt(3));
                text.replace(at, end, random.nextInt(3) == 0 ? "" : PIECES[random.nextInt(PIECES.length)]);
            }
            byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
            List<String> expected = jackson(bytes);
            read += expected == null ? 0 : 1;
            assertEquals(expected, own(bytes), () -> "seed " + seed + ": " + text);
        }
        assertTrue(read > 5_000 && read < 19_000, "seed " + seed + ": " + read + " of 20,000 were right");
    }

    private static void object(StringBuilder text, Random random, int depth) {
        text.append('{');
        int members = random.nextInt(4);
        for (int i = 0; i < members; i++) {
            text.append(i == 0 ? "" : random.nextBoolean() ? ", " : ",").append(PIECES[6 + random.nextInt(4)]);
            text.append(random.nextBoolean() ? ":" : " : ");
            if (depth == 0) {
                object(text, random, 1);
            } else if (random.nextBoolean()) {
                text.append(PIECES[6 + random.nextInt(4)]);
            } else {
                text.append("[");
                for (int j = random.nextInt(3); j >= 0; j--) {
                    text.append(PIECES[10 + random.nextInt(3)]).append(j == 0 ? "" : ",");
                }
                text.append("]");
            }
        }
        text.append('}');
    }

    private static @Nullable List<String> own(byte[] bytes) {
        var tokens = new ArrayList<String>();
        try {
            var header = new HeaderTokens(bytes);
            while (true) {
                HeaderTokens.Kind kind = header.next();
                switch (kind) {
                    case KEY, STRING -> tokens.add(kind + header.string());
                    case NUMBER -> tokens.add(kind.toString() + header.number());
                    case OBJECT, LIST, CLOSE -> tokens.add(kind.toString());
                    case END -> {
                        return tokens;
                    }
                }
            }
        } catch (HeaderReader.Malformed _) {
            return null;
        }
    }

    /** Null where the text is no JSON, or has what a header has not. */
    private static @Nullable List<String> jackson(byte[] bytes) {
        var tokens = new ArrayList<String>();
        int depth = 0;
        try (JsonParser json = new JsonFactory().createParser(ObjectReadContext.empty(), bytes)) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                String text = switch (token) {
                    case START_OBJECT -> "OBJECT";
                    case START_ARRAY -> "LIST";
                    case END_OBJECT, END_ARRAY -> "CLOSE";
                    case PROPERTY_NAME -> "KEY" + json.getString();
                    case VALUE_STRING -> "STRING" + json.getString();
                    case VALUE_NUMBER_INT -> "NUMBER" + json.getLongValue();
                    default -> "";
                };
                if (depth == 0 && token != JsonToken.START_OBJECT) {
                    return null;
                }
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                if (text.isEmpty() || depth > HeaderTokens.DEEPEST) {
                    return null;
                }
                tokens.add(text);
            }
        } catch (JacksonException _) {
            return null;
        }
        return tokens.isEmpty() ? null : tokens;
    }
}
