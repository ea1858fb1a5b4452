package dev.nnd.runtime.generate;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.program.Caches;
import dev.nnd.runtime.program.ProgramPool;
import java.util.ArrayList;
import java.util.List;

/**
 * Generates tokens with a decoder: each prompt is run once, then one token at a time, with the keys and values of all
 * earlier positions in caches. Rows of a batch have prompts of their own lengths and end on their own. Thread-safe: each
 * generation borrows caches from a bounded pool; after the first tokens nothing but the growing list of the tokens and
 * a few hundred bytes to draw one are allocated.
 */
public final class Generator implements AutoCloseable {

    /** Caches are made for multiples of so many positions, so that they serve again. */
    private static final int ROOM_STEP = 64;

    /** Makes a model's steps. */
    @FunctionalInterface
    public interface Binder {

        /** A step over some rows of some tokens, whose caches have room for so many positions. */
        DecoderStep bind(Caches caches, int rows, int tokens, int room);
    }

    private final String owner;
    private final int context;
    private final ProgramPool<Session> pool;

    /**
     * A generator.
     *
     * @param owner the model's name, for messages
     * @param context how many positions the model has; {@link Integer#MAX_VALUE} if there is no limit
     * @param wideScores whether scores are f64, and not f32
     * @param programs how many generations may run at a time
     */
    public Generator(String owner, int context, boolean wideScores, int programs, Binder binder) {
        this.owner = owner;
        this.context = context;
        this.pool = new ProgramPool<>(
                owner, dims -> new Session(owner, binder, wideScores, (int) dims[0], (int) dims[1]), programs);
    }

    /** How many positions the model has; {@link Integer#MAX_VALUE} if there is no limit. */
    public int context() {
        return context;
    }

    /**
     * Continues prompts.
     *
     * @param prompts at least one, each of at least one token
     * @param onToken hears of every token that is added, row after row
     * @throws NndException if a prompt is empty, longer than the context, or has a token that is not in the vocabulary
     */
    public List<Completion> generate(int[][] prompts, Generation how, TokenListener onToken) {
        int longest = requirePrompts(prompts);
        long wanted = Math.min(context, (long) longest + how.maxTokens() - 1);
        long rounded = (wanted + ROOM_STEP - 1) / ROOM_STEP * ROOM_STEP;
        int room = Math.toIntExact(Math.min(context, rounded));
        Session session = pool.borrow(prompts.length, room);
        try {
            requireTokens(prompts, session.vocabulary());
            session.begin();
            var run = new GenerationRun(session, prompts, how, context, onToken);
            List<Completion> completions = run.completions();
            session.end();
            return completions;
        } finally {
            pool.giveBack(session, prompts.length, room);
        }
    }

    private int requirePrompts(int[][] prompts) {
        if (prompts.length == 0) {
            throw new NndException("There is no prompt to continue.");
        }
        int longest = 0;
        for (int row = 0; row < prompts.length; row++) {
            int length = prompts[row].length;
            if (length == 0) {
                throw new NndException(
                        "Prompt " + (row + 1) + " is empty.", "give at least one token to start from", null);
            }
            if (length > context) {
                throw new NndException(
                        "Prompt " + (row + 1) + " has " + length + " tokens, and " + owner + " has a context of "
                                + context + ".",
                        "leave out the first " + (length - context) + " tokens, or more to leave room for new ones",
                        null);
            }
            longest = Math.max(longest, length);
        }
        return longest;
    }

    private void requireTokens(int[][] prompts, int vocabulary) {
        for (int[] prompt : prompts) {
            for (int token : prompt) {
                if (token < 0 || token >= vocabulary) {
                    throw new NndException("The token " + token + " is not in the vocabulary of " + owner
                            + ", whose tokens are 0 to " + (vocabulary - 1) + ".");
                }
            }
        }
    }

    /** Continues one prompt. */
    public Completion generate(int[] prompt, Generation how, TokenListener onToken) {
        return generate(new int[][] {prompt}, how, onToken).getFirst();
    }

    /** The prompts with what was added, for callers that want whole texts. */
    public static List<int[]> whole(int[][] prompts, List<Completion> completions) {
        var all = new ArrayList<int[]>();
        for (int row = 0; row < prompts.length; row++) {
            int[] added = completions.get(row).tokens();
            int[] text = java.util.Arrays.copyOf(prompts[row], prompts[row].length + added.length);
            System.arraycopy(added, 0, text, prompts[row].length, added.length);
            all.add(text);
        }
        return all;
    }

    @Override
    public void close() {
        pool.close();
    }
}
