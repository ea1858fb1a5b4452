package dev.nnd.compiler.emit.data;

import dev.nnd.compiler.typed.Primitive;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What the code of a section's fields needs of their class: arrays and lists of constants, and small functions. */
final class ClassParts {

    private final Set<String> taken;
    private final Map<String, List<Double>> numbers = new LinkedHashMap<>();
    private final Map<String, List<String>> texts = new LinkedHashMap<>();
    private final Map<String, String> dates = new LinkedHashMap<>();
    private final Set<Primitive> functions = new TreeSet<>();

    /** {@code taken} are the constants that the class has anyway. */
    ClassParts(Collection<String> taken) {
        this.taken = new HashSet<>(taken);
    }

    /** Named arrays of floats, in the order of first use. */
    Map<String, List<Double>> numbers() {
        return numbers;
    }

    /** Named lists of texts, in the order of first use. */
    Map<String, List<String>> texts() {
        return texts;
    }

    /** Named readers of dates with their formats, in the order of first use. */
    Map<String, String> dates() {
        return dates;
    }

    /** Functions that the code calls by the name of {@link Primitive#text()}. */
    Set<Primitive> functions() {
        return functions;
    }

    void function(Primitive function) {
        functions.add(function);
    }

    /** The name of an array with these values: the wanted one, or with a number behind it. */
    String numbers(String wanted, List<Double> values) {
        return named(numbers, wanted, values);
    }

    String texts(String wanted, List<String> values) {
        return named(texts, wanted, values);
    }

    String date(String wanted, String format) {
        return named(dates, wanted, format);
    }

    private <T> String named(Map<String, T> all, String wanted, T value) {
        String name = wanted;
        for (int n = 2; taken.contains(name) && !value.equals(all.get(name)); n++) {
            name = wanted + "_" + n;
        }
        taken.add(name);
        all.put(name, value);
        return name;
    }
}
