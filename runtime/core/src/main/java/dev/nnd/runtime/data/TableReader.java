package dev.nnd.runtime.data;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import dev.nnd.runtime.NndException;
import dev.nnd.runtime.data.RowUse.ColumnUse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads tables in UTF-8 with a header line, keeping the used columns only. */
final class TableReader {
    private static final int SNIFFED = 1 << 16;

    private final List<String> columns;
    private final List<ColumnUse> uses;
    private final List<Labels> labels = new ArrayList<>();

    /**
     * @param columns header names by column index
     * @param uses what is read of them
     */
    TableReader(List<String> columns, List<ColumnUse> uses) {
        this.columns = columns;
        this.uses = uses;
        for (var use : uses) {
            labels.add(new Labels(use instanceof ColumnUse.Label label ? label.names() : List.of()));
        }
    }

    /** Adds the file's rows. */
    void read(Path file, TableRows into) {
        try (var stream = DataStream.open(file);
                var text = text(stream)) {
            into.beginFile(stream.name());
            char delimiter = delimiter(stream.name(), text);
            var cells = new Cells();
            try (var csv = CsvReader.builder()
                    .fieldSeparator(delimiter)
                    .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                    .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                    .build(cells, text)) {
                readRows(stream, csv, cells, into);
            }
        } catch (IOException e) {
            throw new NndException(file.getFileName() + " can't be read: " + e.getMessage() + ".", e);
        }
    }

    private static BufferedReader text(DataStream stream) throws IOException {
        var decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        var text = new BufferedReader(new InputStreamReader(stream, decoder), SNIFFED);
        text.mark(1);
        try {
            if (text.read() != '\uFEFF') {
                text.reset();
            }
        } catch (CharacterCodingException e) {
            throw notText(stream.name(), 0, e);
        }
        return text;
    }

    /** The one that the file's name promises if the header line has it, else the one it has most of. */
    private static char delimiter(String name, BufferedReader text) throws IOException {
        var lower = name.toLowerCase(Locale.ROOT);
        var stem = lower.endsWith(".gz") ? lower.substring(0, lower.length() - 3) : lower;
        char promised = stem.endsWith(".tsv") || stem.endsWith(".tab") ? '\t' : ',';
        var line = firstLine(name, text);
        char best = promised;
        if (count(line, promised) == 0) {
            for (char c : new char[] {',', '\t', ';', '|'}) {
                best = count(line, c) > count(line, best) ? c : best;
            }
        }
        return best;
    }

    private static String firstLine(String name, BufferedReader text) throws IOException {
        text.mark(SNIFFED);
        var line = new StringBuilder();
        try {
            for (int i = 0; i < SNIFFED - 1; i++) {
                int c = text.read();
                if (c < 0 || c == '\n' || c == '\r') {
                    break;
                }
                line.append((char) c);
            }
        } catch (CharacterCodingException e) {
            throw notText(name, 0, e);
        }
        text.reset();
        return line.toString();
    }

    private static long count(String line, char wanted) {
        return line.chars().filter(c -> c == wanted).count();
    }

    private void readRows(DataStream stream, CsvReader<Cells> csv, Cells cells, TableRows into) {
        int before = into.rows();
        try {
            var records = csv.iterator();
            if (!records.hasNext()) {
                throw new NndException(stream.name() + " is empty: expected a header line with the column names "
                        + String.join(", ", columns) + ".");
            }
            records.next();
            var header = cells.header();
            cells.use(uses, places(stream.name(), header));
            while (records.hasNext()) {
                records.next();
                addRow(new Place(stream.name(), into.rows() - before + 1L, cells.line()), header.size(), cells, into);
            }
        } catch (NndException e) {
            // A file that breaks off also has a last row that looks bad.
            throw stream.cutOff() ? truncated(stream.name(), into.rows() - before) : e;
        } catch (CsvParseException e) {
            throw badCsv(stream.name(), into.rows() - before, cells, e);
        } catch (UncheckedIOException e) {
            throw e.getCause() instanceof CharacterCodingException
                    ? notText(stream.name(), into.rows() - before, e)
                    : new NndException(stream.name() + " can't be read: " + e.getMessage() + ".", e);
        }
        if (stream.cutOff()) {
            throw truncated(stream.name(), into.rows() - before);
        }
    }

