package dev.nnd.runtime.data;

import dev.nnd.runtime.NndException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A decoded picture: bytes channel by channel, each row by row, upright as its camera meant it. Made by the decoder that
 * training uses, so that a model serves what it has learned from.
 */
public final class Picture {
    private static final long LARGEST_FILE = 1L << 28;

    private final int channels;
    private final int height;
    private final int width;
    private final byte[] values;

    /**
     * A picture of bytes.
     *
     * @param channels 1 for grey, 3 for red, green and blue, 4 with opacity
     * @param values channel by channel, each row by row; kept, not copied
     */
    public Picture(int channels, int height, int width, byte[] values) {
        if (values.length != (long) channels * height * width || values.length == 0) {
            throw new IllegalArgumentException("a picture of " + channels + " x " + height + " x " + width + " has no "
                    + values.length + " values");
        }
        this.channels = channels;
        this.height = height;
        this.width = width;
        this.values = values;
    }

    /**
     * Reads a file: JPEG, PNG, BMP or GIF, and WebP where a reader for it is on the class path.
     *
     * @throws NndException if it can't be decoded, naming the file
     */
    public static Picture read(Path file) {
        return read(file, file.toString());
    }

    /** The same, called {@code name} in messages. */
    static Picture read(Path file, String name) {
        return PictureDecoder.decode(encoded(file, name), name);
    }

    /** The bytes of a file. */
    static byte[] encoded(Path file, String name) {
        try {
            if (Files.size(file) > LARGEST_FILE) {
                throw new NndException(name + " is too large for a picture: " + Files.size(file)
                        + " bytes, the most are " + LARGEST_FILE + ".");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new NndException("The picture " + name + " can't be read: " + e.getMessage() + ".", e);
        }
    }

    /**
     * Decodes the bytes of a file.
     *
     * @param name for messages
     * @throws NndException if they can't be decoded
     */
    public static Picture decode(byte[] encoded, String name) {
        return PictureDecoder.decode(encoded, name);
    }

    /** 1 for grey, 3 for red, green and blue, 4 with opacity. */
    public int channels() {
        return channels;
    }

    /** Rows. */
    public int height() {
        return height;
    }

    /** Columns. */
    public int width() {
        return width;
    }

    /** The bytes, channel by channel and row by row; not a copy. */
    byte[] values() {
        return values;
    }

    /** Value {@code i}, channel by channel and row by row, 0 to 255. */
    public int value(int i) {
        return values[i] & 0xFF;
    }

    /**
     * The picture with 1, 3 or 4 channels: grey is 0.299 R + 0.587 G + 0.114 B, colours of grey are equal, opacity is left
     * out or full.
     */
    public Picture withChannels(int wanted) {
        if (wanted == channels) {
            return this;
        }
        int plane = height * width;
        var made = new byte[Math.multiplyExact(wanted, plane)];
        if (wanted == 1) {
            for (int i = 0; i < plane; i++) {
                made[i] = grey(value(i), value(plane + i), value(2 * plane + i));
            }
        } else {
            for (int c = 0; c < 3; c++) {
                System.arraycopy(values, channels == 1 ? 0 : c * plane, made, c * plane, plane);
            }
            if (wanted == 4) {
                java.util.Arrays.fill(made, 3 * plane, 4 * plane, (byte) 0xFF);
            }
        }
        return new Picture(wanted, height, width, made);
    }

    /** ITU-R BT.601 in fixed point, rounded. */
    private static byte grey(int red, int green, int blue) {
        return (byte) (red * 19595 + green * 38470 + blue * 7471 + 0x8000 >> 16);
    }
}
