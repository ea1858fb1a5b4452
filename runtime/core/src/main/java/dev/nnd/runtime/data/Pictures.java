package dev.nnd.runtime.data;

/** Functions of images that are channel by channel, each row by row. */
public final class Pictures {
    private Pictures() {}

    /** To another size, bilinear, the corners of the pixels kept in place (half-pixel centres). */
    public static float[] resize(float[] from, int height, int width, int newHeight, int newWidth) {
        int channels = from.length / (height * width);
        var to = new float[channels * newHeight * newWidth];
        int at = 0;
        for (int c = 0; c < channels; c++) {
            int base = c * height * width;
            for (int y = 0; y < newHeight; y++) {
                float v = Math.clamp((y + 0.5f) * height / newHeight - 0.5f, 0, height - 1f);
                int top = (int) v;
                int below = Math.min(top + 1, height - 1);
                for (int x = 0; x < newWidth; x++, at++) {
                    float u = Math.clamp((x + 0.5f) * width / newWidth - 0.5f, 0, width - 1f);
                    int left = (int) u;
                    int right = Math.min(left + 1, width - 1);
                    float upper = mix(from[base + top * width + left], from[base + top * width + right], u - left);
                    float lower = mix(from[base + below * width + left], from[base + below * width + right], u - left);
                    to[at] = mix(upper, lower, v - top);
                }
            }
        }
        return to;
    }

    private static float mix(float a, float b, float share) {
        return a + (b - a) * share;
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
