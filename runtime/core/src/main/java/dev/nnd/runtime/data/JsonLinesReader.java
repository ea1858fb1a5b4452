package dev.nnd.runtime.data;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.data.RowUse.ColumnUse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;

/** Reads JSON lines in UTF-8: an object in each line, of which the names that fields use are kept. */
final class JsonLinesReader {
    /** A line is held in memory, and what is no file of lines is one line. */
    private static final int LONGEST_LINE = 64 << 20;

    private static final int SHOWN = 40;

    private final JsonFactory factory = JsonFactory.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();
    private final List<String> columns;
    private final List<ColumnUse> uses;
    private final CellReader reader;
    private final BadRows bad;

    JsonLinesReader(List<String> columns, List<ColumnUse> uses, BadRows bad) {
        this.columns = columns;
        this.uses = uses;
        this.reader = new CellReader(columns, uses, List.of());
        this.bad = bad;
    }

    /** Adds the file's rows. */
    void read(Path file, TableRows into) {
        var decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        try (var stream = DataStream.open(file);
                var text = new BufferedReader(new InputStreamReader(stream, decoder), 1 << 16)) {
            into.beginFile(stream.name());
            var cells = new JsonCells(columns, uses);
            long row = readLines(stream, text, cells, into);
            if (stream.cutOff()) {
                throw new NndException(
                        stream.name() + " is truncated: it breaks off after row " + row + ".",
                        "copy or download the file again",
                        null);
            }
            if (row > 0 && !cells.neverThere().isEmpty()) {
                String name = cells.neverThere().getFirst();
                throw new NndException(stream.name() + " has \"" + name + "\" in none of its " + row
                        + (row == 1 ? " row. The last has: " : " rows. The last has: ") + cells.listed() + ".");
            }
        } catch (IOException e) {
            throw new NndException(file.getFileName() + " can't be read: " + e.getMessage() + ".", e);
        }
    }

    private long readLines(DataStream stream, BufferedReader text, JsonCells cells, TableRows into) throws IOException {
        long row = 0;
        long number = 0;
        try {
            for (String line = line(stream, text, 1); line != null; line = line(stream, text, number + 1)) {
                number++;
                String object = number == 1 && line.startsWith("\uFEFF") ? line.substring(1) : line;
                if (object.isBlank()) {
                    continue;
                }
                row++;
                if (row == 1 && object.stripLeading().startsWith("[")) {
                    throw oneArray(stream.name());
                }
                add(new CellReader.Place(stream.name(), row, number), object, cells, into);
            }
        } catch (CharacterCodingException e) {
            throw new NndException(
                    stream.name() + " is not UTF-8 text, seen after line " + number + ".",
                    "save it in the encoding UTF-8",
                    e);
        } catch (NndException e) {
            // A file that breaks off also has a last line that looks bad.
            if (!stream.cutOff()) {
                throw e;
            }
        }
        return row;
    }

    private void add(CellReader.Place place, String line, JsonCells cells, TableRows into) {
        try {
            try (JsonParser json = factory.createParser(ObjectReadContext.empty(), line)) {
                if (json.nextToken() != JsonToken.START_OBJECT) {
                    throw place.error("a JSON object is needed, and the line starts with `" + start(line) + "`.");
                }
                cells.read(json);
                if (json.nextToken() != null) {
                    throw place.error("something follows the object; there is one object in each line.");
                }
            } catch (JacksonException e) {
                throw place.error("this is no JSON: " + JsonText.plain(e) + ", in `" + start(line) + "`.");
            }
            reader.add(place, cells, into);
        } catch (NndException e) {
            bad.add(e);
        }
    }

    private static String start(String line) {
        String plain = line.strip();
        return plain.length() <= SHOWN ? plain : plain.substring(0, SHOWN) + "...";
    }

    private static @Nullable String line(DataStream stream, BufferedReader text, long number) throws IOException {
        var line = new StringBuilder();
        int c = text.read();
        if (c < 0) {
            return null;
        }
        for (; c >= 0 && c != '\n'; c = text.read()) {
            line.append((char) c);
            if (number == 1 && line.length() == 1 && c == '[') {
                throw oneArray(stream.name());
            }
            if (line.length() > LONGEST_LINE) {
                throw new NndException(stream.name() + ", line " + number + " is longer than " + (LONGEST_LINE >> 20)
                        + " million characters: this is no file of JSON lines.");
            }
        }
        return line.toString();
    }

    private static NndException oneArray(String name) {
        return new NndException(
                name + " is one JSON array, and JSON lines have an object in each line.",
                "make lines of it: jq -c '.[]' " + name + " > lines.jsonl",
                null);
    }
}
