package dev.nnd.runtime.data;

import dev.nnd.runtime.NndException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Windows cut from the tokens of a text: a row holds the ids of its place, one run for each tokenizer. */
final class TokenRows extends RowStore {
    private static final ValueLayout.OfInt ID = ValueLayout.JAVA_INT_UNALIGNED;

    private final int span;

    private TokenRows(Spill spill, int tokenizers, int span) {
        super(spill, (long) Integer.BYTES * tokenizers * span);
        this.span = span;
    }

    /**
     * The windows of a text; those that do not fit at its end are left out.
     *
     * @param span tokens that a row reads
     */
    static TokenRows of(Spill spill, Dataset dataset, String name, String text, int tokenizers, int span) {
        var rows = new TokenRows(spill, tokenizers, span);
        rows.beginFile(name);
        var ids = new int[tokenizers][];
        int shortest = Integer.MAX_VALUE;
        for (int k = 0; k < tokenizers; k++) {
            ids[k] = dataset.tokens(k, text);
            shortest = Math.min(shortest, ids[k].length);
        }
        for (long from = 0; from + span <= shortest; from += dataset.stride()) {
            var chunk = rows.forAppend();
            long at = rows.offset(rows.rows());
            for (int k = 0; k < tokenizers; k++) {
                MemorySegment.copy(ids[k], (int) from, chunk, ID, at + (long) Integer.BYTES * k * span, span);
            }
            rows.appended();
        }
        if (rows.rows() == 0) {
            throw new NndException(
                    "The part `" + name + "` of " + dataset.name() + " has " + shortest + " tokens, and a window needs "
                            + span + ".",
                    "give it more text, or make the windows shorter",
                    null);
        }
        return rows;
    }

    @Override
    Cursor cursor() {
        return new TokenCursor(this);
    }

    private static final class TokenCursor extends Cursor {
        private final int span;

        TokenCursor(TokenRows store) {
            super(store);
            this.span = store.span;
        }

        @Override
        public int token(int tokenizer, int i) {
            return chunk().get(ID, base() + (long) Integer.BYTES * (tokenizer * span + i));
        }
    }
}
