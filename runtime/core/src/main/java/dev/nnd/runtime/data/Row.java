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

    /** The 0-based index in {@code names} of the label in column {@code column}, which holds a name or an index. */
    default int labelIndex(int column, List<String> names) {
        throw new UnsupportedOperationException("this row has no columns");
    }

    /** The text in column {@code column}. */
    default String text(int column) {
        throw new UnsupportedOperationException("this row has no columns");
    }
}
