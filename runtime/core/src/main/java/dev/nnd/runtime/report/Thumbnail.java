package dev.nnd.runtime.report;

import dev.nnd.runtime.data.FieldSpec;
import dev.nnd.runtime.memory.ElementType;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Base64;
import javax.imageio.ImageIO;

/** A field of numbers as a small picture, its smallest number black and its largest white. */
final class Thumbnail {
    private static final long LARGEST_SIDE = 512;
    private static final long SMALLEST_SIDE = 4;
    /** A picture on the page has at most that many pixels on a side. */
    private static final int SHOWN = 112;

    private Thumbnail() {}

    /** Whether a field is a picture of one or three colours, {@code f32[C, H, W]} or {@code f32[H, W]}. */
    static boolean draws(FieldSpec field) {
        long[] dims = field.dims();
        int n = dims.length;
        return field.type() == ElementType.F32
                && (n == 2 || n == 3 && (dims[0] == 1 || dims[0] == 3))
                && side(dims[n - 1])
                && side(dims[n - 2]);
    }

    private static boolean side(long size) {
        return size >= SMALLEST_SIDE && size <= LARGEST_SIDE;
    }

    /** An address that holds the picture of an example of a batch. */
    static String address(FieldSpec field, MemorySegment batch, int example) {
        long[] dims = field.dims();
        int height = (int) dims[dims.length - 2];
        int width = (int) dims[dims.length - 1];
        int colours = dims.length == 3 ? (int) dims[0] : 1;
        long from = example * field.elements();
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (long i = 0; i < field.elements(); i++) {
            double v = batch.getAtIndex(ValueLayout.JAVA_FLOAT, from + i);
            low = Math.min(low, v);
            high = Math.max(high, v);
        }
        double scale = high > low ? 255 / (high - low) : 0;
        int every = Math.max(1, Math.ceilDiv(Math.max(height, width), SHOWN));
        var picture =
                new BufferedImage(Math.ceilDiv(width, every), Math.ceilDiv(height, every), BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y += every) {
            for (int x = 0; x < width; x += every) {
                int rgb = 0;
                for (int c = 0; c < 3; c++) {
                    long at = from + ((long) Math.min(c, colours - 1) * height + y) * width + x;
                    rgb = rgb << 8 | (int) ((batch.getAtIndex(ValueLayout.JAVA_FLOAT, at) - low) * scale);
                }
                picture.setRGB(x / every, y / every, rgb);
            }
        }
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(png(picture));
    }

    static byte[] png(BufferedImage picture) {
        var bytes = new ByteArrayOutputStream();
        try {
            ImageIO.setUseCache(false);
            ImageIO.write(picture, "png", bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
        return bytes.toByteArray();
    }
}
