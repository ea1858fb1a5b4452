package dev.nnd.runtime.data;

import java.util.Arrays;

/**
 * What is done to training images at random. An image is channel by channel, each row by row; its size stays. What comes in
 * from outside is 0.
 */
public final class Augmentations {
    private final int channels;
    private final int height;
    private final int width;

    /** For images of that size. */
    public Augmentations(int channels, int height, int width) {
        this.channels = channels;
        this.height = height;
        this.width = width;
    }

    /** A part of the image with {@code padding} zeros around it, in a place of its own. */
    public float[] randomCrop(float[] x, int padding, ExampleDraws draws) {
        int top = draws.below(2 * padding + 1) - padding;
        int left = draws.below(2 * padding + 1) - padding;
        return Pictures.crop(x, height, width, top, left, height, width);
    }

    /** Mirrored, in each direction that is asked for with probability {@code p}. */
    public float[] randomFlip(float[] x, boolean horizontal, boolean vertical, double p, ExampleDraws draws) {
        boolean across = horizontal & draws.chance(p);
        boolean upsideDown = vertical & draws.chance(p);
        var to = new float[x.length];
        for (int row = 0; row < channels * height; row++) {
            int source = upsideDown ? (row / height) * height + height - 1 - row % height : row;
            for (int i = 0; i < width; i++) {
                to[row * width + i] = x[source * width + (across ? width - 1 - i : i)];
            }
        }
        return to;
    }

    /** With probability {@code p}, a rectangle of up to that share of the area becomes 0 (Zhong et al. 2017). */
    public float[] randomErasing(float[] x, double p, double area, ExampleDraws draws) {
        double share = draws.between(Math.min(0.02, area), area) * height * width;
        double aspect = Math.exp(draws.between(Math.log(0.3), Math.log(1 / 0.3)));
        int h = Math.clamp(Math.round(Math.sqrt(share * aspect)), 1, height);
        int w = Math.clamp(Math.round(Math.sqrt(share / aspect)), 1, width);
        int top = draws.below(height - h + 1);
        int left = draws.below(width - w + 1);
        return draws.chance(p) ? erased(x, top, left, top + h, left + w) : x;
    }

    /** A square with its centre anywhere becomes 0, as far as it is inside (DeVries and Taylor 2017). */
    public float[] cutout(float[] x, int size, ExampleDraws draws) {
        int top = draws.below(height) - size / 2;
        int left = draws.below(width) - size / 2;
        return erased(
                x, Math.max(0, top), Math.max(0, left), Math.min(height, top + size), Math.min(width, left + size));
    }

    private float[] erased(float[] x, int top, int left, int bottom, int right) {
        var to = x.clone();
        for (int c = 0; c < channels; c++) {
            for (int y = top; y < bottom; y++) {
                Arrays.fill(to, (c * height + y) * width + left, (c * height + y) * width + right, 0f);
            }
        }
        return to;
    }

    /** Turned about the centre by up to so many degrees either way. */
    public float[] rotate(float[] x, double degrees, ExampleDraws draws) {
        double angle = Math.toRadians(draws.between(-degrees, degrees));
        return warped(x, Math.cos(angle), Math.sin(angle), -Math.sin(angle), Math.cos(angle), 0, 0);
    }

    /** Larger or smaller by a factor between the two, about the centre. */
    public float[] scale(float[] x, double low, double high, ExampleDraws draws) {
        double factor = Math.max(1e-3, draws.between(low, high));
        return warped(x, 1 / factor, 0, 0, 1 / factor, 0, 0);
    }

    /** Moved by up to that share of its size in each direction. */
    public float[] translate(float[] x, double fraction, ExampleDraws draws) {
        double down = draws.between(-fraction, fraction) * height;
        double right = draws.between(-fraction, fraction) * width;
        return warped(x, 1, 0, 0, 1, -down, -right);
    }

    /** Slanted to the side by up to so many degrees either way. */
    public float[] shear(float[] x, double degrees, ExampleDraws draws) {
        return warped(x, 1, 0, Math.tan(Math.toRadians(draws.between(-degrees, degrees))), 1, 0, 0);
    }

