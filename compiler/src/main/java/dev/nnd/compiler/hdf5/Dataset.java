package dev.nnd.compiler.hdf5;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** An array of numbers. */
public final class Dataset {

    private final Hdf5File file;
    private final ObjectHeader header;
    private final String path;
    private final List<Long> dims;
    private final NumberType type;

    Dataset(Hdf5File file, ObjectHeader header, String path) {
        this.file = file;
        this.header = header;
        this.path = path;
        this.dims = Dataspace.dims(message(Message.DATASPACE));
        this.type = NumberType.of(message(Message.DATATYPE), path);
    }

    private Bytes message(int kind) {
        return header.find(kind)
                .orElseThrow(() -> new Hdf5Problem(
                        "it is damaged: the array `" + Hdf5Problem.shown(path) + "` lacks a part of its description"));
    }

    public String path() {
        return path;
    }

    public List<Long> dims() {
        return dims;
    }

    /** True for whole numbers. */
    public boolean isInteger() {
        return type.integer();
    }

    /** True if an f32 cannot hold its numbers. */
    public boolean isWide() {
        return type.size() > 4;
    }

    /** The elements as f32, row-major and little-endian. */
    public ByteBuffer floats() {
        int count = (int) Dataspace.elements(dims);
        ByteBuffer raw;
        try {
            raw = raw((long) count * type.size());
        } catch (Hdf5Problem problem) {
            throw new Hdf5Problem(
                    "the array `" + Hdf5Problem.shown(path) + "` of sizes " + dims + ": " + problem.message(), problem);
        }
        if (!type.integer() && type.size() == 4 && !type.bigEndian()) {
            return raw;
        }
        file.budget().allocate(4L * count);
        ByteBuffer made = ByteBuffer.allocate(Math.multiplyExact(4, count)).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            made.putFloat(4 * i, (float) type.number(raw, i));
        }
        return made;
    }

    private ByteBuffer raw(long size) {
        if (header.find(Message.EXTERNAL_FILES).isPresent()) {
            throw new Hdf5Problem("it lies in another file, and only what lies in the file itself is read");
        }
        if (size > Integer.MAX_VALUE - 8) {
            throw new Hdf5Problem("it is larger than 2 GB");
        }
        Bytes layout = message(Message.LAYOUT);
        int version = layout.u8();
        if (version != 3 && version != 4) {
            throw new Hdf5Problem("its layout is of version " + version + ", and 3 and 4 are read");
        }
        ByteBuffer data = switch (layout.u8()) {
            case 0 -> layout.take(layout.u16()).take(size).rest();
            case 1 -> contiguous(layout.word(), size);
            case 2 -> new Chunks(file, dims, type.size(), Filters.of(header)).read(layout, version);
            default -> throw new Hdf5Problem("it is put together from other arrays, which Keras does not write");
        };
        return data.order(type.order());
    }

    /** Bytes in a row; without a place they were never written and are zero. */
    private ByteBuffer contiguous(long place, long size) {
        if (place >= 0) {
            file.budget().allocate(size);
            return file.at(place).take(size).rest();
        }
        file.budget().allocate(size);
        return ByteBuffer.allocate((int) size);
    }
}
