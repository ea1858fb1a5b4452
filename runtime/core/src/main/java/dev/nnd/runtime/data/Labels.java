package dev.nnd.runtime.data;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Label names and the texts that stand for them: a name, or a 0-based index where no name is itself a number. */
final class Labels {
    private static final int LISTED = 20;

    private final List<String> names;
    private final Map<String, Integer> byText = new HashMap<>();

    Labels(List<String> names) {
        this(names, false);
    }

    /** If {@code exact}, no index stands for a name. */
    Labels(List<String> names, boolean exact) {
        this.names = names;
        boolean numeric = exact || names.stream().anyMatch(Labels::isInteger);
        for (int i = 0; i < names.size(); i++) {
            byText.put(names.get(i), i);
            if (!numeric) {
                byText.put(Integer.toString(i), i);
            }
        }
    }

    private static boolean isInteger(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /** The index of a label, or -1. */
    int index(String text) {
        return byText.getOrDefault(text, -1);
    }

    /** Why a text is no label, and what labels there are. */
    String unknown(String text) {
        Optional<String> near = Nearest.of(text, names);
        return CellReader.quoted(text) + " is not a label: known are " + listed(names)
                + (byText.size() > names.size() ? " (or their indices, 0 to " + (names.size() - 1) + ")" : "") + "."
                + near.map(n -> " Did you mean \"" + n + "\"?").orElse("");
    }

    /** The names, or the first of many. */
    static String listed(List<String> names) {
        return names.size() <= LISTED
                ? String.join(", ", names)
                : String.join(", ", names.subList(0, LISTED)) + " and " + (names.size() - LISTED) + " more";
    }
}
