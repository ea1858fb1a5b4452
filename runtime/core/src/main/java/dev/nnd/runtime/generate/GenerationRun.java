package dev.nnd.runtime.generate;

import dev.nnd.runtime.generate.Completion.Finish;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One generation: rows, what they have so far, and which of them go on. */
final class GenerationRun {

    /** A row of the batch. */
    private static final class Row {
        private final boolean[] seen;
        private final int promptLength;
        private int[] added = new int[16];
        private int count;
        private int last;
        private @Nullable Finish finish;

        private Row(int[] prompt, boolean[] seen) {
            promptLength = prompt.length;
            last = prompt[prompt.length - 1];
            this.seen = seen;
            Arrays.fill(seen, false);
            for (int token : prompt) {
                seen[token] = true;
            }
        }

        /** The position of the last token. */
        private int position() {
            return promptLength + count - 1;
        }

        private void add(int token) {
            if (count == added.length) {
                added = Arrays.copyOf(added, 2 * count);
            }
            added[count++] = token;
            last = token;
            seen[token] = true;
        }
    }

    private final Session session;
    private final int[][] prompts;
    private final Generation how;
    private final int context;
    private final TokenListener onToken;
    private final Sampler sampler;
    private final Row[] rows;
    /** In order. */
    private final int[] stop;

    GenerationRun(Session session, int[][] prompts, Generation how, int context, TokenListener onToken) {
        this.session = session;
        this.prompts = prompts;
        this.how = how;
        this.context = context;
        this.onToken = onToken;
        this.sampler = new Sampler(how, session.choice());
        this.stop = how.stop().stream().mapToInt(Integer::intValue).sorted().toArray();
        this.rows = new Row[prompts.length];
        Arrays.setAll(rows, i -> new Row(prompts[i], session.seen(i)));
    }

    List<Completion> completions() {
        session.prompts(prompts);
        for (int i = 0; i < rows.length; i++) {
            double[] scores = session.promptScores(i);
            System.arraycopy(scores, 0, sampler.scores(), 0, scores.length);
            choose(i);
        }
        while (running()) {
            for (int i = 0; i < rows.length; i++) {
                // A row that has ended gives its last token again, which changes nothing.
                int position = Math.min(rows[i].position(), session.room() - 1);
                session.token(i, rows[i].last, position);
            }
            session.run();
            for (int i = 0; i < rows.length; i++) {
                if (rows[i].finish == null) {
                    session.scores(i, sampler.scores());
                    choose(i);
                }
            }
        }
        var completions = new ArrayList<Completion>();
        for (Row row : rows) {
            Finish finish = row.finish == null ? Finish.LENGTH : row.finish;
            completions.add(new Completion(Arrays.copyOf(row.added, row.count), finish));
        }
        return completions;
    }

    private boolean running() {
        for (Row row : rows) {
            if (row.finish == null) {
                return true;
            }
        }
        return false;
    }

    private void choose(int index) {
        Row row = rows[index];
        int token = sampler.choose(row.seen, index, row.count);
        if (Arrays.binarySearch(stop, token) >= 0) {
            row.finish = Finish.STOP;
            return;
        }
        row.add(token);
        onToken.onToken(index, token);
        if (row.count == how.maxTokens()) {
            row.finish = Finish.LENGTH;
        } else if (row.position() >= context) {
            row.finish = Finish.CONTEXT;
        }
    }
}
