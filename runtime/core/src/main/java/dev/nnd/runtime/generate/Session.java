package dev.nnd.runtime.generate;

import dev.nnd.runtime.program.Caches;
import dev.nnd.runtime.program.Program;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Caches for some rows of at most so many positions, and the steps that are bound to them: one for single tokens, and a few
 * for prompts, which are cut and padded to lengths that come again. For one generation at a time.
 */
final class Session implements Program {

    /** Longer prompts go in parts, which bounds the memory of a step. */
    private static final int LONGEST_PART = 512;

    /** So many steps for prompts stay bound. */
    private static final int PARTS_KEPT = 2;

    private final Generator.Binder binder;
    private final boolean wideScores;
    private final int rows;
    private final int room;
    private final Caches caches;
    private final DecoderStep single;
    private final Map<Integer, DecoderStep> parts = new LinkedHashMap<>(4, 0.75f, true);
    private final int vocabulary;
    private final double[][] promptScores;
    private final boolean[][] seen;
    private final Sampler.Room choice;
    private boolean clean = true;

    Session(String owner, Generator.Binder binder, boolean wideScores, int rows, int room) {
        this.binder = binder;
        this.wideScores = wideScores;
        this.rows = rows;
        this.room = room;
        this.caches = new Caches(owner);
        try {
            this.single = binder.bind(caches, rows, 1, room);
        } catch (RuntimeException failed) {
            caches.close();
            throw failed;
        }
        int bytes = wideScores ? Double.BYTES : Float.BYTES;
        this.vocabulary = Math.toIntExact(single.scores().byteSize() / rows / bytes);
        this.promptScores = new double[rows][vocabulary];
        this.seen = new boolean[rows][vocabulary];
        this.choice = Sampler.Room.of(vocabulary);
    }

    int vocabulary() {
        return vocabulary;
    }

    /** Room to choose tokens in. */
    Sampler.Room choice() {
        return choice;
    }

    /** Room to note which tokens a row has; what it holds is of an earlier generation. */
    boolean[] seen(int row) {
        return seen[row];
    }

    int rows() {
        return rows;
    }

    int room() {
        return room;
    }

    /** Call it before a generation: what a failed one has left is forgotten. */
    void begin() {
        if (!clean) {
            caches.clear();
        }
        clean = false;
    }

    /** Call it after a generation that went well. */
    void end() {
        clean = true;
    }

    /** Runs the prompts, whose scores are then to be had. */
    void prompts(int[][] prompts) {
        int longest = 1;
        for (int[] prompt : prompts) {
            longest = Math.max(longest, prompt.length);
        }
        int size = Math.min(Math.min(LONGEST_PART, Integer.highestOneBit(2 * longest - 1)), room);
        DecoderStep step = size == 1 ? single : part(size);
        for (int from = 0; from < longest; from += size) {
            for (int row = 0; row < rows; row++) {
                fill(step, row, prompts[row], from, size);
            }
            step.run();
            for (int row = 0; row < rows; row++) {
                int length = prompts[row].length;
                if (length > from && length <= from + size) {
                    read(step, row, promptScores[row]);
                }
            }
        }
    }

    /**
     * A part of a prompt. Where the part would end behind the room, or the prompt has ended before, tokens before it are
     * given again: that writes what is there already.
     */
    private void fill(DecoderStep step, int row, int[] prompt, int from, int size) {
        int begin = from < prompt.length ? Math.min(from, room - size) : Math.max(0, prompt.length - size);
        int end = Math.min(prompt.length, begin + size);
        for (int i = 0; i < size; i++) {
            set(step.tokens(), row * size + i, begin + i < end ? prompt[begin + i] : 0, (long) rows * size);
        }
        step.start().setAtIndex(ValueLayout.JAVA_INT, row, begin);
        step.last().setAtIndex(ValueLayout.JAVA_INT, row, end - 1 - begin);
    }

    /** The scores behind the prompt of a row. */
    double[] promptScores(int row) {
        return promptScores[row];
    }

    /** Gives one token to a row, at a position. */
    void token(int row, int token, int position) {
        set(single.tokens(), row, token, rows);
        single.start().setAtIndex(ValueLayout.JAVA_INT, row, position);
        single.last().setAtIndex(ValueLayout.JAVA_INT, row, 0);
    }

    /** Computes the scores behind the tokens given. */
    @Override
    public void run() {
        single.run();
    }

    /** The scores of a row after {@link #run}. */
    void scores(int row, double[] into) {
        read(single, row, into);
    }

    private static void set(MemorySegment tokens, int index, int token, long count) {
        if (tokens.byteSize() / count == Long.BYTES) {
            tokens.setAtIndex(ValueLayout.JAVA_LONG, index, token);
        } else {
            tokens.setAtIndex(ValueLayout.JAVA_INT, index, token);
        }
    }

    private void read(DecoderStep step, int row, double[] into) {
        long first = (long) row * vocabulary;
        MemorySegment scores = step.scores();
        if (wideScores) {
            MemorySegment.copy(scores, ValueLayout.JAVA_DOUBLE, first * Double.BYTES, into, 0, vocabulary);
            return;
        }
        for (int i = 0; i < vocabulary; i++) {
            into[i] = scores.getAtIndex(ValueLayout.JAVA_FLOAT, first + i);
        }
    }

    private DecoderStep part(int size) {
        DecoderStep known = parts.get(size);
        if (known == null) {
            if (parts.size() == PARTS_KEPT) {
                Map.Entry<Integer, DecoderStep> oldest =
                        parts.entrySet().iterator().next();
                parts.remove(oldest.getKey());
                oldest.getValue().close();
            }
            known = binder.bind(caches, rows, size, room);
            parts.put(size, known);
        }
        return known;
    }

    @Override
    public long arenaBytes() {
        return caches.bytes()
                + single.arenaBytes()
                + parts.values().stream().mapToLong(DecoderStep::arenaBytes).sum();
    }

    @Override
    public void close() {
        parts.values().forEach(DecoderStep::close);
        single.close();
        caches.close();
    }
}
