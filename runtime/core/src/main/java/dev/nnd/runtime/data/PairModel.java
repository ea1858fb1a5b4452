package dev.nnd.runtime.data;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** Byte-pair encoding over letters: the pair that was learned first is joined first, of equal ones the leftmost. */
final class PairModel implements TokenModel {
    private final Map<String, Integer> vocab;
    private final Map<Long, Long> merges = new HashMap<>();
    private final @Nullable Integer unknown;
    private final boolean joinsUnknown;
    private final boolean bytes;
    private final boolean wholeFirst;
    private final String prefix;
    private final String suffix;

    PairModel(JsonTree model) {
        this.vocab = TokenModel.vocab(model);
        this.unknown = model.get("unk_token").optionalText().map(vocab::get).orElse(null);
        this.joinsUnknown = model.get("fuse_unk").flag(false);
        this.bytes = model.get("byte_fallback").flag(false);
        this.wholeFirst = model.get("ignore_merges").flag(false);
        this.prefix = model.get("continuing_subword_prefix").optionalText().orElse("");
        this.suffix = model.get("end_of_word_suffix").optionalText().orElse("");
        long rank = 0;
        for (JsonTree merge : model.get("merges").items()) {
            List<String> pair =
                    merge.value() instanceof String text ? List.of(text.split(" ", -1)) : TextSteps.texts(merge);
            add(merge.path(), pair, rank++);
        }
    }

    private void add(String path, List<String> pair, long rank) {
        if (pair.size() != 2) {
            throw new IllegalArgumentException("`" + path + "` is no pair");
        }
        String right = pair.get(1).startsWith(prefix) ? pair.get(1).substring(prefix.length()) : pair.get(1);
        Integer a = vocab.get(pair.get(0));
        Integer b = vocab.get(pair.get(1));
        Integer joined = vocab.get(pair.get(0) + right);
        if (a == null || b == null || joined == null) {
            throw new IllegalArgumentException("`" + path + "` joins what is not in the vocabulary: " + pair);
        }
        merges.putIfAbsent((long) a << 32 | b, rank << 32 | joined);
    }

    @Override
    public void addIds(String piece, IntList into) {
        Integer whole = wholeFirst ? vocab.get(piece) : null;
        if (whole != null) {
            into.add(whole);
        } else {
            merged(letters(piece)).forEach(into::add);
        }
    }

    /** The ids of the letters, as bytes where a letter is unknown and the file says so. */
    private List<Integer> letters(String piece) {
        var ids = new ArrayList<Integer>();
        boolean afterUnknown = false;
        int n = piece.length();
        for (int at = 0; at < n; ) {
            int end = at + Character.charCount(piece.codePointAt(at));
            String letter = piece.substring(at, end);
            String written = (at > 0 ? prefix : "") + letter + (end == n ? suffix : "");
            Integer id = vocab.get(written);
            List<Integer> some = id != null ? List.of(id) : bytes ? byteIds(letter) : List.of();
            if (!some.isEmpty()) {
                ids.addAll(some);
                afterUnknown = false;
            } else if (unknown != null) {
                if (!afterUnknown || !joinsUnknown) {
                    ids.add(unknown);
                }
                afterUnknown = true;
            }
            at = end;
        }
        return ids;
    }

    private List<Integer> byteIds(String letter) {
        var ids = new ArrayList<Integer>();
        for (byte b : letter.getBytes(StandardCharsets.UTF_8)) {
            Integer id = vocab.get(String.format("<0x%02X>", b & 0xFF));
            if (id == null) {
                return List.of();
            }
            ids.add(id);
        }
        return ids;
    }

    /** Two neighbours that could be joined. */
    private record Pair(long rank, int left, int leftId, int rightId) implements Comparable<Pair> {
        @Override
        public int compareTo(Pair other) {
            int byRank = Long.compare(rank, other.rank);
            return byRank != 0 ? byRank : Integer.compare(left, other.left);
        }
    }

    /** Of n letters in n log n steps: neighbours in a queue, letters in a linked list. */
    private List<Integer> merged(List<Integer> letters) {
        int n = letters.size();
        var ids = new int[n];
        var next = new int[n];
        var before = new int[n];
        var queue = new PriorityQueue<Pair>();
        for (int i = 0; i < n; i++) {
            ids[i] = letters.get(i);
            next[i] = i + 1;
            before[i] = i - 1;
        }
        for (int i = 0; i + 1 < n; i++) {
            offer(queue, ids, i, i + 1);
        }
        for (Pair pair = queue.poll(); pair != null; pair = queue.poll()) {
            int left = pair.left;
            int right = next[left];
            boolean stale = ids[left] != pair.leftId || right >= n || ids[right] != pair.rightId;
            if (stale) {
                continue;
            }
            ids[left] = (int) (merges.getOrDefault((long) ids[left] << 32 | ids[right], 0L) & 0xFFFF_FFFFL);
            ids[right] = -1;
            next[left] = next[right];
            if (next[left] < n) {
                before[next[left]] = left;
                offer(queue, ids, left, next[left]);
            }
            if (before[left] >= 0) {
                offer(queue, ids, before[left], left);
            }
        }
        var kept = new ArrayList<Integer>();
        for (int i = 0; i < n; i = next[i]) {
            kept.add(ids[i]);
        }
        return kept;
    }

    private void offer(PriorityQueue<Pair> queue, int[] ids, int left, int right) {
        Long merge = merges.get((long) ids[left] << 32 | ids[right]);
        if (merge != null) {
            queue.add(new Pair(merge >>> 32, left, ids[left], ids[right]));
        }
    }
}
