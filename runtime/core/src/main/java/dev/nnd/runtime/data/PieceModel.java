package dev.nnd.runtime.data;

import java.util.Map;

/** WordPiece: the longest pieces from left to right; a word that can't be cut is unknown as a whole. */
final class PieceModel implements TokenModel {
    private static final int LONGEST_WORD = 100;

    private final Map<String, Integer> vocab;
    private final String prefix;
    private final int unknown;
    private final int longest;

    PieceModel(JsonTree model) {
        this.vocab = TokenModel.vocab(model);
        this.prefix = model.get("continuing_subword_prefix").optionalText().orElse("##");
        Integer id = vocab.get(model.get("unk_token").optionalText().orElse("[UNK]"));
        if (id == null) {
            throw new IllegalArgumentException("its vocabulary has no piece for unknown words");
        }
        this.unknown = id;
        JsonTree most = model.get("max_input_chars_per_word");
        this.longest = most.isNull() ? LONGEST_WORD : most.id();
    }

    @Override
    public void addIds(String word, IntList into) {
        int before = into.size();
        int n = word.length();
        boolean known = word.codePointCount(0, n) <= longest;
        for (int at = 0; known && at < n; ) {
            int end = n;
            Integer id = null;
            while (end > at && id == null) {
                String piece = word.substring(at, end);
                id = vocab.get(at == 0 ? piece : prefix + piece);
                if (id == null) {
                    end = word.offsetByCodePoints(end, -1);
                }
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
}
