package dev.nnd.compiler.emit.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parameters of a class of weights by the parts of their paths. */
final class WeightTree {

    /**
     * How a parameter is made: {@code all.add(decayed, PATH, new Initializer.Fill(0.0), false, 64)}.
     *
     * @param path its name in weights files
     * @param doc of its field
     * @param call up to the path
     * @param arguments behind the path
     */
    record Weight(String path, String doc, String call, String arguments) {}

    /** Successive layers of one form: {@code layer.4} to {@code layer.6}. */
    record Range(int first, List<WeightTree> layers) {

        int last() {
            return first + layers.size() - 1;
        }
    }

    private final Map<String, WeightTree> children = new LinkedHashMap<>();
    private @Nullable Weight weight;

    void add(Weight added) {
        WeightTree at = this;
        for (String part : added.path().split("\\.", -1)) {
            at = at.children.computeIfAbsent(part, _ -> new WeightTree());
        }
        at.weight = added;
    }

    @Nullable
    Weight weight() {
        return weight;
    }

    Map<String, WeightTree> children() {
        return children;
    }

    /** A number that all trees of this form have, and no other: {@code forms} hands them out. */
    int form(Map<List<Object>, Integer> forms) {
        var form = new ArrayList<>();
        if (weight != null) {
            form.addAll(List.of(weight.doc(), weight.call(), weight.arguments()));
        }
        children.forEach((name, child) -> {
            form.add(name);
            form.add(child.form(forms));
        });
        return forms.computeIfAbsent(List.copyOf(form), _ -> forms.size());
    }

    /** The children in order, numbered ones of one form that follow each other together. */
    List<Range> ranges(Map<List<Object>, Integer> forms) {
        var ranges = new ArrayList<Range>();
        int last = -1;
        for (Map.Entry<String, WeightTree> child : children.entrySet()) {
            int number = number(child.getKey());
            int form = child.getValue().weight == null && number >= 0
                    ? child.getValue().form(forms)
                    : -1;
            boolean joins =
                    form >= 0 && form == last && number == ranges.getLast().last() + 1;
            if (!joins) {
                ranges.add(new Range(number, new ArrayList<>()));
            }
            ranges.getLast().layers().add(child.getValue());
            last = form;
        }
        return ranges;
    }

    /** The number that a part of a path is; -1 if it is none. */
    private static int number(String part) {
        boolean digits = !part.isEmpty() && part.length() < 9 && part.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits && (part.length() == 1 || part.charAt(0) != '0') ? Integer.parseInt(part) : -1;
    }
}
