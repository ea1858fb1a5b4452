package dev.nnd.compiler.hdf5;

import java.util.ArrayList;
import java.util.List;

/** The records of a tree of the second kind ({@code BTHD}), which groups of many links have. */
final class RecordTree {

    private static final int DEEPEST = 16;

    private final Hdf5File file;
    private final List<Bytes> records = new ArrayList<>();
    private final long nodeSize;
    private final int recordSize;
    private final int[] totalSize = new int[DEEPEST + 1];
    private final int countSize;

    RecordTree(Hdf5File file, long place) {
        this.file = file;
        Bytes start = file.at(place);
        start.signature("BTHD", "index of names");
        start.skip(2);
        nodeSize = start.u32();
        recordSize = start.u16();
        int depth = start.u16();
        start.skip(2);
        int wordSize = file.wordSize();
        if (depth > DEEPEST || recordSize == 0 || nodeSize < 10 + recordSize) {
            throw new Hdf5Problem("it is damaged: an index of names has impossible sizes");
        }
        long most = (nodeSize - 10) / recordSize;
        countSize = bytesFor(most);
        long total = most;
        for (int level = 1; level <= depth; level++) {
            totalSize[level] = bytesFor(total);
            int pointer = wordSize + countSize + (level > 1 ? totalSize[level] : 0);
            most = Math.max((nodeSize - 10 - pointer) / (recordSize + pointer), 1);
            total = Math.min((most + 1) * total + most, Integer.MAX_VALUE);
        }
        long root = start.word();
        int count = start.u16();
        if (count > 0) {
            node(root, count, depth);
        }
    }

    private static int bytesFor(long number) {
        return Math.max((64 - Long.numberOfLeadingZeros(number) + 7) / 8, 1);
    }

    private void node(long place, long count, int level) {
        file.budget().step();
        Bytes node = file.at(place);
        node.signature(level == 0 ? "BTLF" : "BTIN", "part of an index of names");
        node.skip(2);
        for (long i = 0; i < count; i++) {
            file.budget().step();
            records.add(node.take(recordSize));
        }
        for (long i = 0; level > 0 && i <= count; i++) {
            long child = node.word();
            long children = node.number(countSize);
            node.skip(level > 1 ? totalSize[level] : 0);
            node(child, children, level - 1);
        }
    }

    List<Bytes> all() {
        return records;
    }
}
