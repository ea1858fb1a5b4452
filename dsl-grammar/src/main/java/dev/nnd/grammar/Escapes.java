package dev.nnd.grammar;

/** The escapes of strings: {@code \n \t \r \" \\} and {@code \}{@code u} with four hexadecimal digits. */
public final class Escapes {

    private static final int HEX_DIGITS = 4;

    private Escapes() {}

    /** The text between the quotes of a string token with its escapes applied; unknown escapes stay as written. */
    public static String unescape(String token) {
        boolean closed = token.length() > 1 && token.endsWith("\"");
        String inside = token.substring(1, closed ? token.length() - 1 : token.length());
        var result = new StringBuilder();
        for (int i = 0; i < inside.length(); i++) {
            char c = inside.charAt(i);
            int length = c == '\\' ? lengthAt(inside, i + 1) : 0;
            if (length == 0) {
                result.append(c);
            } else {
                result.append(value(inside, i + 1));
                i += length;
            }
        }
        return result.toString();
    }

    /** The text as a string token, quotes included. */
    public static String escape(String text) {
        var result = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\n' -> result.append("\\n");
                case '\t' -> result.append("\\t");
                case '\r' -> result.append("\\r");
                case '"', '\\' -> result.append('\\').append(c);
                default -> {
                    boolean plain = c >= ' ' && c != 0x7f && !Character.isSurrogate(c) || pairAt(text, i);
                    result.append(plain ? String.valueOf(c) : String.format("\\u%04x", (int) c));
                }
            }
        }
        return result.append('"').toString();
    }

    private static boolean pairAt(String text, int i) {
        return i + 1 < text.length() && Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1))
                || i > 0 && Character.isSurrogatePair(text.charAt(i - 1), text.charAt(i));
    }

    /** How many characters the escape after a backslash has; 0 if it is none. */
    static int lengthAt(String text, int at) {
        if (at >= text.length()) {
            return 0;
        }
        return switch (text.charAt(at)) {
            case 'n', 't', 'r', '"', '\\' -> 1;
            case 'u' -> {
                int end = at + 1 + HEX_DIGITS;
                boolean complete = end <= text.length()
                        && text.substring(at + 1, end).chars().allMatch(c -> Character.digit(c, 16) >= 0 && c < 0x80);
                yield complete ? 1 + HEX_DIGITS : 0;
            }
            default -> 0;
        };
    }

    private static char value(String text, int at) {
        return switch (text.charAt(at)) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'u' -> (char) Integer.parseInt(text.substring(at + 1, at + 1 + HEX_DIGITS), 16);
            default -> text.charAt(at);
        };
    }
}
