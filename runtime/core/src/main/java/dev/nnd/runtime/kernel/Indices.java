package dev.nnd.runtime.kernel;

import dev.nnd.runtime.NndException;

/** Indices that come with the data. */
public final class Indices {

    private Indices() {}

    /**
     * An index, if it is one.
     *
     * @param size how many entries there are
     * @param place the line of the .nnd file
     * @throws NndException if it is below 0 or not below the size
     */
    public static long check(long index, long size, String place) {
        if (index < 0 || index >= size) {
            throw outside(index, size, place);
        }
        return index;
    }

    private static NndException outside(long index, long size, String place) {
        return new NndException("index " + index + " is out of range: " + place + " has "
                + (size == 1 ? "1 entry, index 0" : size + " entries, indices 0 to " + (size - 1)) + ".");
    }
}
