package dev.nnd.runtime.data;

import dev.nnd.runtime.NndException;
import java.util.List;

/**
 * One raw row of a source, before its fields are encoded. A row is a cursor: it is valid until the next row is read, and
 * reading it allocates nothing but {@link #text}. Which of the readers make sense depends on the source's format; the
 * others throw {@link UnsupportedOperationException}.
 */
public interface Row {

    /** The 1-based number of the row (of data, without the header) or record in its file. */
    long number();

    /** The name of the row's file, for messages. */
    String file();

    /**
     * Pixel {@code i} of an image, 0 to 255, in the order of the file: row by row, for CIFAR channel by channel. A whole
     * number in files; an example that a caller made, such as by resizing, may lie between.
     */
    default float pixel(int i) {
        throw new UnsupportedOperationException("this row has no pixels");
    }

    /** How many pixels (times channels) an image has. */
    default int pixels() {
        throw new UnsupportedOperationException("this row has no pixels");
    }

    /** The rows of the row's image, where images differ in size. */
    default int height() {
        throw new UnsupportedOperationException("this row has no pixels");
    }

    /** The columns of the row's image. */
    default int width() {
        throw new UnsupportedOperationException("this row has no pixels");
    }

    /**
     * Nothing if the row's image has that size; 0 for any height and width. A file of pictures gives that many channels.
     *
     * @throws NndException if it has not, naming the field, the file and the row
     */
    default void requirePicture(String field, int channels, int height, int width) {
        if (height > 0) {
            requirePixels(field, channels * height * width);
        }
    }

    /**
     * Nothing if a part of that size, measured from the first pixel, lies in an image.
     *
     * @throws NndException if it does not, naming the field, the file and the row
     */
    default void requireInside(String field, int height, int width, int neededHeight, int neededWidth) {
        if (neededHeight > height || neededWidth > width) {
            throw new NndException("row " + number() + " of " + file() + " is an image of " + height + " x " + width
                    + ", and " + field + " takes a part of " + neededHeight + " x " + neededWidth);
        }
    }

    /** The 0-based label of an image. */
    default int label() {
        throw new UnsupportedOperationException("this row has no image label");
    }

    /**
     * The same, at most {@code classes - 1}.
     *
     * @throws NndException if it is not, naming the field, the file and the row
     */
    default int label(String field, int classes) {
        int index = label();
        if (index < 0 || index >= classes) {
            throw new NndException("row " + number() + " of " + file() + " has label " + index + ", but " + field
                    + " has " + classes + " classes: 0 to " + (classes - 1));
        }
        return index;
    }

    /**
     * Nothing if an image has that many pixels.
     *
     * @throws NndException if it has not, naming the field, the file and the row
     */
    default void requirePixels(String field, int expected) {
        if (pixels() != expected) {
            throw new NndException("row " + number() + " of " + file() + " has " + pixels() + " pixels, but " + field
                    + " needs " + expected);
        }
    }

    /** The number in column {@code column} of {@link SourceSpec#columns}; always finite. */
    default float value(int column) {
        throw new UnsupportedOperationException("this row has no columns");
    }

    /** The same, NaN where the cell is empty or says that there is nothing: see {@link Values#isMissing}. */
    default float optional(int column) {
        throw new UnsupportedOperationException("this row has no columns");
    }

    /** The number in a column in double precision; always finite. */
    default double real(int column) {
        throw new UnsupportedOperationException("this row has no columns");
    }

    /** The whole number in a column. */
    default long whole(int column) {
        throw new UnsupportedOperationException("this row has no columns");
    }

    /** The truth value in a column: true, yes, t, y or 1; or false, no, f, n or 0. */
    default boolean truth(int column) {
        throw new UnsupportedOperationException("this row has no columns");
    }

    /**
     * Nothing if a column holds an array of these dims.
     *
     * @throws IllegalArgumentException if it does not, naming the field
     */
    default void requireDims(String field, int column, int... dims) {}

    /** Number {@code element} of the array in a column; always finite. */
    default float value(int column, int element) {
        throw new UnsupportedOperationException("this row has no arrays");
    }

    /** The same, NaN where the array says that there is nothing. */
    default float optional(int column, int element) {
        throw new UnsupportedOperationException("this row has no arrays");
    }

    /** Number {@code element} of the array in a column in double precision; always finite. */
    default double real(int column, int element) {
        throw new UnsupportedOperationException("this row has no arrays");
    }

    /** Whole number {@code element} of the array in a column. */
    default long whole(int column, int element) {
        throw new UnsupportedOperationException("this row has no arrays");
    }

    /** Truth value {@code element} of the array in a column. */
    default boolean truth(int column, int element) {
        throw new UnsupportedOperationException("this row has no arrays");
    }

    /** The 0-based index in {@code names} of what is in a column, which is one of them. */
    default int choice(int column, List<String> names) {
        throw new UnsupportedOperationException("this row has no columns");
    }

    /**
     * The 0-based index of a text in {@code names}.
     *
     * @throws NndException if it is none of them, naming the field, the file and the row
     */
    default int place(String field, String text, List<String> names) {
        int index = names.indexOf(text.strip());
        if (index < 0) {
            throw new NndException("row " + number() + " of " + file() + " has \"" + text + "\" for `" + field
                    + "`, which takes " + Labels.listed(names) + ".");
        }
        return index;
    }

    /**
     * Which of {@code names} are in a text that lists some of them with commas, semicolons or bars between.
     *
     * @throws NndException if one is none of them, naming the field, the file and the row
     */
    default boolean[] places(String field, String text, List<String> names) {
        var found = new boolean[names.size()];
        if (!Values.isMissing(text)) {
            for (String one : text.split("[,;|]", -1)) {
                if (!one.isBlank()) {
                    found[place(field, one.strip(), names)] = true;
                }
            }
        }
        return found;
    }

    /**
     * The 0-based index of a number in {@code values}.
     *
     * @throws NndException if it is none of them, naming the field, the file and the row
     */
    default int place(String field, float value, float[] values) {
        for (int i = 0; i < values.length; i++) {
            if (values[i] == value) {
                return i;
            }
        }
        throw new NndException("row " + number() + " of " + file() + " has " + Values.text(value) + " for `" + field
                + "`, which takes none but its " + values.length + " values.");
    }

    /**
     * An id below {@code depth} as it is.
     *
     * @throws NndException if it is not, naming the field, the file and the row
     */
    default int place(String field, float id, int depth) {
        if (id < 0 || id >= depth || id != Math.rint(id)) {
            throw new NndException("row " + number() + " of " + file() + " has " + Values.text(id) + " for `" + field
                    + "`, which takes whole numbers from 0 to " + (depth - 1) + ".");
        }
        return (int) id;
    }

    /** Token {@code i} of the window, by one of the section's tokenizers. */
    default int token(int tokenizer, int i) {
        throw new UnsupportedOperationException("this row is not of a text");
    }

    /** Makes the tokens of a text that a caller gave; a row of a file has them. */
    default void tokenize(int tokenizer, Dataset dataset) {}

    /** All of the text of a text source, or of its part that is learned from. */
    default String stream() {
        throw new UnsupportedOperationException("this row is not of a text");
    }

    /** The 0-based index in {@code names} of the label in column {@code column}, which holds a name or an index. */
    default int labelIndex(int column, List<String> names) {
        throw new UnsupportedOperationException("this row has no columns");
    }

    /** The text in column {@code column}. */
    default String text(int column) {
        throw new UnsupportedOperationException("this row has no columns");
    }
}
