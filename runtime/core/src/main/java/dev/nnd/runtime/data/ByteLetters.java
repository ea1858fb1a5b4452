package dev.nnd.runtime.data;

import java.nio.charset.StandardCharsets;

/** GPT-2's letters for bytes: printable ones stand for themselves, the others from U+0100 on. */
final class ByteLetters {
    private static final char[] LETTERS = letters();

    private ByteLetters() {}

    private static char[] letters() {
        var letters = new char[256];
        char other = 256;
        for (int b = 0; b < 256; b++) {
            boolean printable = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
            letters[b] = printable ? (char) b : other++;
        }
        return letters;
    }

    /** A letter for each byte of the text in UTF-8. */
    static String of(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        var out = new StringBuilder(bytes.length);
        for (byte b : bytes) {
            out.append(LETTERS[b & 0xFF]);
        }
        return out.toString();
    }
}
