package dev.nnd.runtime.memory;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Plans one block of memory for buffers that live at known times. Pure arithmetic, same input same offsets.
 *
 * <p>Greedy by size: buffers are placed from the largest to the smallest, each at the lowest offset where it overlaps
 * no placed buffer that is alive at the same time (Pisarchyk and Lee, 2020, "Efficient memory management for deep
 * neural net inference"). Placed buffers are kept sorted by offset, so that one sweep finds the gap.
 */
public final class ArenaLayout {

    private record Buffer(int id, long bytes, long from, long to) {}

    private final List<Buffer> buffers = new ArrayList<>();
    private long[] offsets = new long[0];
    private long total;

    /**
     * Adds a buffer.
     *
     * @param bytes its size, at least 0
     * @param from the first tick at which it is alive
     * @param to the last tick at which it is alive, at least {@code from}
     * @return its id: 0, 1, 2 and so on
     */
    public int add(long bytes, long from, long to) {
        if (bytes < 0 || to < from) {
            throw new IllegalArgumentException("a buffer of " + bytes + " bytes, alive from " + from + " to " + to);
        }
        buffers.add(new Buffer(buffers.size(), aligned(bytes), from, to));
        return buffers.size() - 1;
    }

    private static long aligned(long bytes) {
        return Math.addExact(bytes, Memory.ALIGNMENT - 1) & -Memory.ALIGNMENT;
    }

    /** Gives every buffer its offset. */
    public void assign() {
        offsets = new long[buffers.size()];
        total = 0;
        var order = new ArrayList<>(buffers);
        order.sort(Comparator.comparingLong(Buffer::bytes).reversed().thenComparingInt(Buffer::id));
        var placed = new Placed(order.size());
        for (var buffer : order) {
            long offset = buffer.bytes() == 0 ? 0 : placed.place(buffer);
            offsets[buffer.id()] = offset;
            total = Math.max(total, Math.addExact(offset, buffer.bytes()));
        }
    }

    /** Where a buffer starts, in bytes, a multiple of {@link Memory#ALIGNMENT}; valid after {@link #assign()}. */
    public long offset(int id) {
        return offsets[id];
    }

    /** Bytes of the whole block; valid after {@link #assign()}. */
    public long bytes() {
        return total;
    }

    /** Bytes that are alive at the worst tick: no plan is smaller. */
    public long liveBytes() {
        var starts =
                buffers.stream().sorted(Comparator.comparingLong(Buffer::from)).toList();
        var ends = buffers.stream().sorted(Comparator.comparingLong(Buffer::to)).toList();
        long alive = 0;
        long most = 0;
        int ended = 0;
        for (var buffer : starts) {
            while (ends.get(ended).to() < buffer.from()) {
                alive -= ends.get(ended++).bytes();
            }
            alive += buffer.bytes();
            most = Math.max(most, alive);
        }
        return most;
    }

    /** Placed buffers in parallel arrays sorted by offset: a sweep over 10,000 of them stays in the cache. */
    private static final class Placed {
        private final long[] start;
        private final long[] end;
        private final long[] from;
        private final long[] to;
        private int count;

        private Placed(int capacity) {
            start = new long[capacity];
            end = new long[capacity];
            from = new long[capacity];
            to = new long[capacity];
        }

        private long place(Buffer buffer) {
            long at = lowestGap(buffer);
            int index = Arrays.binarySearch(start, 0, count, at);
            insert(index < 0 ? -index - 1 : index, at, buffer);
            return at;
        }

        /** Sweeps upwards: whatever is alive at the same time and in the way pushes the candidate behind itself. */
        private long lowestGap(Buffer buffer) {
            long at = 0;
            for (int i = 0; i < count; i++) {
                if (from[i] <= buffer.to() && buffer.from() <= to[i]) {
                    if (start[i] >= at + buffer.bytes()) {
                        return at;
                    }
                    at = Math.max(at, end[i]);
                }
            }
            return at;
        }

        private void insert(int index, long at, Buffer buffer) {
            for (var array : List.of(start, end, from, to)) {
                System.arraycopy(array, index, array, index + 1, count - index);
            }
            start[index] = at;
            end[index] = at + buffer.bytes();
            from[index] = buffer.from();
            to[index] = buffer.to();
            count++;
        }
    }
}
