package dev.nnd.runtime.data;

import java.util.List;
import java.util.Optional;

/** The cells of one record that are used: each is one text or number, or an array of them. */
interface RowCells {

    /** In what way there is nothing. */
    String nothing(int use);

    /** Element {@code element} as it is, element 0 of what is no array; empty where there is nothing. */
    String text(int use, int element);

    /** Its number; NaN or infinite if it is none. */
    float number(int use, int element);

    /** What it is instead of numbers in these dims; empty if it is that. */
    default Optional<String> notOf(int use, List<Integer> dims) {
        return Optional.empty();
    }

    /** What it is instead of text; empty if it is text. */
    default Optional<String> notText(int use) {
        return Optional.empty();
    }

    /** All of it as text; commas stand between the elements of an array. */
    default String text(int use) {
        return text(use, 0);
    }

    /** The element without white space around it. */
    default String trimmed(int use, int element) {
        return text(use, element).strip();
    }
}
