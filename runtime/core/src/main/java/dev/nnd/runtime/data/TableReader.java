package dev.nnd.runtime.data;

import de.siegmar.fastcsv.reader.CommentStrategy;
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
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Reads tables in UTF-8 with a header line, keeping the used columns only. */
final class TableReader {
    private static final int SNIFFED = 1 << 16;

    private final List<String> columns;
    private final List<ColumnUse> uses;
    private final TableOptions options;
    private final CellReader reader;
    private final BadRows bad;

    /**
     * @param columns header names by column index
     * @param uses what is read of them
     * @param options how the files are written
     * @param bad what rows that can't be read do
     */
    TableReader(List<String> columns, List<ColumnUse> uses, TableOptions options, BadRows bad) {
        this.columns = columns;
        this.uses = uses;
        this.options = options;
        this.reader = new CellReader(columns, uses, options.missing());
        this.bad = bad;
    }

    /** Adds the file's rows. */
    void read(Path file, TableRows into) {
        try (var stream = DataStream.open(file);
                var text = text(stream)) {
            into.beginFile(stream.name());
            skipLines(stream.name(), text);
            char delimiter = options.delimiter().isEmpty()
                    ? delimiter(stream.name(), text)
                    : options.delimiter().charAt(0);
            var cells = new Cells();
            try (var csv = CsvReader.builder()
                    .fieldSeparator(delimiter)
                    .quoteCharacter(quote(delimiter))
                    .commentStrategy(options.comment().isEmpty() ? CommentStrategy.NONE : CommentStrategy.SKIP)
                    .commentCharacter(
                            options.comment().isEmpty()
                                    ? '#'
                                    : options.comment().charAt(0))
                    .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                    .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                    .build(cells, text)) {
                readRows(stream, csv, cells, into);
            }
        } catch (IOException e) {
            throw new NndException(file.getFileName() + " can't be read: " + e.getMessage() + ".", e);
        }
    }

    /** Tab-separated text has no quotes (IANA, text/tab-separated-values) unless the section names one. */
    private char quote(char delimiter) {
        return !options.quote().isEmpty() ? options.quote().charAt(0) : delimiter == '\t' ? '\0' : '"';
    }

    private void skipLines(String name, BufferedReader text) throws IOException {
        try {
            for (int i = 0; i < options.skip(); i++) {
                text.readLine();
            }
        } catch (CharacterCodingException e) {
            throw notText(name, 0, e);
        }
    }

    private BufferedReader text(DataStream stream) throws IOException {
        var decoder = Charset.forName(options.encoding())
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
    private char delimiter(String name, BufferedReader text) throws IOException {
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

    private String firstLine(String name, BufferedReader text) throws IOException {
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
            List<String> header = options.header();
            if (!header.isEmpty()) {
                // Before the first look, which reads a record.
                cells.use(uses, places(stream.name(), header));
            }
            var records = csv.iterator();
            if (!records.hasNext()) {
                throw new NndException(stream.name() + " is empty: expected a header line with the column names "
                        + String.join(", ", columns) + ".");
            }
            if (header.isEmpty()) {
                records.next();
                header = cells.header();
                cells.use(uses, places(stream.name(), header));
            }
            for (long number = 1; records.hasNext(); number++) {
                records.next();
                addRow(new CellReader.Place(stream.name(), number, cells.line()), header.size(), cells, into);
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

    private void addRow(CellReader.Place place, int width, Cells cells, TableRows into) {
        try {
            if (cells.width() != width) {
                throw place.error("it has " + cells.width() + (cells.width() == 1 ? " cell" : " cells")
                        + ", and the header has " + width + ".");
            }
            reader.add(place, cells, into);
        } catch (NndException e) {
            bad.add(e);
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

    private NndException notText(String file, int rows, Exception e) {
        String encoding = options.encoding();
        return new NndException(
                file + " is not " + encoding + " text, seen after row " + rows + ".",
                "save it in the encoding " + encoding,
                e);
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
}
