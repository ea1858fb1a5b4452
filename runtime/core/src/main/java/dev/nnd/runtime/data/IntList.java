package dev.nnd.runtime.data;

import java.util.Arrays;

/** Numbers, as many as come. */
final class IntList {
    private int[] values = new int[64];
    private int size;

    void add(int value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, Math.addExact(size, size / 2));
        }
        values[size++] = value;
    }

    int size() {
        return size;
    }

    int get(int i) {
        return values[i];
    }

    void set(int i, int value) {
        values[i] = value;
    }

    void removeFrom(int from) {
        size = from;
    }

    int[] toArray() {
        return Arrays.copyOf(values, size);
    }
}
