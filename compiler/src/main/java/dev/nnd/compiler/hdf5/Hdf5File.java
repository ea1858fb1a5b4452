package dev.nnd.compiler.hdf5;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/** An HDF5 file in memory. */
public final class Hdf5File {

    private static final long SIGNATURE = 0x0a1a0a0d46444889L;

    private final Bytes whole;
    private final int wordSize;
    private final Budget budget;
    private final Group root;
    private final Map<Long, Map<Integer, Bytes>> heaps = new HashMap<>();
    private final Map<Long, ObjectHeader> headers = new HashMap<>();
    private final Map<Long, Map<String, Long>> links = new HashMap<>();

    private Hdf5File(ByteBuffer bytes) {
        budget = new Budget(bytes.remaining());
        Bytes start = Bytes.of(bytes, 8);
        if (start.remaining() < 16 || start.i64() != SIGNATURE) {
            throw new Hdf5Problem("it is no HDF5 file");
        }
        int version = start.u8();
        int size;
        if (version <= 1) {
            start.skip(4);
            size = start.u8();
            same(size, start.u8());
            start.skip(1 + 4 + 4 + (version == 1 ? 4 : 0));
        } else if (version <= 3) {
            size = start.u8();
            same(size, start.u8());
            start.skip(1);
        } else {
            throw new Hdf5Problem("it is of version " + version + " of HDF5, and versions 0 to 3 are read");
        }
        wordSize = size;
        whole = Bytes.of(bytes, wordSize);
        Bytes rest = whole.at(start.position());
        if (rest.word() != 0) {
            throw new Hdf5Problem("it has something in front of the HDF5 data, which Keras does not write");
        }
        // Before the root come the ends of the file's parts, and in old files the length of the root's name.
        rest.skip((version <= 1 ? 4L : 2L) * wordSize);
        root = new Group(this, rest.word(), "/");
    }

    private static void same(int offsets, int lengths) {
        if (offsets != lengths || offsets != 4 && offsets != 8) {
            throw new Hdf5Problem(
                    "it has places of " + offsets + " and lengths of " + lengths + " bytes, and 4 or 8 are read");
        }
    }

    /**
     * Reads the beginning of a file; its groups are read when they are asked for.
     *
     * @throws Hdf5Problem if it is broken, or has what Keras does not write
     */
    public static Hdf5File of(ByteBuffer bytes) {
        return new Hdf5File(bytes);
    }

    /** True for the first bytes of an HDF5 file. */
    public static boolean isOne(ByteBuffer bytes) {
        return bytes.remaining() >= 8 && Bytes.of(bytes, 8).i64() == SIGNATURE;
    }

    public Group root() {
        return root;
    }

    Budget budget() {
        return budget;
    }

    int wordSize() {
        return wordSize;
    }

    Bytes at(long place) {
        return whole.at(place);
    }

    /** The description of an object, which is read once. */
    ObjectHeader header(long place) {
        ObjectHeader known = headers.get(place);
        if (known == null) {
            known = new ObjectHeader(this, place);
            headers.put(place, known);
        }
        return known;
    }

    /** What a group holds, which is read once. */
    Map<String, Long> links(long place, String path) {
        Map<String, Long> known = links.get(place);
        if (known == null) {
            known = Links.of(this, header(place), path);
            links.put(place, known);
        }
        return known;
    }

    /** An object of a global heap, where texts of varying length lie. */
    Bytes heapObject(long place, int index) {
        Bytes found = heaps.computeIfAbsent(place, this::heap).get(index);
        if (found == null) {
            throw new Hdf5Problem("it is damaged: a text is not where it is said to be");
        }
        return found.at(0);
    }

    private Map<Integer, Bytes> heap(long place) {
        Bytes start = at(place);
        start.signature("GCOL", "heap of texts");
        start.skip(4);
        long size = start.word();
        Bytes objects = at(place).take(size);
        objects.skip(start.position());
        var found = new HashMap<Integer, Bytes>();
        while (objects.remaining() >= 16) {
            budget.step();
            int index = objects.u16();
            objects.skip(6);
            long length = objects.word();
            if (index == 0) {
                break;
            }
            found.put(index, objects.take(length));
            objects.align();
        }
        return found;
    }
}
