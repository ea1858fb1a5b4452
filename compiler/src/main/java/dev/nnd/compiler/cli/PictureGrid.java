package dev.nnd.compiler.cli;

import dev.nnd.runtime.NndException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import javax.imageio.ImageIO;

/**
 * Pictures of one size side by side, in about as many rows as columns. Numbers from 0 to 1 (a sigmoid's) or from -1 to 1 (a
 * tanh's) go from black to white; others from the smallest of all pictures to the largest.
 *
 * @param pixels picture by picture, channel by channel, row by row
 */
record PictureGrid(MemorySegment pixels, int count, int channels, int height, int width) {

    private static final int GAP = 2;
    private static final int SMALLEST_SHOWN = 64;
    private static final int WHITE = 0xFFFFFF;
    private static final int BRIGHTEST = 255;

    /** Writes a PNG file; one that is there is replaced as a whole. */
    void write(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        try {
            Files.createDirectories(folder);
            Path made = Files.createTempFile(folder, "grid", ".tmp");
            try {
                ImageIO.setUseCache(false);
                try (var out = Files.newOutputStream(made)) {
                    ImageIO.write(picture(), "png", out);
                }
                move(made, file);
            } finally {
                Files.deleteIfExists(made);
            }
        } catch (IOException e) {
            throw new NndException(file + " can't be written: " + e.getMessage() + ".", e);
        }
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException _) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** The whole grid. */
    BufferedImage picture() {
        int columns = (int) Math.ceil(Math.sqrt(count));
        int rows = Math.ceilDiv(count, columns);
        int zoom = Math.max(1, SMALLEST_SHOWN / Math.max(height, width));
        int right = zoom * width + GAP;
        int down = zoom * height + GAP;
        var grid = new BufferedImage(columns * right + GAP, rows * down + GAP, BufferedImage.TYPE_INT_RGB);
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
