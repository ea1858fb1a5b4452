package dev.nnd.compiler.cli;

import dev.nnd.compiler.cli.output.AtomicFile;
import dev.nnd.runtime.NndException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/**
 * Pictures of one size side by side, in about as many rows as columns. Numbers from 0 to 1 (a sigmoid's) or from -1 to 1 (a
 * tanh's) go from black to white; others from the smallest of all pictures to the largest.
 *
 * @param pixels picture by picture, channel by channel, row by row
 */
record PictureGrid(MemorySegment pixels, int count, int channels, int height, int width) {

    /** The most pictures that can be asked for. */
    static final int MOST = 10_000;

    private static final long MOST_PIXELS = 50_000_000;
    private static final int GAP = 2;
    private static final int SMALLEST_SHOWN = 64;
    private static final int WHITE = 0xFFFFFF;
    private static final int BRIGHTEST = 255;

    /**
     * Refuses a grid that is too large to be held in memory and looked at.
     *
     * @throws NndException if it is
     */
    static void requireSize(int count, int height, int width) {
        if (new Layout(count, height, width).pixels() > MOST_PIXELS) {
            int most = most(height, width);
            String size = height + " x " + width;
            throw new NndException(
                    TextProgress.grouped(count) + (count == 1 ? " picture" : " pictures") + " of " + size
                            + " would make a grid of more than " + TextProgress.grouped(MOST_PIXELS) + " pixels.",
                    most == 0 ? null : "ask for at most " + TextProgress.grouped(most) + " with --count " + most,
                    null);
        }
    }

    /** The most pictures of a size that make a grid, up to those that `nnd draw` would draw; 0 if one is too large. */
    static int most(int height, int width) {
        int low = 0;
        int high = MOST;
        while (low < high) {
            int middle = (low + high + 1) / 2;
            if (new Layout(middle, height, width).pixels() <= MOST_PIXELS) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** Where pictures lie in their grid. */
    private record Layout(int count, int height, int width) {

        int columns() {
            return (int) Math.ceil(Math.sqrt(count));
        }

        int zoom() {
            return Math.max(1, SMALLEST_SHOWN / Math.max(height, width));
        }

        int right() {
            return zoom() * width + GAP;
        }

        int down() {
            return zoom() * height + GAP;
        }

        long wide() {
            return (long) columns() * right() + GAP;
        }

        long high() {
            return (long) Math.ceilDiv(count, columns()) * down() + GAP;
        }

        long pixels() {
            return Math.multiplyExact(wide(), high());
        }
    }

    /** Writes a PNG file; one that is there is replaced as a whole. */
    void write(Path file) {
        var bytes = new ByteArrayOutputStream();
        try {
            ImageIO.setUseCache(false);
            ImageIO.write(picture(), "png", bytes);
            AtomicFile.write(file, bytes.toByteArray());
        } catch (IOException e) {
            throw new NndException(file + " can't be written: " + e.getMessage() + ".", e);
        }
    }

    /** The whole grid. */
    BufferedImage picture() {
        var layout = new Layout(count, height, width);
        int columns = layout.columns();
        int zoom = layout.zoom();
        int right = layout.right();
        int down = layout.down();
        var grid = new BufferedImage((int) layout.wide(), (int) layout.high(), BufferedImage.TYPE_INT_RGB);
        fill(grid);
        double[] range = range();
        for (int i = 0; i < count; i++) {
            int left = GAP + i % columns * right;
            int top = GAP + i / columns * down;
            for (int y = 0; y < zoom * height; y++) {
                for (int x = 0; x < zoom * width; x++) {
                    grid.setRGB(left + x, top + y, colour(i, y / zoom, x / zoom, range));
                }
            }
        }
        return grid;
    }

    private static void fill(BufferedImage grid) {
        for (int y = 0; y < grid.getHeight(); y++) {
            for (int x = 0; x < grid.getWidth(); x++) {
                grid.setRGB(x, y, WHITE);
            }
        }
    }

    private int colour(int picture, int y, int x, double[] range) {
        int rgb = 0;
        for (int c = 0; c < 3; c++) {
            long at = (((long) picture * channels + Math.min(c, channels - 1)) * height + y) * width + x;
            double part = (value(at) - range[0]) / (range[1] - range[0]);
            rgb = rgb << 8 | Math.clamp(Math.round(part * BRIGHTEST), 0, BRIGHTEST);
        }
        return rgb;
    }

    private float value(long at) {
        return pixels.getAtIndex(ValueLayout.JAVA_FLOAT, at);
    }

    /** The numbers of black and white. */
    private double[] range() {
        double low = 0;
        double high = 1;
        for (long i = 0; i < (long) count * channels * height * width; i++) {
            float v = value(i);
            low = Math.min(low, v);
            high = Math.max(high, v);
        }
        boolean tanh = low < 0 && low >= -1 && high <= 1;
        return new double[] {tanh ? -1 : low, high};
    }
}
