package dev.nnd.runtime.data;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.data.RowUse.ColumnUse;
import dev.nnd.runtime.data.parquet.Cell;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The values of the latest row of a Parquet file. */
final class ParquetCells implements RowCells {
    private final List<String> columns;
    private final List<ColumnUse> uses;
    private final Cell[] cells;
    private CellReader.Place place = new CellReader.Place("", 0, 0);

    /**
     * @param used names of the columns that {@code all} are of
     */
    ParquetCells(List<String> columns, List<ColumnUse> uses, List<String> used, List<Cell> all) {
        this.columns = columns;
        this.uses = uses;
        this.cells = uses.stream()
                .map(use -> all.get(used.indexOf(columns.get(use.column()))))
                .toArray(Cell[]::new);
    }

    /** The cells are now those of the row here. */
    void begin(CellReader.Place row) {
        place = row;
    }

    @Override
    public String nothing(int use) {
        return "the value is null or empty";
    }

    @Override
    public String text(int use, int element) {
        try {
            return cells[use].text(element);
        } catch (IllegalArgumentException e) {
            throw unreadable(use, e);
        }
    }

    private NndException unreadable(int use, IllegalArgumentException e) {
        return place.error("column \"" + columns.get(uses.get(use).column()) + "\": " + e.getMessage() + ".");
    }

    @Override
    public String text(int use) {
        return cells[use].size() == 1
                ? text(use, 0)
                : IntStream.range(0, cells[use].size())
                        .mapToObj(e -> text(use, e))
                        .collect(Collectors.joining(","));
    }

    @Override
    public float number(int use, int element) {
        if (cells[use].isNumber(element)) {
            try {
                return cells[use].number(element);
            } catch (IllegalArgumentException e) {
                throw unreadable(use, e);
            }
        }
        char[] text = text(use, element).toCharArray();
        return Numbers.parseTrimmed(text, 0, text.length);
    }

    @Override
    public Optional<String> notOf(int use, List<Integer> dims) {
        Cell cell = cells[use];
        List<Integer> is = cell.dims();
        boolean one = dims.isEmpty() && cell.size() <= 1;
        if (!cell.isRagged() && (one || is.equals(dims))) {
            return Optional.empty();
        }
        return Optional.of((cell.isNone() ? "this is null" : ArrayShapes.is(is, cell.isRagged())) + ", and "
                + ArrayShapes.wanted(dims) + " is needed.");
    }
}
