package dev.nnd.runtime.data;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Gives the rows of a source to parts so that rows with one value of a field stay together. Groups are taken in the order in
 * which the drawn order meets them first, each by the part that lacks most of its share; so every part gets a group if there
 * are enough, and many small groups come near to the shares.
 */
final class GroupedParts {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    private final Dataset dataset;
    private final int field;
    private final RowStore store;
    private final MemorySegment order;
    private final double[] wanted;
    private final int n;

    /**
     * @param order the rows in the order of the draw
     * @param shares up to and with each part, the last is 1
     */
    GroupedParts(Dataset dataset, int field, RowStore store, MemorySegment order, double[] shares) {
        this.dataset = dataset;
        this.field = field;
        this.store = store;
        this.order = order;
        this.n = store.rows();
        this.wanted = new double[shares.length];
        for (int k = 0; k < shares.length; k++) {
            wanted[k] = (shares[k] - (k == 0 ? 0 : shares[k - 1])) * n;
        }
    }

    /** Writes the part of each row. */
    void assign(MemorySegment partOf) {
        try (var arena = Arena.ofConfined()) {
            MemorySegment groupOf = arena.allocate(Math.max(4, 4L * n), 4);
            int groups = number(arena, groupOf);
            MemorySegment sizes = arena.allocate(Math.max(4, 4L * groups), 4);
            for (int row = 0; row < n; row++) {
                int group = groupOf.getAtIndex(INT, row);
                sizes.setAtIndex(INT, group, sizes.getAtIndex(INT, group) + 1);
            }
            var got = new double[wanted.length];
            MemorySegment partOfGroup = arena.allocate(Math.max(1, groups));
            for (int group = 0; group < groups; group++) {
                int part = neediest(got);
                got[part] += sizes.getAtIndex(INT, group);
                partOfGroup.set(ValueLayout.JAVA_BYTE, group, (byte) part);
            }
            for (int row = 0; row < n; row++) {
                byte part = partOfGroup.get(ValueLayout.JAVA_BYTE, groupOf.getAtIndex(INT, row));
                partOf.set(ValueLayout.JAVA_BYTE, row, part);
            }
        }
    }

    private int neediest(double[] got) {
        int best = 0;
        for (int k = 1; k < got.length; k++) {
            if (1 - got[k] / wanted[k] > 1 - got[best] / wanted[best] + 1e-12) {
                best = k;
            }
        }
        return best;
    }

    /** Numbers the groups as the order meets them; a table off the heap, since every row may be a group. */
    private int number(Arena arena, MemorySegment groupOf) {
        var spec = dataset.fields().get(field);
        MemorySegment value = arena.allocate(Math.max(8, spec.bytes()), 64);
        long capacity = Integer.highestOneBit(Math.max(8, n)) * 4L;
        MemorySegment keys = arena.allocate(8L * capacity, 8);
        MemorySegment numbers = arena.allocate(4L * capacity, 4);
        var row = store.cursor();
        int groups = 0;
        for (int i = 0; i < n; i++) {
            int at = order.getAtIndex(INT, i);
            dataset.encode(field, row.seek(at), value, 0);
            long key = hash(value, spec.bytes());
            long slot = key & capacity - 1;
            while (numbers.getAtIndex(INT, slot) != 0 && keys.getAtIndex(LONG, slot) != key) {
                slot = slot + 1 & capacity - 1;
            }
            if (numbers.getAtIndex(INT, slot) == 0) {
                keys.setAtIndex(LONG, slot, key);
                numbers.setAtIndex(INT, slot, ++groups);
            }
            groupOf.setAtIndex(INT, at, numbers.getAtIndex(INT, slot) - 1);
        }
        return groups;
    }

    /** Of 64 bits: two values with one hash would only be one group. */
    private static long hash(MemorySegment value, long bytes) {
        long hash = 0xcbf29ce484222325L;
        for (long b = 0; b < bytes; b++) {
            hash = (hash ^ value.get(ValueLayout.JAVA_BYTE, b)) * 0x100000001b3L;
        }
        hash = (hash ^ hash >>> 32) * 0x9e3779b97f4a7c15L;
        return hash ^ hash >>> 29;
    }
}
