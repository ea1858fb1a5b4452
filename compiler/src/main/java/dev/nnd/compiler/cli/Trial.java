package dev.nnd.compiler.cli;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One run of a search.
 *
 * @param number from 1
 * @param values of the searched parameters, as they would be written in the file
 */
record Trial(int number, Map<String, String> values) {

    Trial {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** Its run directory in that of the search. */
    String folder() {
        return String.format(Locale.ROOT, "trial-%03d", number);
    }

    /** As in {@code lr 0.01, width 32}. */
    String text() {
        return values.entrySet().stream()
                .map(v -> v.getKey() + " " + v.getValue())
                .collect(Collectors.joining(", "));
    }
}
