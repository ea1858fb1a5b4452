package dev.nnd.runtime.data;

import dev.nnd.runtime.data.RowUse.ColumnUse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** The values of the latest JSON object that are used; arrays of arrays are row by row. */
final class JsonCells implements RowCells {
    private static final int LISTED = 20;

    private final List<String> columns;
    private final List<ColumnUse> uses;
    private final Map<String, Integer> indices = new HashMap<>();
    private final Cell[] cells;
    private final boolean[] everThere;
    private final List<String> names = new ArrayList<>();

    /** What one name holds. */
    private static final class Cell {
        private final List<String> elements = new ArrayList<>();
        private final List<Integer> dims = new ArrayList<>();
        private boolean there;
        private boolean ragged;
        private boolean object;

        void clear() {
            elements.clear();
            dims.clear();
            there = false;
            ragged = false;
            object = false;
        }
    }

    JsonCells(List<String> columns, List<ColumnUse> uses) {
        this.columns = columns;
        this.uses = uses;
        this.cells = new Cell[columns.size()];
        this.everThere = new boolean[columns.size()];
        for (int c = 0; c < cells.length; c++) {
            cells[c] = new Cell();
            indices.put(columns.get(c), c);
        }
    }

    /** Reads the object that the parser stands on. */
    void read(JsonParser json) {
        Arrays.stream(cells).forEach(Cell::clear);
        names.clear();
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = json.currentName();
            if (names.size() < LISTED) {
                names.add(name);
            }
            JsonToken token = json.nextToken();
            Integer column = indices.get(name);
            if (column == null) {
                json.skipChildren();
            } else {
                cells[column].clear();
                cells[column].there = true;
                everThere[column] = true;
                value(json, token, cells[column], 0);
            }
        }
    }

    private static void value(JsonParser json, JsonToken token, Cell into, int depth) {
        switch (token) {
            case START_OBJECT -> {
                into.object = true;
                json.skipChildren();
            }
            case START_ARRAY -> array(json, into, depth);
            case VALUE_NULL -> add(into, "", depth);
            default -> add(into, json.getString(), depth);
        }
    }

    private static void add(Cell into, String element, int depth) {
        into.ragged |= depth < into.dims.size();
        into.elements.add(element);
    }

    private static void array(JsonParser json, Cell into, int depth) {
        boolean first = into.dims.size() == depth && into.elements.isEmpty();
        if (first) {
            into.dims.add(0);
        } else {
            into.ragged |= depth >= into.dims.size();
        }
        int n = 0;
        for (JsonToken token = json.nextToken(); token != JsonToken.END_ARRAY; token = json.nextToken(), n++) {
            value(json, token, into, depth + 1);
        }
        if (first) {
            into.dims.set(depth, n);
        } else if (depth < into.dims.size()) {
            into.ragged |= into.dims.get(depth) != n;
        }
    }

    /** The columns that no object had. */
    List<String> neverThere() {
        var missing = new ArrayList<String>();
        for (int c = 0; c < everThere.length; c++) {
            boolean used = false;
            for (ColumnUse use : uses) {
                used |= use.column() == c;
            }
            if (used && !everThere[c]) {
                missing.add(columns.get(c));
            }
        }
        return missing;
    }

    /** What the latest object has. */
    String listed() {
        return names.isEmpty() ? "nothing" : String.join(", ", names) + (names.size() < LISTED ? "" : ", ...");
    }

    private Cell cell(int use) {
        return cells[uses.get(use).column()];
    }

    @Override
    public String nothing(int use) {
        if (cell(use).there) {
            return "the value is null or empty";
        }
        String name = columns.get(uses.get(use).column());
        return "the object has no such name, it has " + listed()
                + Nearest.of(name, names)
                        .map(n -> " (did you mean \"" + n + "\"?)")
                        .orElse("");
    }

    @Override
    public String text(int use, int element) {
        List<String> elements = cell(use).elements;
        return element < elements.size() ? elements.get(element) : "";
    }

    @Override
    public String text(int use) {
        return String.join(",", cell(use).elements);
    }

    @Override
    public Optional<String> notText(int use) {
        return cell(use).object ? Optional.of("this is an object, and text is needed.") : Optional.empty();
    }

    @Override
    public float number(int use, int element) {
        char[] text = text(use, element).toCharArray();
        return Numbers.parseTrimmed(text, 0, text.length);
    }

    @Override
    public Optional<String> notOf(int use, List<Integer> dims) {
        Cell cell = cell(use);
        boolean one = cell.elements.size() == 1 && dims.isEmpty();
        if (!cell.there || (!cell.object && !cell.ragged && (one || cell.dims.equals(dims)))) {
            return dims.isEmpty() || cell.there
                    ? Optional.empty()
                    : Optional.of(nothing(use) + ", and " + ArrayShapes.wanted(dims) + " is needed.");
        }
        String is = cell.object ? "this is an object" : ArrayShapes.is(cell.dims, cell.ragged);
        return Optional.of(is + ", and " + ArrayShapes.wanted(dims) + " is needed.");
    }
}
