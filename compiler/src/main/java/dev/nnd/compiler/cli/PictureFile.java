package dev.nnd.compiler.cli;

import dev.nnd.runtime.data.Picture;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** A picture as the pixels that an image source would give. */
final class PictureFile {

    private static final List<String> ENDINGS = List.of(".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp");

    private PictureFile() {}

    /** True if the file's name ends like that of a picture. */
    static boolean is(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        return ENDINGS.stream().anyMatch(name::endsWith);
    }

    /**
     * The picture in the given size, channel by channel and row by row, 0 to 255.
     *
     * @param channels 1 for grey (luma of ITU-R BT.601), 3 for red, green and blue
     */
    static float[] read(Path file, int channels, int height, int width) {
        BufferedImage scaled = scaled(image(Picture.read(file).withChannels(3)), height, width);
        var pixels = new float[channels * height * width];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int rgb = scaled.getRGB(x, y);
                int red = rgb >> 16 & 0xFF;
                int green = rgb >> 8 & 0xFF;
                int blue = rgb & 0xFF;
                int at = y * width + x;
                if (channels == 1) {
                    pixels[at] = 0.299f * red + 0.587f * green + 0.114f * blue;
                } else {
                    pixels[at] = red;
                    pixels[at + height * width] = green;
                    pixels[at + 2 * height * width] = blue;
                }
            }
        }
        return pixels;
    }

    private static BufferedImage image(Picture picture) {
        int plane = picture.height() * picture.width();
        var image = new BufferedImage(picture.width(), picture.height(), BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < plane; i++) {
            int rgb = picture.value(i) << 16 | picture.value(plane + i) << 8 | picture.value(2 * plane + i);
            image.setRGB(i % picture.width(), i / picture.width(), rgb);
        }
        return image;
    }

    private static BufferedImage scaled(BufferedImage picture, int height, int width) {
        var scaled = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = scaled.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        graphics.drawImage(picture, 0, 0, width, height, null);
        graphics.dispose();
        return scaled;
    }
}