    private static NndException truncated(String file, int rows) {
        return new NndException(
                file + " is truncated: its gzip stream breaks off after row " + rows + ".",
                "copy or download the file again",
                null);
    }

    private static NndException badCsv(String file, int rows, Cells cells, CsvParseException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        if (cause instanceof NndException known) {
            return known;
        }
        return new NndException(
                file + ", row " + (rows + 1) + ", after line " + cells.line() + ": " + cause.getMessage(),
                "check the quotes of this row: a quoted cell ends with a quote, and a quote in it is written twice",
                e);
    }

    private static NndException notText(String file, int rows, Exception e) {
        return new NndException(
                file + " is not UTF-8 text, seen after row " + rows + ".", "save it in the encoding UTF-8", e);
    }

    /** For every use, the position of its column in the file. */
    private int[] places(String file, List<String> header) {
        var places = new int[uses.size()];
        for (int i = 0; i < places.length; i++) {
            var name = columns.get(uses.get(i).column());
            places[i] = header.indexOf(name);
            if (places[i] < 0) {
                throw new NndException(file + " has no column \"" + name + "\". Its header has: "
                        + String.join(", ", header) + "."
                        + Nearest.of(name, header)
                                .map(n -> " Did you mean \"" + n + "\"?")
                                .orElse(""));
            }
            if (places[i] != header.lastIndexOf(name)) {
                throw new NndException(
                        file + " has two columns \"" + name + "\".", "rename one of them in the header line", null);
            }
        }
        return places;
    }

    /** Where a row is; {@code row} counts from 1 without the header. */
    private record Place(String file, long row, long line) {
        NndException error(String what) {
            return new NndException(file + ", row " + row + " (line " + line + "): " + what);
        }
    }

    private void addRow(Place place, int width, Cells cells, TableRows into) {
        if (cells.width() != width) {
            throw place.error("it has " + cells.width() + (cells.width() == 1 ? " cell" : " cells")
                    + ", and the header has " + width + ".");
        }
        for (int i = 0; i < uses.size(); i++) {
            switch (uses.get(i)) {
                case ColumnUse.Number(int column) -> into.number(i, number(place, columns.get(column), cells, i));
                case ColumnUse.Label(int column, var _) -> into.label(i, label(place, columns.get(column), cells, i));
                case ColumnUse.Text _ -> into.text(i, cells.text(i));
            }
        }
        into.endRow();
    }

    private static float number(Place place, String column, Cells cells, int use) {
        float value = cells.number(use);
        if (Float.isFinite(value)) {
            return value;
        }
        var text = cells.trimmed(use);
        var what = "column \"" + column + "\": ";
        if (text.isEmpty()) {
            throw place.error(what + "the cell is empty, and a number is needed.");
        }
        boolean named = List.of("nan", "inf", "infinity")
                .contains(text.toLowerCase(Locale.ROOT).replaceFirst("^[+-]", ""));
        throw place.error(what + "\"" + text + "\" "
                + (named
                        ? "is not a finite number."
                        : Float.isNaN(value) ? "is not a number." : "is too large for f32."));
    }

    private int label(Place place, String column, Cells cells, int use) {
        var text = cells.trimmed(use);
        int index = labels.get(use).index(text);
        if (index < 0) {
            var what = text.isEmpty()
                    ? "the cell is empty, and a label is needed."
                    : labels.get(use).unknown(text);
            throw place.error("column \"" + column + "\": " + what);
        }
        return index;
    }
}
