package dev.nnd.runtime.data;

import dev.nnd.runtime.NndException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Ids by byte-pair encoding over bytes, as GPT-2 makes them (Radford et al. 2019), from a file of merges or by merges learned
 * from the training rows. Ids 0 to 255 are
 * the bytes in GPT-2's order, each merge has the next id, and the last id is the end of text, which also pads.
 */
public final class BytePairs implements Learned {
    private static final Pattern WORDS = Pattern.compile(
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
            Pattern.UNICODE_CHARACTER_CLASS);
    private static final int CACHED = 50_000;
    private static final int MOST_WORDS = 1 << 20;

    private final String name;
    private final String file;
    private final int limit;
    private final int[] byteIds = byteIds();
    private final Map<Long, Integer> ranks = new HashMap<>();
    private final List<byte[]> pieces = new ArrayList<>();
    private final Map<String, int[]> counts = new HashMap<>();
    private List<String> merges = List.of();
    private boolean ready;

    /** Nothing learned yet: merges are learned until there are {@code vocab} ids. */
    public static BytePairs learned(String name, int vocab) {
        return new BytePairs(name, "", vocab);
    }

    /** Nothing read yet; {@code file} is in the data folder and has a merge of two symbols in each line. It has at most {@code limit} ids. */
    public BytePairs(String name, String file, int limit) {
        this.name = name;
        this.file = file;
        this.limit = limit;
    }

    /** GPT-2 writes a byte as a character: printable ones as themselves, the others from U+0100; ids are in that order. */
    private static int[] byteIds() {
        var ids = new int[256];
        int next = 0;
        for (int pass = 0; pass < 2; pass++) {
            for (int b = 0; b < 256; b++) {
                boolean printable = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
                if (printable == (pass == 0)) {
                    ids[b] = next++;
                }
            }
        }
        return ids;
    }

