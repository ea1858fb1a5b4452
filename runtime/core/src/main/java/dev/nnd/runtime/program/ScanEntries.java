package dev.nnd.runtime.program;

import dev.nnd.runtime.memory.Tensor;
import java.lang.foreign.MemorySegment;

/**
 * The entries of a sequence, or those rows of them that one loop has to do with. They are cut once for each place of the
 * sequence in memory, so that nothing is allocated in later runs.
 */
final class ScanEntries {

    private final Tensor sequence;
    private final Tensor entry;
    private final int count;
    private final long stride;
    private final long offset;
    private final long bytes;
    private long address = -1;
    private MemorySegment[] entries = {};

    /**
     * The entries of a sequence.
     *
     * @param count how many it has
     * @param entry has the size of one, or of its rows from {@code firstRow} on
     */
    ScanEntries(Tensor sequence, int count, Tensor entry, long firstRow) {
        this.sequence = sequence;
        this.entry = entry;
        this.count = count;
        bytes = entry.elements() * entry.type().bytes();
        stride = count == 0 ? 0 : sequence.elements() * sequence.type().bytes() / count;
        offset = stride == bytes || count == 0 ? 0 : firstRow * (bytes / entry.dim(0));
        if (count > 0 && offset + bytes > stride) {
            throw new IllegalArgumentException(entry + " is no entry of " + sequence);
        }
    }

    /** The entry as a segment. */
    MemorySegment at(int index) {
        MemorySegment all = sequence.segment();
        if (all.address() != address) {
            cut(all);
        }
        return entries[index];
    }

    private void cut(MemorySegment all) {
        entries = new MemorySegment[count];
        for (int i = 0; i < count; i++) {
            entries[i] = all.asSlice(i * stride + offset, bytes);
        }
        address = all.address();
    }

    /** Makes the entry's tensor be the entry at an index. */
    void place(int index) {
        entry.place(at(index));
    }

    /** Copies from another place. */
    void set(int index, MemorySegment from) {
        MemorySegment.copy(from, 0, at(index), 0, bytes);
    }

    /** Copies to another place. */
    void get(int index, MemorySegment to) {
        MemorySegment.copy(at(index), 0, to, 0, bytes);
    }
}
