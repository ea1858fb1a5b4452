package dev.nnd.runtime.data;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.data.RowUse.ColumnUse;
import dev.nnd.runtime.data.RowUse.NumberKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.zip.ZipFile;

/** Reads NumPy arrays, whose first axes count the rows: a file for each column, or an archive of named arrays. */
final class ArrayReader {
    private static final int LISTED = 20;

    private final List<String> columns;
    private final List<ColumnUse> uses;
    private final List<Labels> labels = new ArrayList<>();
    private final BadRows bad;

    ArrayReader(List<String> columns, List<ColumnUse> uses, BadRows bad) {
        this.columns = columns;
        this.uses = uses;
        this.bad = bad;
        for (var use : uses) {
            labels.add(new Labels(
                    use instanceof ColumnUse.Label label ? label.names() : List.of(),
                    use instanceof ColumnUse.Label label && label.exact()));
        }
    }

    /** The columns that are used. */
    private List<String> used() {
        return uses.stream().map(u -> columns.get(u.column())).distinct().toList();
    }

    /** Adds the rows of a set of files, one for each column. */
    void readFiles(Map<String, Path> files, TableRows into) {
        var open = new LinkedHashMap<String, ArrayColumn>();
        try {
            for (String column : used()) {
                Path file = files.get(column);
                if (file == null) {
                    throw new NndException("The source has no array \"" + column + "\", only "
                            + String.join(", ", files.keySet()) + ".");
                }
                var stream = DataStream.open(file);
                open.put(column, ArrayColumn.open(stream.name(), stream, into.spill()));
            }
            String name = open.values().stream().map(c -> c.header().name()).collect(Collectors.joining(", "));
            into.beginFile(name);
            read(open, into);
        } finally {
            open.values().forEach(ArrayColumn::close);
        }
    }

    /** Adds the rows of an archive. */
    void readArchive(Path file, TableRows into) {
        var open = new LinkedHashMap<String, ArrayColumn>();
        String name = file.getFileName().toString();
        try (var zip = new ZipFile(file.toFile())) {
            try {
                for (String column : used()) {
                    var entry = zip.getEntry(column + ".npy");
                    if (entry == null) {
                        throw missing(name, column, zip);
                    }
                    var stream = DataStream.of(file, zip.getInputStream(entry));
                    open.put(column, ArrayColumn.open(name + " (" + column + ")", stream, into.spill()));
                }
                into.beginFile(name);
                read(open, into);
            } finally {
                open.values().forEach(ArrayColumn::close);
            }
        } catch (IOException e) {
            throw new NndException(
                    name + " can't be read as an archive of numpy.savez: " + e.getMessage() + ".",
                    "copy or save it again",
                    e);
        }
    }

    private static NndException missing(String file, String column, ZipFile zip) {
        List<String> there = zip.stream()
                .map(e -> e.getName().replaceFirst("\\.npy$", ""))
                .limit(LISTED)
                .toList();
        return new NndException(file + " has no array \"" + column + "\". It has: " + String.join(", ", there) + "."
                + Nearest.of(column, there)
                        .map(n -> " Did you mean \"" + n + "\"?")
                        .orElse(""));
    }

    private void read(Map<String, ArrayColumn> open, TableRows into) {
        var of = new ArrayList<ArrayColumn>();
        for (var use : uses) {
            ArrayColumn column = Objects.requireNonNull(open.get(columns.get(use.column())), "it was opened");
            of.add(column);
            requireForm(use, column.header());
        }
        if (of.isEmpty()) {
            throw new NndException("No field reads a column of the source, so that it has no rows.");
        }
        ArrayHeader first = of.getFirst().header();
        for (var column : of) {
            if (column.header().rows() != first.rows()) {
                throw new NndException(
                        first.name() + " has " + first.rows() + " rows and "
                                + column.header().name() + " has "
                                + column.header().rows() + ": they don't belong together.",
                        "name arrays of the same examples",
                        null);
            }
        }
        var distinct = List.copyOf(open.values());
        for (long row = 1; row <= first.rows(); row++) {
            distinct.forEach(ArrayColumn::advance);
            add(row, of, into);
        }
    }

    private void requireForm(ColumnUse use, ArrayHeader header) {
        List<Integer> dims = use instanceof ColumnUse.Number number ? number.dims() : List.of();
        boolean words = use instanceof ColumnUse.Number && header.isText();
        if (header.holds(dims) && !words) {
            return;
        }
        String wanted = dims.isEmpty()
                ? "one value"
                : "an array of " + dims.stream().map(String::valueOf).collect(Collectors.joining(" x "));
        throw new NndException("A row of " + header.name() + " is " + (words ? "text" : header.rowText())
                + ", and the field that reads \"" + columns.get(use.column()) + "\" needs "
                + (words ? "numbers" : wanted) + ".");
    }

    private void add(long row, List<ArrayColumn> of, TableRows into) {
        try {
            for (int i = 0; i < uses.size(); i++) {
                ArrayColumn column = of.get(i);
                switch (uses.get(i)) {
                    case ColumnUse.Number number -> {
                        int elements = number.elements();
                        for (int e = 0; e < elements; e++) {
                            number(row, number.kind(), column, i, e, into);
                        }
                    }
                    case ColumnUse.Label _ -> into.label(i, label(row, column, labels.get(i)));
                    case ColumnUse.Text _ -> into.text(i, column.text(0));
                }
            }
            into.endRow();
        } catch (NndException e) {
            bad.add(e);
        }
    }

    private static NndException error(long row, ArrayColumn column, String what) {
        return new NndException(column.header().name() + ", row " + row + ": " + what);
    }

    private static void number(long row, NumberKind kind, ArrayColumn column, int use, int e, TableRows into) {
        double value = column.real(e);
        boolean nothing = kind == NumberKind.OPTIONAL && Double.isNaN(value);
        boolean small = kind == NumberKind.REAL || kind == NumberKind.WHOLE || Float.isFinite((float) value);
        if (!nothing && (!Double.isFinite(value) || !small)) {
            String hint = Double.isNaN(value) ? ", and a number is needed (`impute` fills in what is missing)" : "";
            throw error(row, column, "element " + (e + 1) + " is " + value + hint + ".");
        }
        switch (kind) {
            case VALUE, OPTIONAL -> into.number(use, e, (float) value);
            case REAL -> into.real(use, e, value);
            case WHOLE -> into.whole(use, e, whole(row, column, e));
            case TRUTH -> {
                if (value != 0 && value != 1) {
                    throw error(row, column, "element " + (e + 1) + " is " + value + ", and a truth value is 0 or 1.");
                }
                into.truth(use, e, value != 0);
            }
        }
    }

    private static long whole(long row, ArrayColumn column, int e) {
        double value = column.real(e);
        boolean exact = column.isFloat() ? value == Math.rint(value) && Math.abs(value) < 0x1p63 : value < 0x1p63;
        if (!exact) {
            throw error(
                    row, column, "element " + (e + 1) + " is " + value + ", and a whole number of 64 bits is needed.");
        }
        return column.isFloat() ? (long) value : column.whole(e);
    }

    private static int label(long row, ArrayColumn column, Labels labels) {
        String text = column.header().isText() ? column.text(0).strip() : Long.toString(whole(row, column, 0));
        int index = labels.index(text);
        if (index < 0) {
            throw error(row, column, labels.unknown(text));
        }
        return index;
    }
}
