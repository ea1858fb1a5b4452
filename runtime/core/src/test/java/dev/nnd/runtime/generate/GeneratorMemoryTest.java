package dev.nnd.runtime.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Nothing is allocated for a later token that is not drawn, but for the list of the tokens, which doubles when it is full;
 * little for one that is.
 */
class GeneratorMemoryTest {

    private static final int VOCABULARY = 300;
    private static final int TOKENS = 60;

    /** After each token the next higher one by 8 is the likeliest, so that even ones follow even ones. */
    private static final class Counting implements DecoderStep {

        private final Arena arena = Arena.ofShared();
        private final int rows;
        private final int count;
        private final MemorySegment tokens;
        private final MemorySegment start;
        private final MemorySegment last;
        private final MemorySegment scores;

        private Counting(int rows, int count) {
            this.rows = rows;
            this.count = count;
            tokens = arena.allocate(4L * rows * count, 64);
            start = arena.allocate(4L * rows, 64);
            last = arena.allocate(4L * rows, 64);
            scores = arena.allocate(4L * rows * VOCABULARY, 64);
        }

        @Override
        public void run() {
            for (int row = 0; row < rows; row++) {
                int at = last.getAtIndex(ValueLayout.JAVA_INT, row);
                int token = tokens.getAtIndex(ValueLayout.JAVA_INT, (long) row * count + at);
                for (int i = 0; i < VOCABULARY; i++) {
                    float score = i == (token + 8) % VOCABULARY ? 5 : 0.01f * (i % 13);
                    scores.setAtIndex(ValueLayout.JAVA_FLOAT, (long) row * VOCABULARY + i, score);
                }
            }
        }

        @Override
        public MemorySegment tokens() {
            return tokens;
        }

        @Override
        public MemorySegment start() {
            return start;
        }

        @Override
        public MemorySegment last() {
            return last;
        }

        @Override
        public MemorySegment scores() {
            return scores;
        }

        @Override
        public long arenaBytes() {
            return 0;
        }

        @Override
        public void close() {
            arena.close();
        }
    }

    @Test
    void laterTokensTakeNothing() {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        var bytes = new long[2 * TOKENS];
        Generation greedy = Generation.greedy().withStop(VOCABULARY - 1).withMaxTokens(TOKENS);
        Generation drawn = Generation.sampling(0.8, 4)
                .withTopK(40)
                .withTopP(0.9)
                .withRepetitionPenalty(1.1)
                .withMaxTokens(TOKENS);
        int[][] prompts = {{1, 2, 150}, {200}};
        try (var generator = new Generator(
                "Counting", Integer.MAX_VALUE, false, 1, (_, rows, tokens, _) -> new Counting(rows, tokens))) {
            for (Generation how : List.of(greedy, drawn)) {
                // Once more for the classes and lambdas that a first run loads.
                for (int run = 0; run < 3; run++) {
                    var heard = new int[1];
                    List<Completion> all = generator.generate(
                            prompts, how, (_, _) -> bytes[heard[0]++] = threads.getCurrentThreadAllocatedBytes());
                    assertEquals(2 * TOKENS, heard[0]);
                    if (how.temperature() == 0) {
                        assertArrayEquals(
                                new int[] {158, 166, 174},
                                Arrays.copyOf(all.getFirst().tokens(), 3));
                    }
                }
                assertTrue(bytes[0] > 0);
                // From the 35th to the last token of each row: the list has room for 64 since the 33rd.
                long taken = bytes[2 * TOKENS - 1] - bytes[2 * 34];
                if (how.temperature() == 0) {
                    assertEquals(0, taken);
                } else {
                    // The words of a random number, and what the JDK's sort takes.
                    assertTrue(taken <= 256 * (2 * TOKENS - 1 - 2 * 34), () -> taken + " bytes");
                }
            }
        }
    }

    /** The second text of a session needs no new room to choose in, which grows with the vocabulary. */
    @Test
    void aLaterTextTakesItsTokensOnly() {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Generation greedy = Generation.greedy().withMaxTokens(TOKENS);
        int[][] prompts = {{1, 2, 150}, {200}};
        long taken = Long.MAX_VALUE;
        try (var generator = new Generator(
                "Counting", Integer.MAX_VALUE, false, 1, (_, rows, tokens, _) -> new Counting(rows, tokens))) {
            for (int run = 0; run < 3; run++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                List<Completion> all = generator.generate(prompts, greedy, (_, _) -> {});
                taken = threads.getCurrentThreadAllocatedBytes() - before;
                // Which tokens an earlier text had is forgotten: all texts are the same.
                assertArrayEquals(
                        new int[] {158, 166, 174}, Arrays.copyOf(all.getFirst().tokens(), 3));
            }
        }
        long bytes = taken;
        assertTrue(bytes < 2 * VOCABULARY * Double.BYTES, () -> bytes + " bytes");
    }
}