    private static Map<String, Integer> symbols(int[] byteIds) {
        var symbols = new HashMap<String, Integer>();
        int other = 256;
        for (int b = 0; b < 256; b++) {
            boolean printable = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
            symbols.put(Character.toString(printable ? b : other++), byteIds[b]);
        }
        return symbols;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String kind() {
        return "bpe";
    }

    @Override
    public boolean ready() {
        return ready;
    }

    /** Keeps the merges of a file. */
    @Override
    public void reset() {
        if (file.isEmpty()) {
            counts.clear();
            merges = List.of();
            ready = false;
        }
    }

    /** The text of one more row. */
    public void accept(String text) {
        var word = WORDS.matcher(text);
        while (word.find()) {
            counts.computeIfAbsent(word.group(), w -> new int[1])[0]++;
            if (counts.size() > MOST_WORDS) {
                // Rare words teach no merges; without them memory is bounded.
                counts.values().removeIf(n -> n[0] < 2);
            }
        }
    }

    @Override
    public List<String> finish() {
        if (!file.isEmpty()) {
            return List.of();
        }
        var learner = new PairLearner();
        counts.forEach((word, count) -> learner.add(bytesOf(word), count[0]));
        counts.clear();
        var symbols = new ArrayList<String>(Collections.nCopies(256, ""));
        symbols(byteIds).forEach((symbol, id) -> symbols.set(id, symbol));
        var lines = new ArrayList<String>();
        for (int[] merge : learner.merges(256, limit - 257, 2)) {
            lines.add(symbols.get(merge[0]) + " " + symbols.get(merge[1]));
            symbols.add(symbols.get(merge[0]) + symbols.get(merge[1]));
        }
        set(lines);
        return size() < limit
                ? List.of("`" + name + "` has " + size() + " ids, not " + limit
                        + ": no further pair of symbols is there twice in the training rows.")
                : List.of();
    }

    @Override
    public void open(Path folder) {
        if (file.isEmpty()) {
            return;
        }
        var lines = new ArrayList<String>();
        for (String line : VocabularyFile.lines(folder, file)) {
            boolean comment = lines.isEmpty() && line.startsWith("#version");
            if (!comment && !line.isBlank()) {
                lines.add(line.strip());
            }
        }
        try {
            set(lines);
        } catch (IllegalArgumentException e) {
            throw new NndException(
                    file + " is no file of merges: " + e.getMessage() + ".", "give the merges.txt of a model", e);
        }
    }

    private void set(List<String> lines) {
        var symbols = symbols(byteIds);
        ranks.clear();
        pieces.clear();
        var single = new byte[256][1];
        for (int b = 0; b < 256; b++) {
            single[byteIds[b]][0] = (byte) b;
        }
        pieces.addAll(List.of(single));
        for (int i = 0; i < lines.size(); i++) {
            String[] pair = lines.get(i).split(" ", -1);
            Integer left = pair.length == 2 ? symbols.get(pair[0]) : null;
            Integer right = pair.length == 2 ? symbols.get(pair[1]) : null;
            if (left == null || right == null) {
                throw new IllegalArgumentException(
                        "line " + (i + 1) + " of the merges joins no two symbols before it: \"" + lines.get(i) + "\"");
            }
            int id = 256 + i;
            ranks.put((long) left << 32 | right, id);
            symbols.putIfAbsent(pair[0] + pair[1], id);
            byte[] joined = Arrays.copyOf(pieces.get(left), pieces.get(left).length + pieces.get(right).length);
            System.arraycopy(pieces.get(right), 0, joined, pieces.get(left).length, pieces.get(right).length);
            pieces.add(joined);
        }
        merges = List.copyOf(lines);
        ready = true;
        VocabularyFile.requireAtMost(limit, size(), file);
    }

    /** The bytes of an id; none for the end of text. */
    public byte[] bytes(int id) {
        return id < pieces.size() ? pieces.get(id).clone() : new byte[0];
    }

    /** How many ids there are. */
    public int size() {
        return 256 + merges.size() + 1;
    }

    @Override
    public Saved saved() {
        return new Saved(Map.of(), merges);
    }

    @Override
    public void restore(Saved saved) {
        set(saved.texts());
    }

    /** The first {@code length} ids of a text, filled up with the end of text. */
    public int[] ids(String text, int length) {
        var found = new IntList();
        encode(text, found, length);
        var out = new int[length];
        for (int i = 0; i < length; i++) {
            out[i] = i < found.size() ? found.get(i) : size() - 1;
        }
        return out;
    }

    /** All ids of a text. */
    public int[] ids(String text) {
        var found = new IntList();
        encode(text, found, Integer.MAX_VALUE);
        return found.toArray();
    }

    private void encode(String text, IntList into, int most) {
        var known = new HashMap<String, int[]>();
        var word = WORDS.matcher(text);
        while (into.size() < most && word.find()) {
            if (known.size() > CACHED) {
                known.clear();
            }
            for (int id : known.computeIfAbsent(word.group(), this::merged)) {
                into.add(id);
            }
        }
    }

    /** Joins the pair with the least rank, until there is none. */
    private int[] merged(String word) {
        int[] symbols = bytesOf(word);
        int n = symbols.length;
        while (n > 1) {
            int best = Integer.MAX_VALUE;
            for (int i = 0; i + 1 < n; i++) {
                best = Math.min(best, rank(symbols[i], symbols[i + 1]));
            }
            if (best == Integer.MAX_VALUE) {
                break;
            }
            int out = 0;
            for (int i = 0; i < n; out++) {
                boolean joins = i + 1 < n && rank(symbols[i], symbols[i + 1]) == best;
                symbols[out] = joins ? best : symbols[i];
                i += joins ? 2 : 1;
            }
            n = out;
        }
        return java.util.Arrays.copyOf(symbols, n);
    }

    private int[] bytesOf(String word) {
        byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
        var ids = new int[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            ids[i] = byteIds[bytes[i] & 0xFF];
        }
        return ids;
    }

    private int rank(int left, int right) {
        return ranks.getOrDefault((long) left << 32 | right, Integer.MAX_VALUE);
    }
}
