package dev.nnd.runtime.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Pictures of any size: each row has the file's name, the label, the size, and the decoded bytes as long as these fit into
 * memory. The others are decoded again whenever a row is read, which is slower and takes no memory.
 */
final class PictureRows extends RowStore {
    private static final ValueLayout.OfLong PLACE = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfInt NUMBER = ValueLayout.JAVA_INT_UNALIGNED;
    private static final int BYTES_PLACE = 8;
    private static final int LABEL = 16;
    private static final int HEIGHT = 20;
    private static final int WIDTH = 24;
    private static final int RECORD = 28;
    private static final long NOWHERE = -1;

    private final Path folder;
    private final int channels;
    private final Blobs names;
    private final Blobs pictures;

    PictureRows(Spill spill, Path folder, int channels) {
        super(spill, RECORD);
        this.folder = folder;
        this.channels = channels;
        this.names = new Blobs(spill);
        this.pictures = new Blobs(spill);
    }

    /** Adds a picture that has the channels of these rows. */
    void add(String name, Picture picture, int label) {
        if (rows() == 0) {
            beginFile(name);
        }
        var chunk = forAppend();
        long at = offset(rows());
        // The memory of a run is also for what other sources keep.
        boolean kept = spill().hasRoom(8L << 20);
        chunk.set(PLACE, at, names.add(name.getBytes(StandardCharsets.UTF_8)));
        chunk.set(PLACE, at + BYTES_PLACE, kept ? pictures.add(picture.values()) : NOWHERE);
        chunk.set(NUMBER, at + LABEL, label);
        chunk.set(NUMBER, at + HEIGHT, picture.height());
        chunk.set(NUMBER, at + WIDTH, picture.width());
        appended();
    }

    @Override
    Cursor cursor() {
        return new PictureCursor(this);
    }

    private static final class PictureCursor extends Cursor {
        private final PictureRows store;
        private byte[] values = {};
        private int loaded = -1;

        PictureCursor(PictureRows store) {
            super(store);
            this.store = store;
        }

        @Override
        public float pixel(int i) {
            if (loaded != row()) {
                load();
            }
            return values[i] & 0xFF;
        }

        private void load() {
            long place = chunk().get(PLACE, base() + BYTES_PLACE);
            if (place != NOWHERE) {
                int length = pixels();
                // An array is read faster than memory off the heap, and is used again for the next row.
                values = values.length < length ? new byte[length] : values;
                MemorySegment.copy(store.pictures.at(place), ValueLayout.JAVA_BYTE, 0, values, 0, length);
            } else {
                String name = file();
                var picture = Picture.read(store.folder.resolve(name), name).withChannels(store.channels);
                if (picture.height() != height() || picture.width() != width()) {
                    throw new dev.nnd.runtime.NndException("The picture " + name + " was changed while it was used.");
                }
                values = picture.values();
            }
            loaded = row();
        }

        @Override
        public int pixels() {
            return store.channels * height() * width();
        }

        @Override
        public int height() {
            return chunk().get(NUMBER, base() + HEIGHT);
        }

        @Override
        public int width() {
            return chunk().get(NUMBER, base() + WIDTH);
        }

        @Override
        public int label() {
            return chunk().get(NUMBER, base() + LABEL);
        }

        @Override
        public long number() {
            return 1;
        }

        @Override
        public String file() {
            return store.names.text(chunk().get(PLACE, base()));
        }
    }
}
