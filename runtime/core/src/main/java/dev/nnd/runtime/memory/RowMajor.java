package dev.nnd.runtime.memory;

import java.lang.foreign.MemorySegment;

/** The last dim varies fastest, without gaps. */
record RowMajor(long storedElements) implements Layout {

    @Override
    public boolean plain() {
        return true;
    }

    @Override
    public void toRowMajor(MemorySegment from, MemorySegment to) {
        to.copyFrom(from);
    }

    @Override
    public void fromRowMajor(MemorySegment from, MemorySegment to) {
        to.copyFrom(from);
    }
}
