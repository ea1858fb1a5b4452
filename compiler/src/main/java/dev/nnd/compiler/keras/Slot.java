package dev.nnd.compiler.keras;

import java.util.List;

/**
 * An array of a layer.
 *
 * @param part where it lies in the layer's group, {@code cell} of a recurrent layer; other words of older versions behind a bar
 * @param hint a segment of its name in files of the old form that tells it from arrays of the same name;
 *     other words behind a bar, empty if none does
 * @param names what the old form calls it, with other words behind a bar
 * @param flag the entry of the config that says whether it is there; empty if it always is
 */
record Slot(String part, String hint, String names, String flag) {

    static Slot of(String names) {
        return new Slot("", "", names, "");
    }

    static Slot of(String names, String flag) {
        return new Slot("", "", names, flag);
    }

    Slot in(String outer, String segment) {
        return new Slot(part.isEmpty() ? outer : outer + "/" + part, segment, names, flag);
    }

    /** The first of its names. */
    String name() {
        return alternatives(names).getFirst();
    }

    static List<String> alternatives(String words) {
        return List.of(words.split("\\|", -1));
    }
}
