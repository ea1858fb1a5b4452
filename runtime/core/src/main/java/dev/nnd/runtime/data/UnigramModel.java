package dev.nnd.runtime.data;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Unigram (Kudo 2018): the cut of a piece whose parts have the largest sum of scores. */
final class UnigramModel implements TokenModel {
    private static final double UNKNOWN_PENALTY = 10;

    private final Map<String, Integer> vocab = new HashMap<>();
    private final List<Double> scores = new ArrayList<>();
    private final int unknown;
    private final boolean bytes;
    private final double unknownScore;
    private int longest = 1;

    UnigramModel(JsonTree model) {
        double least = 0;
        for (JsonTree entry : model.get("vocab").items()) {
            List<JsonTree> pair = entry.items();
            if (pair.size() != 2) {
                throw new IllegalArgumentException("`" + entry.path() + "` is no piece with its score");
            }
            String piece = pair.getFirst().text();
            vocab.putIfAbsent(piece, scores.size());
            scores.add(pair.getLast().number());
            least = Math.min(least, scores.getLast());
            longest = Math.max(longest, piece.length());
        }
        this.unknown = model.get("unk_id").isNull() ? -1 : model.get("unk_id").id();
        this.bytes = model.get("byte_fallback").flag(false);
        this.unknownScore = least - UNKNOWN_PENALTY;
    }

    @Override
    public void addIds(String text, IntList into) {
        int n = text.length();
        var best = new double[n + 1];
        var from = new int[n + 1];
        Arrays.fill(best, Double.NEGATIVE_INFINITY);
        best[0] = 0;
        for (int at = 0; at < n; at = text.offsetByCodePoints(at, 1)) {
            int one = text.offsetByCodePoints(at, 1);
            boolean single = false;
            for (int end = one; end <= n && end - at <= longest; end++) {
                Integer id = vocab.get(text.substring(at, end));
                if (id != null) {
                    single |= end == one;
                    offer(best, from, at, end, scores.get(id));
                }
            }
            if (!single) {
                offer(best, from, at, one, unknownScore);
            }
        }
        add(text, from, into);
    }

    private static void offer(double[] best, int[] from, int at, int end, double score) {
        if (best[at] + score > best[end]) {
            best[end] = best[at] + score;
            from[end] = at;
        }
    }

    /** Unknown letters that follow one another are one unknown. */
    private void add(String text, int[] from, IntList into) {
        var cuts = new ArrayList<Integer>();
        for (int end = text.length(); end > 0; end = from[end]) {
            cuts.add(end);
        }
        int at = 0;
        var unknownRun = new StringBuilder();
        for (int end : cuts.reversed()) {
            String part = text.substring(at, end);
            Integer id = vocab.get(part);
            if (id == null) {
                unknownRun.append(part);
            } else {
                addUnknown(unknownRun, into);
                into.add(id);
            }
            at = end;
        }
        addUnknown(unknownRun, into);
    }

    private void addUnknown(StringBuilder run, IntList into) {
        if (run.isEmpty()) {
            return;
        }
        int before = into.size();
        boolean whole = bytes;
        for (byte b : bytes ? run.toString().getBytes(StandardCharsets.UTF_8) : new byte[0]) {
            Integer id = vocab.get(String.format("<0x%02X>", b & 0xFF));
            whole &= id != null;
            if (id != null) {
                into.add(id);
            }
        }
        if (!whole) {
            into.removeFrom(before);
            if (unknown >= 0) {
                into.add(unknown);
            }
        }
        run.setLength(0);
    }
}
