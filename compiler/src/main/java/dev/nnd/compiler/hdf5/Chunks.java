package dev.nnd.compiler.hdf5;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Puts an array together that lies in chunks. */
final class Chunks {

    private static final int SINGLE = 1;

    private final Hdf5File file;
    private final List<Long> dims;
    private final int width;
    private final Filters filters;
    private final List<Long> chunk = new ArrayList<>();
    private ByteBuffer whole = ByteBuffer.allocate(0);
    private int chunkSize;

    Chunks(Hdf5File file, List<Long> dims, int width, Filters filters) {
        this.file = file;
        this.dims = dims;
        this.width = width;
        this.filters = filters;
    }

    ByteBuffer read(Bytes layout, int version) {
        int flags = version == 4 ? layout.u8() : 0;
        int rank = layout.u8();
        long tree = version == 3 ? layout.word() : -1;
        int sizeBytes = version == 4 ? layout.u8() : 4;
        if (rank != dims.size() + 1 || sizeBytes == 0 || sizeBytes > 8) {
            throw new Hdf5Problem("its chunks have " + (rank - 1) + " dims");
        }
        for (int i = 0; i < rank; i++) {
            chunk.add(version == 4 ? layout.number(sizeBytes) : layout.u32());
        }
        chunk.removeLast();
        long bytes = Dataspace.elements(chunk) * width;
        if (bytes == 0 || bytes > Integer.MAX_VALUE - 8) {
            throw new Hdf5Problem("its chunks of sizes " + chunk + " are empty or too large");
        }
        chunkSize = (int) bytes;
        long total = Dataspace.elements(dims) * width;
        file.budget().allocate(total);
        whole = ByteBuffer.allocate((int) total);
        if (version == 3 && tree >= 0) {
            nodes(tree, rank, Integer.MAX_VALUE);
        } else if (version == 4) {
            single(layout, flags);
        }
        return whole;
    }

    private void single(Bytes layout, int flags) {
        int kind = layout.u8();
        if (kind != SINGLE) {
            throw new Hdf5Problem("its chunks have an index of kind " + kind + ", which Keras does not write");
        }
        long stored = (flags & 2) != 0 ? layout.word() : chunkSize;
        long mask = (flags & 2) != 0 ? layout.u32() : 0;
        long place = layout.word();
        if (place >= 0) {
            copy(place, stored, mask, new long[dims.size()]);
        }
    }

    private void nodes(long place, int rank, int above) {
        file.budget().step();
        Bytes node = file.at(place);
        node.signature("TREE", "index of chunks");
        int kind = node.u8();
        int level = node.u8();
        int entries = node.u16();
        if (kind != 1 || level >= above) {
            throw new Hdf5Problem("it is damaged: the index of its chunks is none");
        }
        node.word();
        node.word();
        for (int i = 0; i < entries; i++) {
            file.budget().step();
            long stored = node.u32();
            long mask = node.u32();
            var at = new long[dims.size()];
            for (int d = 0; d < at.length; d++) {
                at[d] = node.i64();
            }
            node.i64();
            long child = node.word();
            if (level > 0) {
                nodes(child, rank, level);
            } else {
                copy(child, stored, mask, at);
            }
        }
    }

    private void copy(long place, long stored, long mask, long[] at) {
        file.budget().allocate(chunkSize);
        ByteBuffer data = filters.undone(file.at(place).take(stored).rest(), mask, chunkSize);
        for (int d = 0; d < at.length; d++) {
            if (at[d] < 0 || at[d] >= dims.get(d) || at[d] % chunk.get(d) != 0) {
                throw new Hdf5Problem("it is damaged: a chunk lies outside it");
            }
        }
        rows(data, at, 0, 0, 0);
    }

    /** Copies the rows of a chunk that lie in the array. */
    private void rows(ByteBuffer data, long[] at, int d, long from, long to) {
        if (at.length == 0) {
            whole.put(0, data, 0, width);
            return;
        }
        long count = Math.min(chunk.get(d), dims.get(d) - at[d]);
        if (d == at.length - 1) {
            whole.put(
                    (int) ((to * dims.get(d) + at[d]) * width),
                    data,
                    (int) (from * chunk.get(d) * width),
                    (int) count * width);
            return;
        }
        for (long i = 0; i < count; i++) {
            rows(data, at, d + 1, from * chunk.get(d) + i, to * dims.get(d) + at[d] + i);
        }
    }
}
