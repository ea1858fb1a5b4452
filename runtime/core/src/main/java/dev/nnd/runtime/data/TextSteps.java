package dev.nnd.runtime.data;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The normalizers of a {@code tokenizer.json}: what is done to a text before it is cut. */
final class TextSteps {
    private TextSteps() {}

    /** The step that a file describes; none leaves the text as it is. */
    static UnaryOperator<String> of(JsonTree step) {
        if (step.isNull()) {
            return text -> text;
        }
        String type = step.get("type").text();
        return switch (type) {
            case "Sequence" -> sequence(step);
            case "NFC" -> text -> Normalizer.normalize(text, Normalizer.Form.NFC);
            case "NFD" -> text -> Normalizer.normalize(text, Normalizer.Form.NFD);
            case "NFKC" -> text -> Normalizer.normalize(text, Normalizer.Form.NFKC);
            case "NFKD" -> text -> Normalizer.normalize(text, Normalizer.Form.NFKD);
            case "Lowercase" -> TextSteps::lowercase;
            case "StripAccents" -> TextSteps::withoutMarks;
            case "Strip" -> strip(step);
            case "Replace" -> replace(step);
            case "Prepend" -> {
                String prefix = step.get("prepend").text();
                yield text -> text.isEmpty() ? text : prefix + text;
            }
            case "ByteLevel" -> ByteLetters::of;
            case "BertNormalizer" -> bert(step);
            default -> throw notRead("normalizer", type);
        };
    }

    static IllegalArgumentException notRead(String part, String type) {
        return new IllegalArgumentException("its " + part + " `" + type + "` is not read by this version");
    }

    private static UnaryOperator<String> sequence(JsonTree step) {
        var steps = new ArrayList<UnaryOperator<String>>();
        for (JsonTree one : step.get("normalizers").items()) {
            steps.add(of(one));
        }
        return text -> {
            String made = text;
            for (var one : steps) {
                made = one.apply(made);
            }
            return made;
        };
    }

    /** Letter by letter, without the rules of languages and of the end of words. */
    static String lowercase(String text) {
        var out = new StringBuilder(text.length());
        // U+0130 alone becomes two letters.
        text.codePoints().forEach(c -> {
            if (c == 0x130) {
                out.append("i\u0307");
            } else {
                out.appendCodePoint(Character.toLowerCase(c));
            }
        });
        return out.toString();
    }

    private static String withoutMarks(String text) {
        var out = new StringBuilder(text.length());
        text.codePoints()
                .filter(c -> Character.getType(c) != Character.NON_SPACING_MARK)
                .forEach(out::appendCodePoint);
        return out.toString();
    }

    private static UnaryOperator<String> strip(JsonTree step) {
        boolean left = step.get("strip_left").flag(true);
        boolean right = step.get("strip_right").flag(true);
        return text -> {
            String made = left ? withoutLeadingSpace(text) : text;
            return right ? withoutTrailingSpace(made) : made;
        };
    }

    /** White space as Unicode has it, no-break spaces included, unlike {@link String#strip}. */
    static boolean isSpace(int c) {
        return (c >= 9 && c <= 13) || c == 0x85 || Character.isSpaceChar(c);
    }

    static String withoutLeadingSpace(String text) {
        int at = 0;
        while (at < text.length() && isSpace(text.charAt(at))) {
            at++;
        }
        return text.substring(at);
    }

    static String withoutTrailingSpace(String text) {
        int end = text.length();
        while (end > 0 && isSpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end);
    }

    private static UnaryOperator<String> replace(JsonTree step) {
        Pattern pattern = pattern(step.get("pattern"));
        String content = Matcher.quoteReplacement(step.get("content").text());
        return text -> pattern.matcher(text).replaceAll(content);
    }

    /** {@code {"String": " "}} or {@code {"Regex": "\\s+"}}. */
    static Pattern pattern(JsonTree pattern) {
        if (!pattern.get("String").isNull()) {
            return Pattern.compile(Pattern.quote(pattern.get("String").text()));
        }
        return Pattern.compile(pattern.get("Regex").text(), Pattern.UNICODE_CHARACTER_CLASS);
    }

    private static UnaryOperator<String> bert(JsonTree step) {
        boolean clean = step.get("clean_text").flag(true);
        boolean chinese = step.get("handle_chinese_chars").flag(true);
        boolean lower = step.get("lowercase").flag(true);
        boolean accents = step.get("strip_accents").flag(lower);
        return text -> {
            String made = clean || chinese ? WordPieces.cleaned(text, clean, chinese) : text;
            if (accents) {
                made = withoutMarks(Normalizer.normalize(made, Normalizer.Form.NFD));
            }
            return lower ? lowercase(made) : made;
        };
    }

    /** The patterns of a list, for those who cut text. */
    static List<String> texts(JsonTree list) {
        return list.items().stream().map(JsonTree::text).toList();
    }
}
