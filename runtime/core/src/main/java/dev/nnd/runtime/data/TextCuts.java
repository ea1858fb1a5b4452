package dev.nnd.runtime.data;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The pre-tokenizers of a {@code tokenizer.json}: where a text is cut before the model sees it. */
final class TextCuts {
    private static final Pattern GPT2 = Pattern.compile(
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
            Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern WORDS = Pattern.compile("\\w+|[^\\w\\s]+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern SPACES = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern DIGITS = Pattern.compile("\\p{N}+");
    private static final Pattern DIGIT = Pattern.compile("\\p{N}");

    private TextCuts() {}

    /** A way to cut. */
    @FunctionalInterface
    interface Cut {
        /** The pieces of a piece; {@code first} says that it begins the text. */
        List<String> of(String piece, boolean first);
    }

    /** What becomes of what a pattern matches. */
    private enum Behavior {
        REMOVED,
        ISOLATED,
        MERGED_WITH_PREVIOUS,
        MERGED_WITH_NEXT,
        CONTIGUOUS;

        static Behavior of(String name) {
            return switch (name) {
                case "Removed" -> REMOVED;
                case "Isolated" -> ISOLATED;
                case "MergedWithPrevious" -> MERGED_WITH_PREVIOUS;
                case "MergedWithNext" -> MERGED_WITH_NEXT;
                case "Contiguous" -> CONTIGUOUS;
                default -> throw TextSteps.notRead("way to split", name);
            };
        }
    }

    static Cut of(JsonTree cut) {
        if (cut.isNull()) {
            return (piece, first) -> List.of(piece);
        }
        String type = cut.get("type").text();
        return switch (type) {
            case "Sequence" -> sequence(cut);
            case "ByteLevel" -> byteLevel(cut);
            case "BertPreTokenizer" -> (piece, first) -> WordPieces.cut(piece);
            case "Whitespace" -> (piece, first) -> split(piece, WORDS, Behavior.REMOVED, true);
            case "WhitespaceSplit" -> (piece, first) -> split(piece, SPACES, Behavior.REMOVED, false);
            case "Metaspace" -> metaspace(cut);
            case "Split" -> {
                Pattern pattern = TextSteps.pattern(cut.get("pattern"));
                Behavior behavior = Behavior.of(cut.get("behavior").text());
                boolean invert = cut.get("invert").flag(false);
                yield (piece, first) -> split(piece, pattern, behavior, invert);
            }
            case "Punctuation" -> {
                Behavior behavior =
                        Behavior.of(cut.get("behavior").optionalText().orElse("Isolated"));
                yield (piece, first) -> punctuation(piece, behavior);
            }
            case "Digits" -> {
                Pattern pattern = cut.get("individual_digits").flag(false) ? DIGIT : DIGITS;
                yield (piece, first) -> split(piece, pattern, Behavior.ISOLATED, false);
            }
            case "CharDelimiterSplit" -> {
                Pattern pattern =
                        Pattern.compile(Pattern.quote(cut.get("delimiter").text()));
                yield (piece, first) -> split(piece, pattern, Behavior.REMOVED, false);
            }
            default -> throw TextSteps.notRead("pre-tokenizer", type);
        };
    }

    private static Cut sequence(JsonTree cut) {
        var cuts = new ArrayList<Cut>();
        for (JsonTree one : cut.get("pretokenizers").items()) {
            cuts.add(of(one));
        }
        return (piece, first) -> {
            List<String> pieces = List.of(piece);
            for (Cut one : cuts) {
                var next = new ArrayList<String>();
                for (int i = 0; i < pieces.size(); i++) {
                    next.addAll(one.of(pieces.get(i), first && i == 0));
                }
                pieces = next;
            }
            return pieces;
        };
    }

    private static Cut byteLevel(JsonTree cut) {
        boolean prefix = cut.get("add_prefix_space").flag(true);
        boolean regex = cut.get("use_regex").flag(true);
        return (piece, first) -> {
            String text = prefix && !piece.startsWith(" ") ? " " + piece : piece;
            List<String> pieces = regex ? split(text, GPT2, Behavior.ISOLATED, false) : List.of(text);
            return pieces.stream().map(ByteLetters::of).toList();
        };
    }

    private static Cut metaspace(JsonTree cut) {
        String mark = cut.get("replacement").optionalText().orElse("\u2581");
        String scheme = cut.get("prepend_scheme")
                .optionalText()
                .orElse(cut.get("add_prefix_space").flag(true) ? "always" : "never");
        boolean splits = cut.get("split").flag(true);
        Pattern pattern = Pattern.compile(Pattern.quote(mark));
        return (piece, first) -> {
            String text = piece.replace(" ", mark);
            boolean prepend = scheme.equals("always") || (scheme.equals("first") && first);
            text = prepend && !text.startsWith(mark) ? mark + text : text;
            return splits ? split(text, pattern, Behavior.MERGED_WITH_NEXT, false) : List.of(text);
        };
    }

    /** A run of text, and whether the pattern matched it. */
    private record Run(String text, boolean matched) {}

    private static List<String> split(String piece, Pattern pattern, Behavior behavior, boolean invert) {
        var runs = new ArrayList<Run>();
        Matcher matcher = pattern.matcher(piece);
        int end = 0;
        while (matcher.find()) {
            if (matcher.end() == matcher.start()) {
                continue;
            }
            if (matcher.start() > end) {
                runs.add(new Run(piece.substring(end, matcher.start()), invert));
            }
            runs.add(new Run(matcher.group(), !invert));
            end = matcher.end();
        }
        if (end < piece.length()) {
            runs.add(new Run(piece.substring(end), invert));
        }
        return joined(runs, behavior);
    }

    private static List<String> punctuation(String piece, Behavior behavior) {
        var runs = new ArrayList<Run>();
        var other = new StringBuilder();
        piece.codePoints().forEach(c -> {
            if (WordPieces.isPunctuation(c)) {
                if (!other.isEmpty()) {
                    runs.add(new Run(other.toString(), false));
                    other.setLength(0);
                }
                runs.add(new Run(Character.toString(c), true));
            } else {
                other.appendCodePoint(c);
            }
        });
        if (!other.isEmpty()) {
            runs.add(new Run(other.toString(), false));
        }
        return joined(runs, behavior);
    }

    private static List<String> joined(List<Run> runs, Behavior behavior) {
        var pieces = new ArrayList<String>();
        switch (behavior) {
            case REMOVED -> runs.stream().filter(r -> !r.matched).forEach(r -> pieces.add(r.text));
            case ISOLATED -> runs.forEach(r -> pieces.add(r.text));
            case MERGED_WITH_PREVIOUS -> {
                boolean open = false;
                for (Run run : runs) {
                    if (run.matched && open) {
                        pieces.set(pieces.size() - 1, pieces.getLast() + run.text);
                        open = false;
                    } else {
                        pieces.add(run.text);
                        open = !run.matched;
                    }
                }
            }
            case MERGED_WITH_NEXT -> {
                boolean open = false;
                for (Run run : runs) {
                    if (!run.matched && open) {
                        pieces.set(pieces.size() - 1, pieces.getLast() + run.text);
                    } else {
                        pieces.add(run.text);
                    }
                    open = run.matched;
                }
            }
            case CONTIGUOUS -> {
                boolean matched = false;
                for (Run run : runs) {
                    if (!pieces.isEmpty() && run.matched == matched) {
                        pieces.set(pieces.size() - 1, pieces.getLast() + run.text);
                    } else {
                        pieces.add(run.text);
                    }
                    matched = run.matched;
                }
            }
        }
        return pieces;
    }
}
