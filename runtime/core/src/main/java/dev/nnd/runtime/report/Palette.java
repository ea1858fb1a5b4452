package dev.nnd.runtime.report;

/** The colours of curves; distinct for people who see red and green alike too. */
final class Palette {
    /** Enough for ten classes, and two to spare. */
    private static final int[] COLOURS = {
        0x3366CC, 0xE07B00, 0x2E9E6B, 0xB23AA8, 0x8A6D3B, 0x5A5A5A, 0xC23B3B, 0x1B9AAA, 0x7A5CD6, 0xA3A100, 0xE06AA0,
        0x1D3F72
    };

    private Palette() {}

    static int rgb(int index) {
        return COLOURS[index % COLOURS.length];
    }

    /** A split keeps its colour in all plots; other curves are coloured in turn. */
    static int rgb(String name, int index) {
        return rgb(
                switch (name) {
                    case "train" -> 0;
                    case "validation" -> 1;
                    case "test" -> 2;
                    default -> index;
                });
    }

    static String css(String name, int index) {
        return String.format("#%06x", rgb(name, index));
    }

    static String css(int index) {
        return String.format("#%06x", rgb(index));
    }
}