    /** Each pixel is taken from (yy y + yx x + down, xy y + xx x + right) about the centre, bilinear. */
    private float[] warped(float[] x, double yy, double yx, double xy, double xx, double down, double right) {
        var to = new float[x.length];
        double middleY = (height - 1) / 2.0;
        double middleX = (width - 1) / 2.0;
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < width; column++) {
                double dy = row - middleY;
                double dx = column - middleX;
                double fromY = yy * dy + yx * dx + down + middleY;
                double fromX = xy * dy + xx * dx + right + middleX;
                for (int c = 0; c < channels; c++) {
                    to[(c * height + row) * width + column] = sample(x, c, fromY, fromX);
                }
            }
        }
        return to;
    }

    private float sample(float[] x, int channel, double y, double column) {
        int top = (int) Math.floor(y);
        int left = (int) Math.floor(column);
        double v = y - top;
        double u = column - left;
        return (float) ((1 - v) * ((1 - u) * at(x, channel, top, left) + u * at(x, channel, top, left + 1))
                + v * ((1 - u) * at(x, channel, top + 1, left) + u * at(x, channel, top + 1, left + 1)));
    }

    private float at(float[] x, int channel, int y, int column) {
        boolean inside = y >= 0 && y < height && column >= 0 && column < width;
        return inside ? x[(channel * height + y) * width + column] : 0;
    }

    /** Grey with probability {@code p}, if it has three channels. */
    public float[] randomGrayscale(float[] x, double p, ExampleDraws draws) {
        return draws.chance(p) && channels == 3 ? mixedWithGrey(x, 0) : x;
    }

    private float[] mixedWithGrey(float[] x, double share) {
        float[] grey = Pictures.grayscale(x);
        var to = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            to[i] = (float) (share * x[i] + (1 - share) * grey[i % grey.length]);
        }
        return to;
    }

    /** Brightness, contrast and saturation by a factor of up to 1 plus or minus each; hue by up to that share of a turn. */
    public float[] colourJitter(
            float[] x, double brightness, double contrast, double saturation, double hue, ExampleDraws draws) {
        double bright = factor(brightness, draws);
        double strong = factor(contrast, draws);
        double colourful = factor(saturation, draws);
        double turn = draws.between(-hue, hue) * 2 * Math.PI;
        double mean = 0;
        for (float v : x) {
            mean += v * bright / x.length;
        }
        var to = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            to[i] = (float) ((x[i] * bright - mean) * strong + mean);
        }
        return channels == 3 ? turned(mixedWithGrey(to, colourful), turn) : to;
    }

    private static double factor(double most, ExampleDraws draws) {
        return draws.between(Math.max(0, 1 - most), 1 + most);
    }

    /** The two colour axes of YIQ turned by an angle. */
    private static float[] turned(float[] x, double angle) {
        if (angle == 0) {
            return x;
        }
        int plane = x.length / 3;
        double cos = Math.cos(angle);
        double sin = Math.sin(angle);
        var to = new float[x.length];
        for (int p = 0; p < plane; p++) {
            double r = x[p];
            double g = x[plane + p];
            double b = x[2 * plane + p];
            double y = 0.299 * r + 0.587 * g + 0.114 * b;
            double i = 0.595716 * r - 0.274453 * g - 0.321263 * b;
            double q = 0.211456 * r - 0.522591 * g + 0.311135 * b;
            double newI = cos * i - sin * q;
            double newQ = sin * i + cos * q;
            to[p] = (float) (y + 0.9563 * newI + 0.6210 * newQ);
            to[plane + p] = (float) (y - 0.2721 * newI - 0.6474 * newQ);
            to[2 * plane + p] = (float) (y - 1.1070 * newI + 1.7046 * newQ);
        }
        return to;
    }

    /** By a Gaussian whose deviation is up to so many pixels; the edge goes on outside. */
    public float[] blur(float[] x, double sigma, ExampleDraws draws) {
        double deviation = draws.between(0, sigma);
        int radius = (int) Math.min(Math.ceil(3 * deviation), Math.max(height, width));
        if (radius == 0) {
            return x;
        }
        var weights = new double[2 * radius + 1];
        double sum = 0;
        for (int i = -radius; i <= radius; i++) {
            weights[i + radius] = Math.exp(-i * i / (2 * deviation * deviation));
            sum += weights[i + radius];
        }
        for (int i = 0; i < weights.length; i++) {
            weights[i] /= sum;
        }
        return along(along(x, weights, 1, width), weights, width, height);
    }

    /** A weighted mean over neighbours that lie {@code step} apart, {@code n} of them in a line. */
    private static float[] along(float[] x, double[] weights, int step, int n) {
        int radius = weights.length / 2;
        var to = new float[x.length];
        for (int at = 0; at < x.length; at++) {
            int place = at / step % n;
            double sum = 0;
            for (int i = -radius; i <= radius; i++) {
                sum += weights[i + radius] * x[at + (Math.clamp(place + i, 0, n - 1) - place) * step];
            }
            to[at] = (float) sum;
        }
        return to;
    }

    /** A number of the normal distribution added to each element. */
    public static float[] noise(float[] x, double deviation, ExampleDraws draws) {
        var to = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            to[i] = (float) (x[i] + deviation * draws.normal());
        }
        return to;
    }
}
