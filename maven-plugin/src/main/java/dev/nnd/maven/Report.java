package dev.nnd.maven;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** What the command said: its findings and how many files it wrote. */
final class Report {

    /**
     * One finding.
     *
     * @param file as the command names it: the path that it was given, with the file's place below it
     * @param line 1-based
     * @param column 1-based
     */
    record Finding(boolean error, String code, String message, String file, int line, int column, String help) {

        /** {@code NND0304: sentence (help: what to do)}. */
        String sentence() {
            return code + ": " + message + (help.isEmpty() ? "" : " (help: " + help + ")");
        }
    }

    private final List<Finding> findings = new ArrayList<>();
    private final List<String> otherLines = new ArrayList<>();
    private int written;
    private int deleted;

    /** Reads the command's standard output; lines that are not JSON objects are kept as they are. */
    static Report parse(List<String> lines) {
        var report = new Report();
        for (String line : lines) {
            if (!line.startsWith("{") || !report.read(line)) {
                report.otherLines.add(line);
            }
        }
        return report;
    }

    private boolean read(String line) {
        var fields = new java.util.HashMap<String, String>();
        try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), line)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (value.isStructStart()) {
                    parser.skipChildren();
                } else {
                    fields.put(name, parser.getString());
                }
            }
        } catch (JacksonException notJson) {
            return false;
        }
        if ("diagnostic".equals(fields.get("kind"))) {
            findings.add(new Finding(
                    !"warning".equalsIgnoreCase(fields.get("severity")),
                    text(fields.get("code")),
                    text(fields.get("message")),
                    text(fields.get("file")),
                    number(fields.get("line")),
                    number(fields.get("column")),
                    text(fields.get("help"))));
        } else {
            written += number(fields.get("written"));
            deleted += number(fields.get("deleted"));
        }
        return true;
    }

    private static String text(@Nullable String value) {
        return value == null || value.equals("null") ? "" : value;
    }

    private static int number(@Nullable String value) {
        try {
            return value == null ? 0 : Integer.parseInt(value);
        } catch (NumberFormatException notANumber) {
            return 0;
        }
    }

    List<Finding> findings() {
        return findings;
    }

    /** Anything else that the command printed. */
    List<String> otherLines() {
        return otherLines;
    }

    int written() {
        return written;
    }

    int deleted() {
        return deleted;
    }

    long errors() {
        return findings.stream().filter(Finding::error).count();
    }
}
