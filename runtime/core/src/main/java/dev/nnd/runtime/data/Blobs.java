package dev.nnd.runtime.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Runs of bytes, each with its length before it and whole in one chunk. */
final class Blobs {
    private static final ValueLayout.OfInt LENGTH = ValueLayout.JAVA_INT_UNALIGNED;
    private static final long CHUNK_BYTES = 1L << 21;

    private final Spill spill;
    private final List<MemorySegment> chunks = new ArrayList<>();
    private long used = CHUNK_BYTES;

    Blobs(Spill spill) {
        this.spill = spill;
    }

    /** The place: chunk number and offset. */
    long add(byte[] bytes) {
        long needed = (long) Integer.BYTES + bytes.length;
        if (chunks.isEmpty() || used + needed > chunks.getLast().byteSize()) {
            chunks.add(spill.allocate(Math.max(CHUNK_BYTES, needed)));
            used = 0;
        }
        var chunk = chunks.getLast();
        chunk.set(LENGTH, used, bytes.length);
        MemorySegment.copy(bytes, 0, chunk, ValueLayout.JAVA_BYTE, used + Integer.BYTES, bytes.length);
        long place = ((long) (chunks.size() - 1) << 32) | used;
        used += needed;
        return place;
    }

    /** The bytes at a place, as they lie. */
    MemorySegment at(long place) {
        var chunk = chunks.get((int) (place >>> 32));
        long from = place & 0xFFFF_FFFFL;
        return chunk.asSlice(from + Integer.BYTES, chunk.get(LENGTH, from));
    }

    /** The bytes at a place as UTF-8. */
    String text(long place) {
        return new String(at(place).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }
}
