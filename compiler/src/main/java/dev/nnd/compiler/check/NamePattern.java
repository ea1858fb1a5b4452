package dev.nnd.compiler.check;

import java.util.ArrayList;
import java.util.List;

/**
 * A pattern of weight names: {@code *} stands for one or more characters without a dot, {@code **} for one or more
 * characters, {@code {name}} for one part between dots.
 */
final class NamePattern {

    private enum Token {
        LETTER,
        PART,
        ANY
    }

    private final String text;
    private final List<Token> tokens = new ArrayList<>();
    private final StringBuilder letters = new StringBuilder();

    NamePattern(String text) {
        this.text = text;
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            int close = letter == '{' ? text.indexOf('}', i) : -1;
            boolean two = letter == '*' && i + 1 < text.length() && text.charAt(i + 1) == '*';
            if (two || letter == '*' || close > i) {
                tokens.add(two ? Token.ANY : Token.PART);
                letters.append('*');
                i = two ? i + 1 : Math.max(i, close);
            } else {
                tokens.add(Token.LETTER);
                letters.append(letter);
            }
        }
    }

    String text() {
        return text;
    }

    boolean isLiteral() {
        return !tokens.contains(Token.PART) && !tokens.contains(Token.ANY);
    }

    /** The number of {@code *} and {@code **}, without names. */
    int stars() {
        int named = names().size();
        return (int) tokens.stream().filter(t -> t != Token.LETTER).count() - named;
    }

    /** The names in braces, in order. */
    List<String> names() {
        var names = new ArrayList<String>();
        int open = text.indexOf('{');
        while (open >= 0) {
            int close = text.indexOf('}', open);
            if (close < 0) {
                break;
            }
            names.add(text.substring(open + 1, close));
            open = text.indexOf('{', close);
        }
        return names;
    }

    /** True if the whole name matches. */
    boolean matches(String name) {
        return row(name)[name.length()];
    }

    /** True if the name, or the path of an instance that it begins with, matches. */
    boolean covers(String name) {
        boolean[] ends = row(name);
        for (int i = 1; i <= name.length(); i++) {
            if (ends[i] && (i == name.length() || name.charAt(i) == '.')) {
                return true;
            }
        }
        return false;
    }

    /** For each length of a beginning of the name, whether it matches: one row of a table, token by token. */
    private boolean[] row(String name) {
        var here = new boolean[name.length() + 1];
        here[0] = true;
        for (int t = 0; t < tokens.size(); t++) {
            var next = new boolean[name.length() + 1];
            for (int i = 1; i <= name.length(); i++) {
                char letter = name.charAt(i - 1);
                next[i] = switch (tokens.get(t)) {
                    case LETTER -> here[i - 1] && letter == letters.charAt(t);
                    case PART -> letter != '.' && (here[i - 1] || next[i - 1]);
                    case ANY -> here[i - 1] || next[i - 1];
                };
            }
            here = next;
        }
        return here;
    }
}
