package dev.nnd.runtime.data;

import java.awt.image.Raster;

/**
 * What the segments of a JPEG file say that its reader does not: how many components it has, how Adobe's programs coded them,
 * and how the camera was held (EXIF's orientation). Of other files, nothing.
 */
final class JpegHeader {
    private static final int UPRIGHT = 1;

    private final byte[] file;
    private int components;
    private int transform = -1;
    private int orientation = UPRIGHT;

    private JpegHeader(byte[] file) {
        this.file = file;
    }

    static JpegHeader of(byte[] file) {
        var header = new JpegHeader(file);
        if (file.length > 4 && header.at(0) == 0xFF && header.at(1) == 0xD8) {
            header.read();
        }
        return header;
    }

    private int at(int i) {
        return file[i] & 0xFF;
    }

    private int two(int i) {
        return at(i) << 8 | at(i + 1);
    }

    private void read() {
        int at = 2;
        while (at + 4 <= file.length && this.at(at) == 0xFF) {
            int marker = this.at(at + 1);
            if (marker == 0xFF) {
                at++;
                continue;
            }
            int length = two(at + 2);
            int end = at + 2 + length;
            if (length < 2 || end > file.length || marker == 0xDA) {
                return;
            }
            boolean frame = marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
            if (frame && length >= 8) {
                components = this.at(at + 9);
            } else if (marker == 0xEE && length >= 14 && this.at(at + 4) == 'A' && this.at(at + 5) == 'd') {
                transform = this.at(at + 15);
            } else if (marker == 0xE1 && length >= 16 && this.at(at + 4) == 'E' && this.at(at + 5) == 'x') {
                exif(at + 10, end);
            }
            at = end;
        }
    }

    /** The first directory of a TIFF header that lies within the file. */
    private void exif(int tiff, int end) {
        boolean little = at(tiff) == 'I';
        long directory = tiff + number(tiff + 4, 4, little);
        if (directory + 2 > end) {
            return;
        }
        int entries = (int) number((int) directory, 2, little);
        for (int e = 0; e < entries; e++) {
            long entry = directory + 2 + 12L * e;
            if (entry + 12 > end) {
                return;
            }
            if (number((int) entry, 2, little) == 0x0112) {
                int value = (int) number((int) entry + 8, 2, little);
                orientation = value >= 1 && value <= 8 ? value : UPRIGHT;
                return;
            }
        }
    }

    private long number(int from, int bytes, boolean little) {
        long value = 0;
        for (int b = 0; b < bytes; b++) {
            value = value << 8 | at(from + (little ? bytes - 1 - b : b));
        }
        return value;
    }

    /** Components of the picture, 0 if it is no JPEG. */
    int components() {
        return components;
    }

    /** Of four components, which the reader does not turn into colours: CMYK or YCCK, inverted as Adobe writes them. */
    Picture picture(Raster raster) {
        int height = raster.getHeight();
        int width = raster.getWidth();
        int plane = height * width;
        var values = new byte[Math.multiplyExact(3, plane)];
        var four = new int[4];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                raster.getPixel(x, y, four);
                if (transform == 2) {
                    fromYcc(four);
                }
                int at = y * width + x;
                for (int c = 0; c < 3; c++) {
                    int ink = transform >= 0 ? four[c] : 255 - four[c];
                    int black = transform >= 0 ? four[3] : 255 - four[3];
                    values[c * plane + at] = (byte) ((ink * black + 127) / 255);
                }
            }
        }
        return new Picture(3, height, width, values);
    }

    /** To inverted cyan, magenta and yellow: what the conversion gives is 255 less the stored value. */
    private static void fromYcc(int[] four) {
        double y = four[0];
        double cb = four[1] - 128;
        double cr = four[2] - 128;
        four[0] = 255 - clamp(y + 1.402 * cr);
        four[1] = 255 - clamp(y - 0.344136 * cb - 0.714136 * cr);
        four[2] = 255 - clamp(y + 1.772 * cb);
    }

    private static int clamp(double value) {
        return Math.clamp(Math.round(value), 0, 255);
    }

    /** Turned and mirrored as EXIF says. */
    Picture upright(Picture from) {
        if (orientation == UPRIGHT) {
            return from;
        }
        boolean turned = orientation >= 5;
        int height = turned ? from.width() : from.height();
        int width = turned ? from.height() : from.width();
        byte[] old = from.values();
        var values = new byte[old.length];
        int at = 0;
        for (int c = 0; c < from.channels(); c++) {
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++, at++) {
                    int row = turned ? x : y;
                    int column = turned ? y : x;
                    boolean down = orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
                    boolean across = orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
                    // For 5 to 8 rows and columns change places first.
                    int r = (turned ? across : down) ? from.height() - 1 - row : row;
                    int k = (turned ? down : across) ? from.width() - 1 - column : column;
                    values[at] = old[(c * from.height() + r) * from.width() + k];
                }
            }
        }
        return new Picture(from.channels(), height, width, values);
    }
}
