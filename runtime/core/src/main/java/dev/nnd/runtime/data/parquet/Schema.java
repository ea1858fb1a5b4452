package dev.nnd.runtime.data.parquet;

import dev.nnd.runtime.data.parquet.Column.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The columns of a file, as its footer lists them: a tree, of which the top has the names that users know. */
final class Schema {
    private static final int MOST = 100_000;
    private static final int DEEPEST = 32;

    private final List<Element> elements;
    private final Map<String, Integer> top = new LinkedHashMap<>();
    private final int[] firstLeaf;
    private int at;
    private int leaves;

    private Schema(List<Element> elements) {
        this.elements = elements;
        this.firstLeaf = new int[elements.size()];
        if (elements.isEmpty()) {
            throw ParquetException.damaged("it has no columns");
        }
        at = 1;
        for (int i = 0; i < elements.getFirst().children(); i++) {
            top.putIfAbsent(element(at).name(), at);
            walk(1);
        }
    }

    static Schema read(Thrift in) {
        int n = in.structs();
        if (n > MOST) {
            throw ParquetException.unsupported("it has " + n + " columns, and at most " + MOST + " are read");
        }
        var elements = new ArrayList<Element>();
        for (int i = 0; i < n; i++) {
            elements.add(Element.read(in));
        }
        return new Schema(elements);
    }

    private Element element(int index) {
        if (index >= elements.size()) {
            throw ParquetException.damaged("its list of columns breaks off");
        }
        return elements.get(index);
    }

    /** Counts the leaves of the subtree at {@link #at}, and goes behind it. */
    private void walk(int depth) {
        if (depth > DEEPEST) {
            throw ParquetException.unsupported("its columns are nested deeper than " + DEEPEST);
        }
        Element element = element(at);
        firstLeaf[at] = leaves;
        at++;
        leaves += element.isLeaf() ? 1 : 0;
        for (int i = 0; i < element.children(); i++) {
            walk(depth + 1);
        }
    }

    /** The columns' names, in the order of the file. */
    List<String> names() {
        return List.copyOf(top.keySet());
    }

    /** How many columns the file stores; those of structs are each one. */
    int leaves() {
        return leaves;
    }

    /** A column of the top: one value in each row, or lists of them. */
    Column column(String name) {
        Integer index = top.get(name);
        if (index == null) {
            throw new IllegalArgumentException("no column " + name);
        }
        try {
            return column(name, index);
        } catch (ParquetException e) {
            throw e.at("column \"" + name + "\"");
        }
    }

    private Column column(String name, int from) {
        int definition = 0;
        var lists = new ArrayList<Integer>();
        int index = from;
        boolean inList = false;
        for (; ; index++) {
            Element element = element(index);
            boolean repeated = element.repetition() == Element.REPEATED;
            definition += element.repetition() == Element.REQUIRED ? 0 : 1;
            if (repeated) {
                lists.add(definition);
            }
            if (element.isLeaf()) {
                return new Column(
                        name,
                        firstLeaf[from],
                        Type.of(element.type()),
                        element.length(),
                        element.form(),
                        definition,
                        List.copyOf(lists));
            }
            boolean wraps = element.isList() || (inList && repeated);
            if (element.children() != 1 || !wraps) {
                throw ParquetException.unsupported(
                        "it is a struct or a map, and a column of values or lists is needed");
            }
            inList = element.isList();
        }
    }
}
