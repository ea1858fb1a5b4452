package dev.nnd.runtime.data;

/** Functions of images that are channel by channel, each row by row. */
public final class Pictures {
    private Pictures() {}

    /**
     * To another size, bilinear with half-pixel centres; where it becomes smaller, each pixel is a weighted mean of all that it
     * covers, as Pillow and torchvision's {@code antialias=True} have it.
     */
    public static float[] resize(float[] from, int height, int width, int newHeight, int newWidth) {
        int channels = from.length / (height * width);
        var wide = new float[channels * height * newWidth];
        var to = new float[channels * newHeight * newWidth];
        Taps across = Taps.of(width, newWidth);
        for (int row = 0; row < channels * height; row++) {
            for (int x = 0; x < newWidth; x++) {
                wide[row * newWidth + x] = across.at(from, row * width, 1, x);
            }
        }
        Taps down = Taps.of(height, newHeight);
        for (int c = 0; c < channels; c++) {
            for (int y = 0; y < newHeight; y++) {
                for (int x = 0; x < newWidth; x++) {
                    to[(c * newHeight + y) * newWidth + x] = down.at(wide, c * height * newWidth + x, newWidth, y);
                }
            }
        }
        return to;
    }

    /** For each place of a line, from which on and by which weights those of another line are summed. */
    private record Taps(int[] first, float[][] weights) {
        /** Weights fall to 0 at the distance of a pixel of the longer of the two lines' pixels. */
        static Taps of(int size, int newSize) {
            double scale = (double) size / newSize;
            double reach = Math.max(1, scale);
            var first = new int[newSize];
            var weights = new float[newSize][];
            for (int i = 0; i < newSize; i++) {
                double centre = (i + 0.5) * scale;
                int low = (int) Math.max(0, centre - reach + 0.5);
                int high = (int) Math.min(size, centre + reach + 0.5);
                first[i] = low;
                weights[i] = new float[high - low];
                double sum = 0;
                for (int k = low; k < high; k++) {
                    sum += weight(k, centre, reach);
                }
                for (int k = low; k < high; k++) {
                    weights[i][k - low] = (float) (weight(k, centre, reach) / sum);
                }
            }
            return new Taps(first, weights);
        }

        private static double weight(int pixel, double centre, double reach) {
            return Math.max(0, 1 - Math.abs(pixel + 0.5 - centre) / reach);
        }

        float at(float[] line, int start, int step, int i) {
            float sum = 0;
            int at = start + first[i] * step;
            for (float weight : weights[i]) {
                sum += weight * line[at];
                at += step;
            }
            return sum;
        }
    }

    /** The middle; of an odd rest the larger half is right and below. */
    public static float[] centerCrop(float[] from, int height, int width, int newHeight, int newWidth) {
        return crop(from, height, width, (height - newHeight) / 2, (width - newWidth) / 2, newHeight, newWidth);
    }

    /** A part; what lies outside is 0. */
    public static float[] crop(float[] from, int height, int width, int top, int left, int newHeight, int newWidth) {
        int channels = from.length / (height * width);
        var to = new float[channels * newHeight * newWidth];
        for (int c = 0; c < channels; c++) {
            for (int y = Math.max(0, -top); y < newHeight && y + top < height; y++) {
                int first = Math.max(0, -left);
                int count = Math.min(newWidth, width - left) - first;
                if (count > 0) {
                    System.arraycopy(
                            from,
                            (c * height + y + top) * width + first + left,
                            to,
                            (c * newHeight + y) * newWidth + first,
                            count);
                }
            }
        }
        return to;
    }

    /** A border of zeros. */
    public static float[] pad(float[] from, int height, int width, int size) {
        return crop(from, height, width, -size, -size, height + 2 * size, width + 2 * size);
    }

    /** One channel of three: 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601). */
    public static float[] grayscale(float[] from) {
        int plane = from.length / 3;
        var to = new float[plane];
        for (int i = 0; i < plane; i++) {
            to[i] = 0.299f * from[i] + 0.587f * from[plane + i] + 0.114f * from[2 * plane + i];
        }
        return to;
    }
}
