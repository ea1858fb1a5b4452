package dev.nnd.runtime.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;

/** Small pieces of JSON that the files of a run directory have in common. */
public final class JsonText {
    /** Two spaces of indentation and line feeds on every system. */
    public static final ObjectWriteContext PRETTY = new ObjectWriteContext.Base() {
        @Override
        public PrettyPrinter getPrettyPrinter() {
            return new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n"));
        }

        @Override
        public boolean hasPrettyPrinter() {
            return true;
        }
    };

    private JsonText() {}

    /** Says what is wrong with a file if the condition does not hold. */
    public static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    /** The array of numbers that the parser stands on. */
    public static double[] numbers(JsonParser json) {
        require(json.currentToken() == JsonToken.START_ARRAY, "an array of numbers was expected");
        var values = new double[8];
        int n = 0;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (n == values.length) {
                values = Arrays.copyOf(values, 2 * n);
            }
            values[n++] = json.getDoubleValue();
        }
        return Arrays.copyOf(values, n);
    }

    /** The array of strings that the parser stands on. */
    public static List<String> strings(JsonParser json) {
        require(json.currentToken() == JsonToken.START_ARRAY, "an array of texts was expected");
        var values = new ArrayList<String>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            values.add(json.getString());
        }
        return values;
    }

    /** The message of a parser's exception in one line. */
    public static String plain(RuntimeException e) {
        var message = e instanceof JacksonException json ? json.getOriginalMessage() : e.getMessage();
        return String.valueOf(message).lines().findFirst().orElse("");
    }
}
