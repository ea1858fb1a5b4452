package dev.nnd.runtime.report;

import java.awt.image.BufferedImage;

/**
 * A picture that is drawn without the desktop's graphics: servers have neither fonts nor a display. Its letters are the common
 * ones of 5 by 7 points.
 */
final class Canvas {
    /** Five columns for each character from the space on, the lowest bit at the top. */
    private static final String GLYPHS =
            "000000000000005F00000007000700147F147F14242A7F2A12231308646236495620500008070300001C2241000041221C00"
                    + "2A1C7F1C2A08083E080800807030000808080808000060600020100804023E5149453E00427F400072494949462141494D33"
                    + "1814127F1027454545393C4A49493141211109073649494936464949291E0036360000004034000000081422411414141414"
                    + "004122140802015909063E415D594E7C1211127C7F494949363E414141227F4141413E7F494949417F090909013E41415173"
                    + "7F0808087F00417F41002040413F017F081422417F404040407F021C027F7F0408107F3E4141413E7F090909063E4151215E"
                    + "7F09192946264949493203017F01033F4040403F1F2040201F3F4038403F631408146303047804036159494D43007F414141"
                    + "0204081020004141417F04020102044040404040000307080020545478407F284444383844444428384444287F3854545418"
                    + "00087E090218A4A49C787F0804047800447D40002040403D007F1028440000417F40007C047804787C080404783844444438"
                    + "FC1824241818242418FC7C08040408485454542404043F44243C4040207C1C2040201C3C4030403C44281028444C9090907C"
                    + "4464544C440008364100000077000000413608000201020402";

    private static final int WHITE = 0xFFFFFF;

    private final BufferedImage picture;

    Canvas(int width, int height) {
        picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                picture.setRGB(x, y, WHITE);
            }
        }
    }

    /** A straight line with smooth edges. */
    void line(double x0, double y0, double x1, double y1, double width, int rgb) {
        double reach = width / 2 + 1;
        int left = (int) Math.max(0, Math.min(x0, x1) - reach);
        int right = (int) Math.min(picture.getWidth() - 1, Math.max(x0, x1) + reach);
        int top = (int) Math.max(0, Math.min(y0, y1) - reach);
        int bottom = (int) Math.min(picture.getHeight() - 1, Math.max(y0, y1) + reach);
        for (int y = top; y <= bottom; y++) {
            for (int x = left; x <= right; x++) {
                double covered = width / 2 + 0.5 - distance(x, y, x0, y0, x1, y1);
                if (covered > 0) {
                    blend(x, y, rgb, Math.min(1, covered));
                }
            }
        }
    }

    /** Of a point from a line between two others. */
    private static double distance(double x, double y, double x0, double y0, double x1, double y1) {
        double dx = x1 - x0;
        double dy = y1 - y0;
        double length = dx * dx + dy * dy;
        double t = length == 0 ? 0 : Math.clamp(((x - x0) * dx + (y - y0) * dy) / length, 0, 1);
        return Math.hypot(x - x0 - t * dx, y - y0 - t * dy);
    }

    private void blend(int x, int y, int rgb, double share) {
        int under = picture.getRGB(x, y);
        int mixed = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
            double value = (rgb >> shift & 0xFF) * share + (under >> shift & 0xFF) * (1 - share);
            mixed |= (int) Math.round(value) << shift;
        }
        picture.setRGB(x, y, mixed);
    }

    /** Text with its top at {@code y}; characters that are not ASCII become question marks. */
    void text(String text, int x, int y, int scale, int rgb) {
        int at = x;
        for (char c : text.toCharArray()) {
            glyph(c < ' ' || c > '~' ? '?' : c, at, y, scale, rgb);
            at += 6 * scale;
        }
    }

    static int width(String text, int scale) {
        return 6 * scale * text.length();
    }

    private void glyph(char c, int left, int top, int scale, int rgb) {
        for (int column = 0; column < 5; column++) {
            int from = ((c - ' ') * 5 + column) * 2;
            int bits = Integer.parseInt(GLYPHS, from, from + 2, 16);
            for (int row = 0; row < 8; row++) {
                if ((bits >> row & 1) == 1) {
                    square(left + column * scale, top + row * scale, scale, rgb);
                }
            }
        }
    }

    private void square(int left, int top, int size, int rgb) {
        for (int y = top; y < top + size; y++) {
            for (int x = left; x < left + size; x++) {
                if (x >= 0 && y >= 0 && x < picture.getWidth() && y < picture.getHeight()) {
                    picture.setRGB(x, y, rgb);
                }
            }
        }
    }

    byte[] png() {
        return Thumbnail.png(picture);
    }
}
