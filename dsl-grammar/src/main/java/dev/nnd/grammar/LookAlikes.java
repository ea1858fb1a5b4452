package dev.nnd.grammar;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Characters that look like ASCII, or that a word processor puts in its place. */
final class LookAlikes {

    private static final Map<Integer, String> SYMBOLS = Map.ofEntries(
            Map.entry(0x2192, "->"), // rightwards arrow
            Map.entry(0x21D2, "->"), // rightwards double arrow
            Map.entry(0x27F6, "->"), // long rightwards arrow
            Map.entry(0x2010, "-"), // hyphen
            Map.entry(0x2011, "-"), // non-breaking hyphen
            Map.entry(0x2012, "-"), // figure dash
            Map.entry(0x2013, "-"), // en dash
            Map.entry(0x2014, "-"), // em dash
            Map.entry(0x2212, "-"), // minus sign
            Map.entry(0x00D7, "*"), // multiplication sign
            Map.entry(0x2217, "*"), // asterisk operator
            Map.entry(0x22C5, "*"), // dot operator
            Map.entry(0x00F7, "/"), // division sign
            Map.entry(0x2044, "/"), // fraction slash
            Map.entry(0x2215, "/"), // division slash
            Map.entry(0x2264, "<="), // less-than or equal to
            Map.entry(0x2265, ">="), // greater-than or equal to
            Map.entry(0x2260, "!="), // not equal to
            Map.entry(0x2026, "..."), // horizontal ellipsis
            Map.entry(0x2025, ".."), // two dot leader
            Map.entry(0x037E, ""), // Greek question mark, looks like a semicolon
            Map.entry(0x2236, ":"), // ratio
            Map.entry(0x201A, ","), // single low quotation mark
            Map.entry(0x2018, "\""), // left single quotation mark
            Map.entry(0x2019, "\""), // right single quotation mark
            Map.entry(0x201C, "\""), // left double quotation mark
            Map.entry(0x201D, "\""), // right double quotation mark
            Map.entry(0x0060, "\""), // grave accent
            Map.entry(0x00A0, " "), // no-break space
            Map.entry(0x2003, " "), // em space
            Map.entry(0x2007, " "), // figure space
            Map.entry(0x2009, " "), // thin space
            Map.entry(0x202F, " "), // narrow no-break space
            Map.entry(0x3000, " "), // ideographic space
            Map.entry(0x200B, ""), // zero width space
            Map.entry(0x200C, ""), // zero width non-joiner
            Map.entry(0x200D, ""), // zero width joiner
            Map.entry(0xFEFF, "")); // byte order mark

    /** Cyrillic and Greek letters, each above the Latin one that it looks like. */
    private static final String FOREIGN =
            "\u0430\u0435\u043e\u0440\u0441\u0445\u0443\u0456\u0455\u0458\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u03bf\u03bd\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7";

    private static final String LATIN = "aeopcxyisjABEKMHOPCTXovABEZHIKMNOPTYX";

    /** The first of the fullwidth forms, which mirror ASCII from 0x21 on. */
    private static final int FULLWIDTH = 0xFF01;

    private static final int FULLWIDTH_END = 0xFF5E;

    private LookAlikes() {}

    /** What the character stands for; an empty string if it should be deleted. */
    static Optional<String> ascii(int codePoint) {
        if (codePoint >= FULLWIDTH && codePoint <= FULLWIDTH_END) {
            return Optional.of(String.valueOf((char) (codePoint - FULLWIDTH + '!')));
        }
        String symbol = SYMBOLS.get(codePoint);
        if (symbol != null) {
            return Optional.of(symbol);
        }
        boolean invisible = codePoint == 0 || Character.getType(codePoint) == Character.FORMAT;
        boolean blank = Character.isSpaceChar(codePoint) || Character.isISOControl(codePoint);
        return invisible ? Optional.of("") : blank ? Optional.of(" ") : Optional.empty();
    }

    /** The word in ASCII, if every foreign letter in it has a double there. */
    static Optional<String> ascii(String word) {
        var result = new StringBuilder();
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            int double_ = FOREIGN.indexOf(c);
            if (c < 0x80) {
                result.append(c);
            } else if (double_ >= 0) {
                result.append(LATIN.charAt(double_));
            } else if (c >= FULLWIDTH && c <= FULLWIDTH_END) {
                result.append((char) (c - FULLWIDTH + '!'));
            } else {
                return Optional.empty();
            }
        }
        return Optional.of(result.toString());
    }

    /** The token that a replacement of {@link #ascii(int)} is, a number for a digit; nothing for spaces, quotes and what is deleted. */
    static OptionalInt tokenType(String ascii) {
        if (ascii.length() == 1 && Character.isDigit(ascii.charAt(0))) {
            return OptionalInt.of(NndLexer.INT);
        }
        for (int type = NndLexer.ELLIPSIS; type <= NndLexer.RBRACE; type++) {
            if (Tokens.literal(type).equals(ascii)) {
                return OptionalInt.of(type);
            }
        }
        return OptionalInt.empty();
    }

    /** The character with its number and Unicode name. */
    static String describe(int codePoint) {
        String number = String.format("U+%04X", codePoint);
        String name = Character.getName(codePoint);
        String words = name == null ? number : number + " " + name;
        boolean visible = !Character.isISOControl(codePoint)
                && !Character.isWhitespace(codePoint)
                && !Character.isSpaceChar(codePoint)
                && Character.getType(codePoint) != Character.FORMAT
                && Character.getType(codePoint) != Character.SURROGATE;
        return visible && codePoint < 0x80
                ? "`" + (char) codePoint + "`"
                : visible ? "`" + Character.toString(codePoint) + "` (" + words + ")" : "character " + words;
    }
}
