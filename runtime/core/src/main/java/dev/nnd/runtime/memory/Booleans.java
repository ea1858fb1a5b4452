package dev.nnd.runtime.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Copies between arrays of booleans and tensors, for which {@link MemorySegment} has no method. */
public final class Booleans {

    private Booleans() {}

    /** Fills the start of a segment. */
    public static void copy(boolean[] from, MemorySegment to) {
        for (int i = 0; i < from.length; i++) {
            to.set(ValueLayout.JAVA_BOOLEAN, i, from[i]);
        }
    }

    /** Fills an array from the start of a segment. */
    public static void copy(MemorySegment from, boolean[] to) {
        for (int i = 0; i < to.length; i++) {
            to[i] = from.get(ValueLayout.JAVA_BOOLEAN, i);
        }
    }
}
