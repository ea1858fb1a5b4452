package dev.nnd.grammar;

import java.util.Arrays;

/**
 * A source line as a terminal shows it: tabs as blanks, control characters visible, a very long line cut to the part
 * around a place.
 */
final class DisplayLine {

    private static final int TAB = 4;
    private static final int WIDEST = 140;
    private static final int BEFORE = 40;
    private static final String CUT = "...";

    private final String text;
    private final int[] columns;

    private DisplayLine(String text, int[] columns) {
        this.text = text;
        this.columns = columns;
    }

    /**
     * Lays out a line.
     *
     * @param around the offset in the line that must be visible
     */
    static DisplayLine of(String line, int around) {
        int from = 0;
        int to = line.length();
        if (to > WIDEST) {
            from = Math.max(0, Math.min(around - BEFORE, to - WIDEST));
            to = Math.min(to, from + WIDEST);
        }
        var shown = new StringBuilder(from > 0 ? CUT : "");
        int column = shown.length();
        int[] columns = new int[line.length() + 1];
        Arrays.fill(columns, 0, from, column);
        for (int i = from; i < to; ) {
            int codePoint = line.codePointAt(i);
            int units = Character.charCount(codePoint);
            Arrays.fill(columns, i, Math.min(i + units, columns.length), column);
            if (codePoint == '\t') {
                int blanks = TAB - column % TAB;
                shown.repeat(' ', blanks);
                column += blanks;
            } else {
                shown.appendCodePoint(visible(codePoint) ? codePoint : 0xFFFD);
                column += width(codePoint);
            }
            i += units;
        }
        Arrays.fill(columns, to, columns.length, column);
        return new DisplayLine(
                shown.append(to < line.length() ? CUT : "").toString().stripTrailing(), columns);
    }

    String text() {
        return text;
    }

    /** The column on the screen, from 0, of an offset in the line; offsets beyond its end are at its end. */
    int column(int offset) {
        return columns[Math.clamp(offset, 0, columns.length - 1)];
    }

    private static boolean visible(int codePoint) {
        return !Character.isISOControl(codePoint)
                && Character.getType(codePoint) != Character.SURROGATE
                && Character.getType(codePoint) != Character.FORMAT;
    }

    /** How many columns a terminal gives a character: 0 for what combines, 2 for East Asian wide forms and pictures. */
    private static int width(int codePoint) {
        int type = Character.getType(codePoint);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
            return 0;
        }
        boolean wide = codePoint >= 0x1100 && codePoint <= 0x115F
                || codePoint >= 0x2E80 && codePoint <= 0xA4CF
                || codePoint >= 0xAC00 && codePoint <= 0xD7A3
                || codePoint >= 0xF900 && codePoint <= 0xFAFF
                || codePoint >= 0xFE30 && codePoint <= 0xFE6F
                || codePoint >= 0xFF00 && codePoint <= 0xFF60
                || codePoint >= 0xFFE0 && codePoint <= 0xFFE6
                || codePoint >= 0x1F300 && codePoint <= 0x1F64F
                || codePoint >= 0x1F900 && codePoint <= 0x1F9FF
                || codePoint >= 0x20000 && codePoint <= 0x3FFFD;
        return wide ? 2 : 1;
    }
}
