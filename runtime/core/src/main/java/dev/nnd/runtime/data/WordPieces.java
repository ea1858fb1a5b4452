package dev.nnd.runtime.data;

import dev.nnd.runtime.NndException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Ids by a WordPiece vocabulary, as BERT makes them (Devlin et al. 2018): text is cut at white space and punctuation, then
 * each word into the longest pieces of the vocabulary from left to right. A vocabulary without upper-case letters is of
 * lower-case text without accents, which the text then becomes. Where the vocabulary has {@code [CLS]} and {@code [SEP]},
 * an example begins and ends with them. 0, {@code [PAD]}, fills it up.
 */
public final class WordPieces implements Learned {
    private static final int LONGEST_WORD = 100;

    private final String name;
    private final String file;
    private final int limit;
    private final Map<String, Integer> ids = new HashMap<>();
    private List<String> entries = List.of();
    private boolean lowercase;
    private int unknown;
    private int first = -1;
    private int last = -1;

    /** Nothing read yet; {@code file} is in the data folder and has a piece in each line. It has at most {@code limit} ids. */
    public WordPieces(String name, String file, int limit) {
        this.name = name;
        this.file = file;
        this.limit = limit;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String kind() {
        return "wordpiece";
    }

    @Override
    public boolean ready() {
        return !entries.isEmpty();
    }

    /** Keeps the vocabulary: it is not learned from rows. */
    @Override
    public void reset() {}

    @Override
    public List<String> finish() {
        return List.of();
    }

    @Override
    public void open(Path folder) {
        set(VocabularyFile.lines(folder, file).stream().map(String::strip).toList());
        if (!ids.containsKey("[UNK]")) {
            throw new NndException(
                    file + " is no WordPiece vocabulary: it has no piece [UNK].",
                    "give the vocab.txt of a model",
                    null);
        }
    }

    private void set(List<String> pieces) {
        VocabularyFile.requireAtMost(limit, pieces.size(), file);
        entries = List.copyOf(pieces);
        ids.clear();
        for (int i = 0; i < entries.size(); i++) {
            ids.putIfAbsent(entries.get(i), i);
        }
        unknown = ids.getOrDefault("[UNK]", 0);
        first = ids.getOrDefault("[CLS]", -1);
        last = ids.getOrDefault("[SEP]", -1);
        lowercase = entries.stream()
                .filter(e -> !e.startsWith("["))
                .noneMatch(e -> e.chars().anyMatch(c -> c >= 'A' && c <= 'Z'));
    }

    /** How many pieces there are. */
    public int size() {
        return entries.size();
    }

    @Override
    public Saved saved() {
        return new Saved(Map.of(), entries);
    }

    @Override
    public void restore(Saved saved) {
        set(saved.texts());
    }

    /** {@code length} ids of a text: with {@code [CLS]} and {@code [SEP]} around it, cut or padded at its end. */
    public int[] ids(String text, int length) {
        var found = new IntList();
        if (first >= 0 && last >= 0) {
            found.add(first);
        }
        pieces(text, found, length);
        int room = first >= 0 && last >= 0 ? length - 1 : length;
        int kept = Math.min(found.size(), room);
        var out = new int[length];
        for (int i = 0; i < kept; i++) {
            out[i] = found.get(i);
        }
        if (room < length) {
            out[Math.max(0, kept)] = last;
        }
        return out;
    }

    /** All ids of a text, without {@code [CLS]} and {@code [SEP]}. */
    public int[] ids(String text) {
        var found = new IntList();
        pieces(text, found, Integer.MAX_VALUE);
        return found.toArray();
    }

    private void pieces(String text, IntList into, int most) {
        for (String word : words(text)) {
            if (into.size() >= most) {
                return;
            }
            addWord(word, into);
        }
    }

    /** Greedy longest match; a word that cannot be cut is unknown as a whole. */
    private void addWord(String word, IntList into) {
        int before = into.size();
        int n = word.length();
        boolean known = word.codePointCount(0, n) <= LONGEST_WORD;
        for (int at = 0; known && at < n; ) {
            int end = n;
            Integer id = null;
            while (end > at) {
                String piece = word.substring(at, end);
                id = ids.get(at == 0 ? piece : "##" + piece);
                if (id != null) {
                    break;
                }
                end = word.offsetByCodePoints(end, -1);
            }
            known = id != null;
            if (id != null) {
                into.add(id);
                at = end;
            }
        }
        if (!known) {
            into.removeFrom(before);
            into.add(unknown);
        }
    }

    /** Words and marks of punctuation, normalized. */
    List<String> words(String text) {
        String clean = cleaned(text, true, true);
        return cut(lowercase ? withoutAccents(clean).toLowerCase(Locale.ROOT) : clean);
    }

    /** A text at its white space and around each mark of punctuation. */
    static List<String> cut(String plain) {
        var words = new ArrayList<String>();
        var word = new StringBuilder();
        plain.codePoints().forEach(c -> {
            boolean mark = isPunctuation(c);
            if ((mark || isSpace(c)) && !word.isEmpty()) {
                words.add(word.toString());
                word.setLength(0);
            }
            if (mark) {
                words.add(Character.toString(c));
            } else if (!isSpace(c)) {
                word.appendCodePoint(c);
            }
        });
        if (!word.isEmpty()) {
            words.add(word.toString());
        }
        return words;
    }

    /** Without control characters, and with spaces around Chinese characters. */
    static String cleaned(String text, boolean clean, boolean chinese) {
        var out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (clean && isSpace(c)) {
                out.append(' ');
            } else if (chinese && isChinese(c)) {
                out.append(' ').appendCodePoint(c).append(' ');
            } else if (!clean || (c != 0 && c != 0xFFFD && !isControl(c))) {
                out.appendCodePoint(c);
            }
        });
        return out.toString();
    }

    private static String withoutAccents(String text) {
        var out = new StringBuilder(text.length());
        Normalizer.normalize(text, Normalizer.Form.NFD)
                .codePoints()
                .filter(c -> Character.getType(c) != Character.NON_SPACING_MARK)
                .forEach(out::appendCodePoint);
        return out.toString();
    }

    private static boolean isSpace(int c) {
        return c == '\t'
                || c == '\n'
                || c == '\r'
                || c == ' '
                || Character.getType(c) == Character.SPACE_SEPARATOR
                || c == 0x85
                || c == 0x2028
                || c == 0x2029
                || c == 0x0B
                || c == 0x0C;
    }

    private static boolean isControl(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.UNASSIGNED,
                    Character.PRIVATE_USE,
                    Character.SURROGATE -> true;
            default -> false;
        };
    }

    static boolean isPunctuation(int c) {
        boolean ascii = (c >= 33 && c <= 47) || (c >= 58 && c <= 64) || (c >= 91 && c <= 96) || (c >= 123 && c <= 126);
        return ascii
                || switch (Character.getType(c)) {
                    case Character.CONNECTOR_PUNCTUATION,
                            Character.DASH_PUNCTUATION,
                            Character.START_PUNCTUATION,
                            Character.END_PUNCTUATION,
                            Character.INITIAL_QUOTE_PUNCTUATION,
                            Character.FINAL_QUOTE_PUNCTUATION,
                            Character.OTHER_PUNCTUATION -> true;
                    default -> false;
                };
    }

    private static boolean isChinese(int c) {
        return (c >= 0x4E00 && c <= 0x9FFF)
                || (c >= 0x3400 && c <= 0x4DBF)
                || (c >= 0x20000 && c <= 0x2A6DF)
                || (c >= 0x2A700 && c <= 0x2CEAF)
                || (c >= 0xF900 && c <= 0xFAFF)
                || (c >= 0x2F800 && c <= 0x2FA1F);
    }
}
