package dev.nnd.runtime.data;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The added tokens of a {@code tokenizer.json}, which are found in the text before anything else. */
final class AddedTokens {
    /** One of them, as the file describes it. */
    private record Token(int id, String content, boolean oneWord, boolean takesLeft, boolean takesRight) {}

    /** A part of a text: an added token's id, or -1 and the text between them. */
    record Part(int id, String text) {}

    private final Map<String, Token> tokens = new HashMap<>();
    private final Pattern pattern;

    private AddedTokens(List<Token> all) {
        all.forEach(t -> tokens.putIfAbsent(t.content, t));
        // The longest of those that begin at a place.
        String any = String.join(
                "|",
                all.stream()
                        .map(Token::content)
                        .sorted(Comparator.comparingInt(String::length).reversed())
                        .map(Pattern::quote)
                        .toList());
        this.pattern = Pattern.compile(any);
    }

    /** Those that are looked for before ({@code false}) or, normalized like it, after the text is normalized. */
    static AddedTokens of(JsonTree tokens, boolean normalized, UnaryOperator<String> normalizer) {
        var all = new ArrayList<Token>();
        for (JsonTree token : tokens.items()) {
            String written = token.get("content").text();
            String content = normalized ? normalizer.apply(written) : written;
            if (token.get("normalized").flag(false) == normalized && !content.isEmpty()) {
                all.add(new Token(
                        token.get("id").id(),
                        content,
                        token.get("single_word").flag(false),
                        token.get("lstrip").flag(false),
                        token.get("rstrip").flag(false)));
            }
        }
        return new AddedTokens(all);
    }

    /** Cuts a text at the tokens. */
    List<Part> cut(String text) {
        if (tokens.isEmpty() || text.isEmpty()) {
            return text.isEmpty() ? List.of() : List.of(new Part(-1, text));
        }
        var parts = new ArrayList<Part>();
        Matcher matcher = pattern.matcher(text);
        int end = 0;
        int from = 0;
        while (from <= text.length() && matcher.find(from)) {
            Token token = tokens.get(matcher.group());
            from = Math.max(matcher.end(), matcher.start() + 1);
            if (token == null || (token.oneWord && !isAlone(text, matcher.start(), matcher.end()))) {
                continue;
            }
            String left = text.substring(end, Math.max(end, matcher.start()));
            left = token.takesLeft ? TextSteps.withoutTrailingSpace(left) : left;
            if (!left.isEmpty()) {
                parts.add(new Part(-1, left));
            }
            parts.add(new Part(token.id, token.content));
            end = matcher.end();
            while (token.takesRight && end < text.length() && TextSteps.isSpace(text.charAt(end))) {
                end++;
            }
            from = Math.max(from, end);
        }
        if (end < text.length()) {
            parts.add(new Part(-1, text.substring(end)));
        }
        return parts;
    }

    private static boolean isAlone(String text, int start, int end) {
        boolean left = start == 0 || !isLetter(text.codePointBefore(start));
        return left && (end == text.length() || !isLetter(text.codePointAt(end)));
    }

    private static boolean isLetter(int c) {
        return Character.isLetterOrDigit(c) || c == '_';
    }
}
