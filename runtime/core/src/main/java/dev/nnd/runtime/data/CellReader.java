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

    /** Where a row is; {@code row} counts from 1 without the header. */
    record Place(String file, long row, long line) {
        NndException error(String what) {
            return new NndException(file + ", row " + row + " (line " + line + "): " + what);
        }
    }

    /** Adds the record as a row. */
    void add(Place place, Cells cells, TableRows into) {
        for (int i = 0; i < uses.size(); i++) {
            switch (uses.get(i)) {
                case ColumnUse.Number(int column, var kind) -> number(place, columns.get(column), kind, cells, i, into);
                case ColumnUse.Label(int column, var _, var _) ->
                    into.label(i, label(place, columns.get(column), cells, i));
                case ColumnUse.Text _ -> into.text(i, text(cells, i));
            }
        }
        into.endRow();
    }

    private String text(Cells cells, int use) {
        String text = cells.text(use);
        return missing.contains(text) ? "" : text;
    }

    private void number(Place place, String column, NumberKind kind, Cells cells, int use, TableRows into) {
        switch (kind) {
            case VALUE -> into.number(use, number(place, column, cells, use));
            case OPTIONAL -> {
                String text = cells.trimmed(use);
                boolean none = Values.isMissing(text) || missing.contains(text);
                into.number(use, none ? Float.NaN : number(place, column, cells, use));
            }
            case REAL -> {
                number(place, column, cells, use);
                into.real(use, Double.parseDouble(cells.trimmed(use)));
            }
            case WHOLE -> into.whole(use, whole(place, column, cells, use));
            case TRUTH -> into.truth(use, truth(place, column, cells, use));
        }
    }

    private static long whole(Place place, String column, Cells cells, int use) {
        String text = cells.trimmed(use);
        String digits = text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException e) {
            throw place.error("column \"" + column + "\": "
                    + (text.isEmpty()
                            ? "the cell is empty, and"
                            : "\"" + text + "\" is no whole number of 64 bits, and")
                    + " a whole number is needed.");
        }
    }

    private static boolean truth(Place place, String column, Cells cells, int use) {
        String text = cells.trimmed(use).toLowerCase(Locale.ROOT);
        if (!TRUE.contains(text) && !FALSE.contains(text)) {
            throw place.error("column \"" + column + "\": \"" + cells.trimmed(use)
                    + "\" is no truth value; those are true, yes, t, y and 1, and false, no, f, n and 0.");
        }
        return TRUE.contains(text);
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
