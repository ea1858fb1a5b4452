package dev.nnd.runtime.data;

/** Reads decimal numbers from characters. */
final class Numbers {
    /** Powers of ten that a float holds exactly. */
    private static final float[] TEN = {1e0f, 1e1f, 1e2f, 1e3f, 1e4f, 1e5f, 1e6f, 1e7f, 1e8f, 1e9f, 1e10f};

    private static final int EXACT = 1 << 24;

    private Numbers() {}

    /** The float nearest to the number that the characters are, infinite if it is too large, NaN if they are none. */
    static float parse(char[] text, int from, int to) {
        boolean negative = from < to && text[from] == '-';
        int at = negative ? from + 1 : from;
        int mantissa = 0;
        int fraction = -1;
        for (; at < to && mantissa < EXACT / 10; at++) {
            char c = text[at];
            if (c >= '0' && c <= '9') {
                mantissa = mantissa * 10 + (c - '0');
                fraction += fraction >= 0 ? 1 : 0;
            } else if (c == '.' && fraction < 0) {
                fraction = 0;
            } else {
                break;
            }
        }
        boolean simple = at == to && to - from > (negative ? 1 : 0) + (fraction >= 0 ? 1 : 0) && fraction < TEN.length;
        if (!simple) {
            return parseAny(text, from, to);
        }
        // Both are exact floats, so that the quotient is rounded once, as it must be.
        float value = fraction > 0 ? mantissa / TEN[fraction] : mantissa;
        return negative ? -value : value;
    }

    /** The same, without the white space around it. */
    static float parseTrimmed(char[] text, int from, int to) {
        int start = from;
        int end = to;
        while (start < end && Character.isWhitespace(text[start])) {
            start++;
        }
        while (end > start && Character.isWhitespace(text[end - 1])) {
            end--;
        }
        return parse(text, start, end);
    }

    private static float parseAny(char[] text, int from, int to) {
        boolean digits = false;
        for (int i = from; i < to; i++) {
            char c = text[i];
            digits |= c >= '0' && c <= '9';
            // Float.parseFloat also takes "1f", "0x1p3" and "NaN", which are no numbers in a table.
            if ((c < '0' || c > '9') && "+-.eE".indexOf(c) < 0) {
                return Float.NaN;
            }
        }
        try {
            return digits ? Float.parseFloat(new String(text, from, to - from)) : Float.NaN;
        } catch (NumberFormatException e) {
            return Float.NaN;
        }
    }
}
