package dev.nnd.compiler.hdf5;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Attributes that are texts. */
final class Attributes {

    private static final int TEXT = 3;
    private static final int VARYING = 9;

    private Attributes() {}

    /** The texts of an attribute; an empty list of any type is one without texts. */
    static Optional<List<String>> texts(Hdf5File file, ObjectHeader header, String name, String path) {
        for (Bytes message : header.all(Message.ATTRIBUTE)) {
            Optional<List<String>> found = texts(file, message, name, path);
            if (found.isPresent()) {
                return found;
            }
        }
        return header.find(Message.ATTRIBUTE_INFO).flatMap(i -> dense(file, i, name, path));
    }

    private static Optional<List<String>> dense(Hdf5File file, Bytes info, String name, String path) {
        info.skip(1);
        int flags = info.u8();
        info.skip((flags & 1) != 0 ? 2 : 0);
        long heap = info.word();
        long index = info.word();
        if (heap < 0) {
            return Optional.empty();
        }
        var objects = new FractalHeap(file, heap);
        for (Bytes entry : new RecordTree(file, index).all()) {
            Optional<List<String>> found = texts(file, objects.object(entry), name, path);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private static Optional<List<String>> texts(Hdf5File file, Bytes m, String wanted, String path) {
        int version = m.u8();
        m.skip(1);
        int nameSize = m.u16();
        int typeSize = m.u16();
        int spaceSize = m.u16();
        m.skip(version == 3 ? 1 : 0);
        String name = part(m, nameSize, version).text();
        if (!name.equals(wanted)) {
            return Optional.empty();
        }
        Bytes type = part(m, typeSize, version);
        long count = Dataspace.elements(Dataspace.dims(part(m, spaceSize, version)));
        int kind = type.u8() & 0xf;
        type.skip(3);
        long size = type.u32();
        if (count == 0) {
            return Optional.of(List.of());
        }
        if (kind != TEXT && kind != VARYING) {
            throw new Hdf5Problem("the attribute `" + name + "` of `" + Hdf5Problem.shown(path) + "` is no text");
        }
        return Optional.of(read(file, m, kind, count, size));
    }

    private static Bytes part(Bytes message, int size, int version) {
        Bytes part = message.take(size);
        if (version == 1) {
            message.align();
        }
        return part;
    }

    private static List<String> read(Hdf5File file, Bytes data, int kind, long count, long size) {
        var texts = new ArrayList<String>();
        for (long i = 0; i < count; i++) {
            file.budget().step();
            Bytes element = data.take(size);
            texts.add(kind == TEXT ? element.text() : varying(file, element));
        }
        return texts;
    }

    private static String varying(Hdf5File file, Bytes element) {
        long length = element.u32();
        long heap = element.word();
        int index = (int) element.u32();
        if (length == 0) {
            return "";
        }
        Bytes text = file.heapObject(heap, index).take(length);
        file.budget().allocate(length);
        return text.text();
    }
}
