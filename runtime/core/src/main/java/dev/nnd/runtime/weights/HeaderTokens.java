package dev.nnd.runtime.weights;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * The JSON tokens of a header, strict as RFC 8259 and with nothing but what headers have: objects, lists, strings and whole numbers. A JSON library
 * would do it as well; loading one takes a good part of the time that a small network's first prediction needs.
 */
final class HeaderTokens {

    /** What a token is. */
    enum Kind {
        OBJECT("an object"),
        LIST("a list"),
        KEY("a key"),
        STRING("a string"),
        NUMBER("a whole number"),
        CLOSE("an end"),
        END("the end of the header");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        /** For messages. */
        String words() {
            return words;
        }
    }

    /** The header has tensors, these have lists; one more, for messages that say what is wrong in such a list. */
    static final int DEEPEST = 4;

    private final String text;
    private final boolean[] objects = new boolean[DEEPEST + 1];
    private int at;
    private int depth;
    private boolean first = true;
    private boolean keyed;
    private String string = "";
    private long number;

    /** The tokens of a header in UTF-8. */
    HeaderTokens(byte[] bytes) throws HeaderReader.Malformed {
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException broken) {
            throw new HeaderReader.Malformed("its header is not UTF-8");
        }
    }

    /** The text of the key or string that was read last. */
    String string() {
        return string;
    }

    /** The number that was read last. */
    long number() {
        return number;
    }

    /** Reads the next token. */
    Kind next() throws HeaderReader.Malformed {
        char c = skipSpaces();
        if (depth == 0) {
            if (!first && at >= text.length()) {
                return Kind.END;
            }
            require(c == '{', "an object");
            return value(c);
        }
        if (!keyed && (c == '}' || c == ']')) {
            return close(c);
        }
        if (!keyed && !first) {
            require(c == ',', "a comma or an end");
            at++;
            c = skipSpaces();
        }
        if (objects[depth] && !keyed) {
            return key(c);
        }
        keyed = false;
        first = false;
        return value(c);
    }

    private Kind close(char c) throws HeaderReader.Malformed {
        require(objects[depth] == (c == '}'), objects[depth] ? "}" : "]");
        at++;
        depth--;
        first = false;
        return Kind.CLOSE;
    }

    private Kind key(char c) throws HeaderReader.Malformed {
        require(c == '"', "a key");
        string = readString();
        require(skipSpaces() == ':', "a colon");
        at++;
        keyed = true;
        return Kind.KEY;
    }

    private Kind value(char c) throws HeaderReader.Malformed {
        if (c == '{' || c == '[') {
            require(depth < DEEPEST, "no more lists and objects in one another");
            at++;
            objects[++depth] = c == '{';
            first = true;
            return c == '{' ? Kind.OBJECT : Kind.LIST;
        }
        if (c == '"') {
            string = readString();
            return Kind.STRING;
        }
        require(c == '-' || isDigit(c), "an object, a list, a string or a whole number");
        number = readNumber();
        return Kind.NUMBER;
    }

    private long readNumber() throws HeaderReader.Malformed {
        int start = at;
        at += text.charAt(at) == '-' ? 1 : 0;
        int digits = at;
        while (at < text.length() && isDigit(text.charAt(at))) {
            at++;
        }
        boolean padded = at - digits > 1 && text.charAt(digits) == '0';
        boolean goesOn = at < text.length() && ".eE".indexOf(text.charAt(at)) >= 0;
        require(at > digits && !padded, "a number");
        if (goesOn) {
            throw new HeaderReader.Malformed("its header has a fraction, where the format has whole numbers only");
        }
        try {
            return Long.parseLong(text, start, at, 10);
        } catch (NumberFormatException tooLarge) {
            throw new HeaderReader.Malformed(
                    "its header has a number of " + (at - digits) + " digits, more than 64 bits hold");
        }
    }

    private String readString() throws HeaderReader.Malformed {
        at++;
        int start = at;
        StringBuilder unescaped = null;
        while (true) {
            require(at < text.length(), "the end of a string");
            char c = text.charAt(at++);
            if (c == '"') {
                return unescaped == null ? text.substring(start, at - 1) : unescaped.toString();
            }
            require(c >= ' ', "no control character in a string");
            if (c == '\\') {
                unescaped = unescaped == null ? new StringBuilder(text.substring(start, at - 1)) : unescaped;
                unescaped.append(escaped());
            } else if (unescaped != null) {
                unescaped.append(c);
            }
        }
    }

    private char escaped() throws HeaderReader.Malformed {
        require(at < text.length(), "what is escaped");
        char c = text.charAt(at++);
        if (c == 'u') {
            int value = 0;
            for (int i = 0; i < 4; i++) {
                int digit = at < text.length() && text.charAt(at) < 128 ? Character.digit(text.charAt(at), 16) : -1;
                require(digit >= 0, "four hexadecimal digits");
                value = 16 * value + digit;
                at++;
            }
            return (char) value;
        }
        int known = "\"\\/bfnrt".indexOf(c);
        require(known >= 0, "an escape that JSON knows");
        return "\"\\/\b\f\n\r\t".charAt(known);
    }

    /** The character there; a space at the end. */
    private char skipSpaces() {
        while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        return at < text.length() ? text.charAt(at) : ' ';
    }

    private void require(boolean holds, String what) throws HeaderReader.Malformed {
        if (!holds) {
            throw new HeaderReader.Malformed(
                    "its header is not JSON of this format: " + what + " was expected at character " + at);
        }
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
