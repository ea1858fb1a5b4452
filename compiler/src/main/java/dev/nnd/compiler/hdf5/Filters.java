package dev.nnd.compiler.hdf5;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** What was done to the chunks of an array, in the order in which it was done. */
record Filters(List<Filter> filters) {

    private static final int DEFLATE = 1;
    private static final int SHUFFLE = 2;
    private static final int CHECKSUM = 3;

    /**
     * One of them.
     *
     * @param value the first number that belongs to it, 0 if it has none
     */
    record Filter(int id, long value) {}

    static Filters of(ObjectHeader header) {
        var found = new ArrayList<Filter>();
        header.find(Message.FILTERS).ifPresent(message -> {
            int version = message.u8();
            int count = message.u8();
            message.skip(version == 1 ? 6 : 0);
            for (int i = 0; i < count; i++) {
                found.add(filter(message, version));
            }
        });
        return new Filters(found);
    }

    private static Filter filter(Bytes message, int version) {
        int id = message.u16();
        int nameSize = version == 1 || id >= 256 ? message.u16() : 0;
        message.skip(2);
        int values = message.u16();
        message.skip(nameSize);
        long first = 0;
        for (int i = 0; i < values; i++) {
            long value = message.u32();
            first = i == 0 ? value : first;
        }
        message.skip(version == 1 && values % 2 == 1 ? 4 : 0);
        if (id != DEFLATE && id != SHUFFLE && id != CHECKSUM) {
            throw new Hdf5Problem(
                    "it is compressed with filter " + id + "; deflate (gzip), shuffle and fletcher32 are read");
        }
        return new Filter(id, first);
    }

    /**
     * The bytes of a chunk as they were.
     *
     * @param mask the bits of filters that were left out
     * @param size how many bytes there are to be
     */
    ByteBuffer undone(ByteBuffer chunk, long mask, int size) {
        ByteBuffer data = chunk;
        for (int i = filters.size() - 1; i >= 0; i--) {
            if ((mask >> i & 1) == 0) {
                data = switch (filters.get(i).id()) {
                    case DEFLATE -> inflated(data, size);
                    case SHUFFLE ->
                        unshuffled(data, (int) Math.min(filters.get(i).value(), size));
                    default -> data.slice(0, Math.max(data.remaining() - 4, 0));
                };
            }
        }
        if (data.remaining() < size) {
            throw new Hdf5Problem("a chunk of it has " + data.remaining() + " bytes instead of " + size);
        }
        return data;
    }

    private static ByteBuffer inflated(ByteBuffer data, int size) {
        // A checksum may follow the data inside.
        var made = new byte[size + 4];
        try (var inflater = new Inflater()) {
            inflater.setInput(data.slice());
            int length = 0;
            while (!inflater.finished() && length < made.length) {
                int more = inflater.inflate(made, length, made.length - length);
                if (more == 0 && !inflater.finished()) {
                    break;
                }
                length += more;
            }
            return ByteBuffer.wrap(made, 0, length).slice();
        } catch (DataFormatException broken) {
            throw new Hdf5Problem("its compressed data is damaged", broken);
        }
    }

    private static ByteBuffer unshuffled(ByteBuffer data, int width) {
        if (width <= 1) {
            return data;
        }
        int count = data.remaining() / width;
        var made = new byte[data.remaining()];
        for (int i = 0; i < count; i++) {
            for (int b = 0; b < width; b++) {
                made[i * width + b] = data.get(b * count + i);
            }
        }
        for (int i = count * width; i < made.length; i++) {
            made[i] = data.get(i);
        }
        return ByteBuffer.wrap(made);
    }
}
