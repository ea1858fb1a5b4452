package dev.nnd.compiler.emit;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Java source in which some numbers are marked: the indexes of what a program has many of. Statements that are equal but for
 * their marked numbers become one loop ({@link Rolled}); elsewhere the marks are taken away.
 */
public final class Indexed {

    /** Before a number in code. */
    static final char CODE = '\uE000';
    /** Before a number at the end of a string literal. */
    static final char LITERAL = '\uE002';

    private static final char END = '\uE001';

    /** A marked number; the second group is there for one in code, the third for one in a literal. */
    static final Pattern MARKED = Pattern.compile("(?:\uE000(\\d+)\uE001|\uE002(\\d+)\uE001)");

    private Indexed() {}

    /** {@code array[index]}. */
    public static String element(String array, int index) {
        return array + "[" + CODE + index + END + "]";
    }

    /** What ends a string literal: {@code layer3} for {@code layer} and 3. */
    public static String label(String name, int index) {
        return name + LITERAL + index + END;
    }

    /** The same source without marks. */
    public static String plain(String source) {
        if (source.indexOf(END) < 0) {
            return source;
        }
        Matcher matcher = MARKED.matcher(source);
        var text = new StringBuilder();
        while (matcher.find()) {
            matcher.appendReplacement(text, number(matcher));
        }
        return matcher.appendTail(text).toString();
    }

    /** The digits of a marked number. */
    static String number(Matcher marked) {
        return marked.group(1) != null ? marked.group(1) : marked.group(2);
    }
}
