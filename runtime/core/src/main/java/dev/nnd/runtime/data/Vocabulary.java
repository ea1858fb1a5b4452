package dev.nnd.runtime.data;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Ids of the words, characters or categories of the training rows. The first ids are kept: 0 is padding and 1 a word
 * that is not in it; of characters and categories 0 is both. Words get ids by how frequent they are, the most frequent
 * first and equally frequent ones in order; characters and categories in their order.
 */
public final class Vocabulary implements Learned {

    /** What an entry is. */
    public enum Kind {
        /** A run of letters and digits, with single apostrophes inside. */
        WORDS(2),
        /** A code point. */
        CHARACTERS(1),
        /** All of a cell, without white space at its ends. */
        CATEGORIES(1);

        private final int reserved;

        Kind(int reserved) {
            this.reserved = reserved;
        }
    }

    /** Texts longer than that hold several words at once only for those who attack. */
    private static final int LONGEST_WORD = 1000;

    private final String name;
    private final Kind kind;
    private final int limit;
    private final int minCount;
    private final Map<String, int[]> counts = new HashMap<>();
    private final Map<String, Integer> ids = new HashMap<>();
    private List<String> entries = List.of();
    private boolean ready;

    /**
     * Nothing learned yet.
     *
     * @param limit most ids, those that are kept included
     * @param minCount how often an entry has to be there
     */
    public Vocabulary(String name, Kind kind, int limit, int minCount) {
        this.name = name;
        this.kind = kind;
        this.limit = limit;
        this.minCount = minCount;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String kind() {
        return switch (kind) {
            case WORDS -> "words";
            case CHARACTERS -> "characters";
            case CATEGORIES -> "categories";
        };
    }

    @Override
    public boolean ready() {
        return ready;
    }

    @Override
    public void reset() {
        counts.clear();
        ids.clear();
        entries = List.of();
        ready = false;
    }

    /** How many ids there are: they are below it. */
    public int size() {
        return entries.size() + kind.reserved;
    }

    /** The entry of an id, empty for those that are kept. */
    public String entry(int id) {
        return id < kind.reserved ? "" : entries.get(id - kind.reserved);
    }

    /** The text of one more row. */
    public void accept(String text) {
        each(text, entry -> {
            counts.computeIfAbsent(entry, e -> new int[1])[0]++;
            return true;
        });
    }

    /** True to go on. */
    private interface Visitor {
        boolean visit(String entry);
    }

    private void each(String text, Visitor visitor) {
        switch (kind) {
            case WORDS -> eachWord(text, visitor);
            case CHARACTERS -> {
                boolean more = true;
                for (int at = 0; more && at < text.length(); ) {
                    int c = text.codePointAt(at);
                    more = visitor.visit(Character.toString(c));
                    at += Character.charCount(c);
                }
            }
            case CATEGORIES -> {
                if (!Values.isMissing(text)) {
                    visitor.visit(text.strip());
                }
            }
        }
    }

    private static void eachWord(String text, Visitor visitor) {
        int n = text.length();
        for (int at = 0; at < n; ) {
            int c = text.codePointAt(at);
            if (!Character.isLetterOrDigit(c)) {
                at += Character.charCount(c);
                continue;
            }
            int end = at;
            while (end < n && end - at < LONGEST_WORD) {
                int next = text.codePointAt(end);
                boolean apostrophe = (next == '\'' || next == '’')
                        && end + 1 < n
                        && Character.isLetterOrDigit(text.codePointAt(end + 1));
                if (!Character.isLetterOrDigit(next) && !apostrophe) {
                    break;
                }
                end += Character.charCount(next);
            }
            if (!visitor.visit(text.substring(at, end).replace('’', '\''))) {
                return;
            }
            at = end;
        }
    }

    @Override
    public List<String> finish() {
        var frequent = new ArrayList<>(counts.entrySet().stream()
                .filter(e -> e.getValue()[0] >= minCount)
                .sorted(Comparator.comparing((Map.Entry<String, int[]> e) -> -e.getValue()[0])
                        .thenComparing(Map.Entry.comparingByKey(Vocabulary::inOrder)))
                .limit(limit - kind.reserved)
                .map(Map.Entry::getKey)
                .toList());
        if (kind != Kind.WORDS) {
            frequent.sort(Vocabulary::inOrder);
        }
        counts.clear();
        set(frequent);
        return frequent.isEmpty()
                ? List.of("`" + name + "` has no entry that is there " + minCount + " times in the training rows.")
                : List.of();
    }

    /** By code points, which UTF-16 orders otherwise beyond the first plane. */
    private static int inOrder(String a, String b) {
        return Values.compareCodePoints(a, b);
    }

    private void set(List<String> all) {
        entries = List.copyOf(all);
        ids.clear();
        for (int i = 0; i < entries.size(); i++) {
            ids.put(entries.get(i), i + kind.reserved);
        }
        ready = true;
    }

    /** The id of one entry. */
    public int id(String entry) {
        return ids.getOrDefault(kind == Kind.CATEGORIES ? entry.strip() : entry, kind == Kind.WORDS ? 1 : 0);
    }

    /**
     * {@code length} ids of a text.
     *
     * @param padStart whether padding of a shorter text stands in front of it, or else behind
     * @param cutStart whether a longer text loses its start, or else its end
     */
    public int[] ids(String text, int length, boolean padStart, boolean cutStart) {
        // A ring: where a text loses its start, later ids take the places of the first ones.
        var ring = new int[length];
        var seen = new int[1];
        each(text, entry -> {
            ring[seen[0]++ % length] = id(entry);
            return cutStart || seen[0] < length;
        });
        int kept = Math.min(seen[0], length);
        int first = seen[0] - kept;
        var out = new int[length];
        for (int i = 0; i < kept; i++) {
            out[padStart ? length - kept + i : i] = ring[(first + i) % length];
        }
        return out;
    }

    /** All ids of a text. */
    public int[] ids(String text) {
        var all = new IntList();
        each(text, entry -> {
            all.add(id(entry));
            return true;
        });
        return all.toArray();
    }

    @Override
    public Saved saved() {
        return new Saved(Map.of(), entries);
    }

    @Override
    public void restore(Saved saved) {
        if (saved.texts().size() > limit - kind.reserved) {
            throw new IllegalArgumentException("`" + name + "` has at most " + limit + " ids");
        }
        set(saved.texts());
    }
}
