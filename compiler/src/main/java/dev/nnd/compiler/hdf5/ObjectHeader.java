package dev.nnd.compiler.hdf5;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** The messages of a group or an array, in both versions of the format. */
final class ObjectHeader {

    private static final int SHARED = 2;

    private final Hdf5File file;
    private final List<Message> messages = new ArrayList<>();
    private final Deque<Bytes> parts = new ArrayDeque<>();

    ObjectHeader(Hdf5File file, long place) {
        this.file = file;
        file.budget().step();
        Bytes start = file.at(place);
        int first = start.u8();
        if (first == 1) {
            start.skip(7);
            long size = start.u32();
            start.skip(4);
            parts.add(start.take(size));
            readAll(false, false);
        } else if (first == 'O') {
            Bytes again = file.at(place);
            again.signature("OHDR", "header of an object");
            second(again);
        } else {
            throw new Hdf5Problem("it is damaged: there is no object where one is said to be");
        }
    }

    private void second(Bytes start) {
        start.skip(1);
        int flags = start.u8();
        start.skip((flags & 0x20) != 0 ? 16 : 0);
        start.skip((flags & 0x10) != 0 ? 4 : 0);
        long size = start.number(1 << (flags & 3));
        parts.add(start.take(size));
        readAll(true, (flags & 4) != 0);
    }

    private void readAll(boolean second, boolean ordered) {
        int prefix = second ? ordered ? 6 : 4 : 8;
        while (!parts.isEmpty()) {
            Bytes part = parts.remove();
            while (part.remaining() >= prefix) {
                file.budget().step();
                int type = second ? part.u8() : part.u16();
                int size = part.u16();
                int flags = part.u8();
                part.skip(prefix - (second ? 4 : 5));
                add(type, flags, part.take(size), second);
            }
        }
    }

    private void add(int type, int flags, Bytes content, boolean second) {
        if (type == Message.CONTINUATION) {
            Bytes part = file.at(content.word()).take(content.word());
            if (second) {
                part.signature("OCHK", "rest of a header");
                part = part.take(Math.max(part.remaining() - 4, 0));
            }
            parts.add(part);
        } else if ((flags & SHARED) != 0 && type != 0) {
            throw new Hdf5Problem("an object shares its type with another one, which Keras does not write");
        } else {
            messages.add(new Message(type, content));
        }
    }

    /** The first message of a type, from its beginning. */
    Optional<Bytes> find(int type) {
        return all(type).stream().findFirst();
    }

    List<Bytes> all(int type) {
        return messages.stream()
                .filter(m -> m.type() == type)
                .map(m -> m.content().at(0))
                .toList();
    }
}
