package dev.nnd.compiler.hdf5;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;

/** What a group holds: names and the places of their objects. */
final class Links {

    private static final int SOFT = 1;
    private static final int EXTERNAL = 64;

    private final Hdf5File file;
    private final String path;
    private final Map<String, Long> found = new TreeMap<>();

    private Links(Hdf5File file, String path) {
        this.file = file;
        this.path = path;
    }

    static Map<String, Long> of(Hdf5File file, ObjectHeader header, String path) {
        var links = new Links(file, path);
        header.find(Message.SYMBOL_TABLE).ifPresent(links::symbolTable);
        header.all(Message.LINK).forEach(links::message);
        header.find(Message.LINK_INFO).ifPresent(links::info);
        return Collections.unmodifiableMap(links.found);
    }

    private void add(String name, long place) {
        if (found.put(name, place) != null) {
            throw new Hdf5Problem(
                    "the group `" + Hdf5Problem.shown(path) + "` has `" + Hdf5Problem.shown(name) + "` twice");
        }
    }

    private Hdf5Problem notFollowed(String name, String kind) {
        return new Hdf5Problem("`" + Hdf5Problem.shown(path + name) + "` is " + kind
                + ", and only what lies in the file itself is read");
    }

    // Symbol tables.

    private void symbolTable(Bytes table) {
        long tree = table.word();
        Bytes heap = file.at(table.word());
        heap.signature("HEAP", "heap of names");
        heap.skip(4);
        long size = heap.word();
        heap.word();
        Bytes names = file.at(heap.word()).take(size);
        Deque<Long> nodes = new ArrayDeque<>();
        nodes.add(tree);
        while (!nodes.isEmpty()) {
            Bytes node = file.at(nodes.remove());
            file.budget().step();
            if (node.word4().equals("TREE")) {
                children(node, nodes);
            } else {
                symbols(file, node, names);
            }
        }
    }

    private static void children(Bytes node, Deque<Long> nodes) {
        if (node.u8() != 0) {
            throw new Hdf5Problem("it is damaged: the names of a group are not where they are said to be");
        }
        node.skip(1);
        int entries = node.u16();
        node.word();
        node.word();
        node.word();
        for (int i = 0; i < entries; i++) {
            nodes.add(node.word());
            node.word();
        }
    }

    private void symbols(Hdf5File whole, Bytes node, Bytes names) {
        Bytes again = node.at(0);
        again.signature("SNOD", "list of names");
        again.skip(2);
        int count = again.u16();
        for (int i = 0; i < count; i++) {
            whole.budget().step();
            String name = names.at(again.word()).text();
            long place = again.word();
            long kind = again.u32();
            again.skip(4 + 16);
            if (kind == 2) {
                throw notFollowed(name, "a soft link");
            }
            add(name, place);
        }
    }

    // Link messages.

    private void message(Bytes link) {
        link.skip(1);
        int flags = link.u8();
        int kind = (flags & 8) != 0 ? link.u8() : 0;
        link.skip((flags & 4) != 0 ? 8 : 0);
        link.skip((flags & 0x10) != 0 ? 1 : 0);
        long length = link.number(1 << (flags & 3));
        String name = link.take(length).text();
        switch (kind) {
            case 0 -> add(name, link.word());
            case SOFT -> throw notFollowed(name, "a soft link");
            case EXTERNAL -> throw notFollowed(name, "a link into another file");
            default -> throw notFollowed(name, "a link of kind " + kind);
        }
    }

    /** Groups of many links keep them in a heap. */
    private void info(Bytes info) {
        info.skip(1);
        int flags = info.u8();
        info.skip((flags & 1) != 0 ? 8 : 0);
        long heap = info.word();
        long index = info.word();
        if (heap >= 0) {
            var records = new RecordTree(file, index);
            var objects = new FractalHeap(file, heap);
            for (Bytes entry : records.all()) {
                entry.skip(4);
                message(objects.object(entry));
            }
        }
    }
}
