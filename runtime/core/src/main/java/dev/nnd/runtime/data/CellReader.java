package dev.nnd.runtime.data;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.data.RowUse.ColumnUse;
import dev.nnd.runtime.data.RowUse.NumberKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Makes numbers, labels and texts of the cells of a record. */
final class CellReader {

    private static final int LONGEST_QUOTED = 60;
    private static final Set<String> TRUE = Set.of("true", "yes", "t", "y", "1", "1.0");
    private static final Set<String> FALSE = Set.of("false", "no", "f", "n", "0", "0.0");

    private final List<String> columns;
    private final List<ColumnUse> uses;
    private final List<String> missing;
    private final List<Labels> labels = new ArrayList<>();

    /**
     * @param columns names by column index
     * @param uses what is read of them
     * @param missing what is written for nothing beside the usual
     */
    CellReader(List<String> columns, List<ColumnUse> uses, List<String> missing) {
        this.columns = columns;
        this.uses = uses;
        this.missing = missing;
        for (var use : uses) {
            labels.add(new Labels(
                    use instanceof ColumnUse.Label label ? label.names() : List.of(),
                    use instanceof ColumnUse.Label label && label.exact()));
        }
    }

    /** Where a row is; {@code row} counts from 1 without the header, {@code part} the {@code unit}s of the file. */
    record Place(String file, long row, String unit, long part) {
        /** In a line of a text. */
        Place(String file, long row, long line) {
            this(file, row, "line", line);
        }

        /** In a group of rows. */
        static Place inGroup(String file, long row, long group) {
            return new Place(file, row, "row group", group);
        }

        NndException error(String what) {
            return new NndException(file + ", row " + row + " (" + unit + " " + part + "): " + what);
        }
    }

    /** Adds the record as a row. */
    void add(Place place, RowCells cells, TableRows into) {
        for (int i = 0; i < uses.size(); i++) {
            requireShape(place, cells, i);
            switch (uses.get(i)) {
                case ColumnUse.Number number -> numbers(place, number, cells, i, into);
                case ColumnUse.Label(int column, var _, var _) ->
                    into.label(i, label(place, columns.get(column), cells, i));
                case ColumnUse.Text _ -> into.text(i, text(cells, i));
            }
        }
        into.endRow();
    }

    private void requireShape(Place place, RowCells cells, int use) {
        var problem = switch (uses.get(use)) {
            case ColumnUse.Number(var _, var _, var dims) -> cells.notOf(use, dims);
            case ColumnUse.Label _ -> cells.notOf(use, List.of());
            case ColumnUse.Text _ -> cells.notText(use);
        };
        problem.ifPresent(what -> {
            throw place.error("column \"" + columns.get(uses.get(use).column()) + "\": " + what);
        });
    }

    private void numbers(Place place, ColumnUse.Number number, RowCells cells, int use, TableRows into) {
        var column = columns.get(number.column());
        int elements = number.elements();
        for (int e = 0; e < elements; e++) {
            number(place, column, number.kind(), cells, use, e, into);
        }
    }

    private String text(RowCells cells, int use) {
        String text = cells.text(use);
        return missing.contains(text) ? "" : text;
    }

    private void number(Place place, String column, NumberKind kind, RowCells cells, int use, int e, TableRows into) {
        switch (kind) {
            case VALUE -> into.number(use, e, number(place, column, cells, use, e));
            case OPTIONAL -> {
                String text = cells.trimmed(use, e);
                boolean none = Values.isMissing(text) || missing.contains(text);
                into.number(use, e, none ? Float.NaN : number(place, column, cells, use, e));
            }
            case REAL -> {
                number(place, column, cells, use, e);
                into.real(use, e, Double.parseDouble(cells.trimmed(use, e)));
            }
            case WHOLE -> into.whole(use, e, whole(place, column, cells, use, e));
            case TRUTH -> into.truth(use, e, truth(place, column, cells, use, e));
        }
    }

    private static long whole(Place place, String column, RowCells cells, int use, int e) {
        String text = cells.trimmed(use, e);
        String digits = text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException notWhole) {
            throw place.error("column \"" + column + "\": "
                    + (text.isEmpty()
                            ? cells.nothing(use) + ", and"
                            : quoted(text) + " is no whole number of 64 bits, and")
                    + " a whole number is needed.");
        }
    }

    private static boolean truth(Place place, String column, RowCells cells, int use, int e) {
        String text = cells.trimmed(use, e).toLowerCase(Locale.ROOT);
        if (!TRUE.contains(text) && !FALSE.contains(text)) {
            throw place.error("column \"" + column + "\": " + quoted(cells.trimmed(use, e))
                    + " is no truth value; those are true, yes, t, y and 1, and false, no, f, n and 0.");
        }
        return TRUE.contains(text);
    }

    private static float number(Place place, String column, RowCells cells, int use, int e) {
        float value = cells.number(use, e);
        if (Float.isFinite(value)) {
            return value;
        }
        var text = cells.trimmed(use, e);
        var what = "column \"" + column + "\": ";
        if (text.isEmpty()) {
            throw place.error(what + cells.nothing(use) + ", and a number is needed.");
        }
        boolean named = List.of("nan", "inf", "infinity")
                .contains(text.toLowerCase(Locale.ROOT).replaceFirst("^[+-]", ""));
        throw place.error(what + quoted(text) + " "
                + (named
                        ? "is not a finite number."
                        : Float.isNaN(value) ? "is not a number." : "is too large for f32."));
    }

    /** A cell's text for a message, the beginning of a long one. */
    static String quoted(String text) {
        return text.length() <= LONGEST_QUOTED
                ? "\"" + text + "\""
                : "\"" + text.substring(0, LONGEST_QUOTED) + "...\" (" + text.length() + " characters)";
    }

    private int label(Place place, String column, RowCells cells, int use) {
        var text = cells.trimmed(use, 0);
        int index = labels.get(use).index(text);
        if (index < 0) {
            var what = text.isEmpty()
                    ? cells.nothing(use) + ", and a label is needed."
                    : labels.get(use).unknown(text);
            throw place.error("column \"" + column + "\": " + what);
        }
        return index;
    }
}
