package dev.nnd.runtime.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Images of bytes with a label byte. */
final class ImageRows extends RowStore {
    private final int pixels;
    private final int height;
    private final int width;

    /** Images of {@code pixels} bytes; 0 where no field uses the pixels. */
    ImageRows(Spill spill, int pixels) {
        this(spill, pixels, 0, 0);
    }

    /** Images of one size. */
    ImageRows(Spill spill, int pixels, int height, int width) {
        super(spill, pixels + 1L);
        this.pixels = pixels;
        this.height = height;
        this.width = width;
    }

    /** Adds the image at the start of {@code image}. */
    void add(byte[] image, int from, int label) {
        var chunk = forAppend();
        long at = offset(rows());
        MemorySegment.copy(image, from, chunk, ValueLayout.JAVA_BYTE, at, pixels);
        chunk.set(ValueLayout.JAVA_BYTE, at + pixels, (byte) label);
        appended();
    }

    /** Bytes kept of each image. */
    int pixels() {
        return pixels;
    }

    @Override
    Cursor cursor() {
        return new ImageCursor(this);
    }

    private static final class ImageCursor extends Cursor {
        private final int pixels;
        private final int height;
        private final int width;

        ImageCursor(ImageRows store) {
            super(store);
            this.pixels = store.pixels;
            this.height = store.height;
            this.width = store.width;
        }

        @Override
        public int height() {
            return height;
        }

        @Override
        public int width() {
            return width;
        }

        @Override
        public float pixel(int i) {
            return chunk().get(ValueLayout.JAVA_BYTE, base() + i) & 0xFF;
        }

        @Override
        public int pixels() {
            return pixels;
        }

        @Override
        public int label() {
            return chunk().get(ValueLayout.JAVA_BYTE, base() + pixels) & 0xFF;
        }
    }
}
