package dev.nnd.compiler.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nnd.compiler.Seed;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * Random texts keep every promise: changed programs of the project, and derivations of the grammar. A failure prints its
 * text and seed ({@code -Dnnd.seed}); {@code -Dnnd.fuzz=N} tries N of each kind.
 */
class FuzzTest {

    private static final int MOST_SECONDS_FOR_ONE = 600;
    /** With this, every broken promise is printed and the search goes on. */
    private static final boolean ALL = Boolean.getBoolean("nnd.fuzz.all");

    @Test
    void changedProgramsKeepThePromises() {
        long seed = Seed.fresh();
        fuzz(seed, 120, new Mutations(Corpus.all(), new Random(seed))::next);
    }

    @Test
    void derivationsKeepThePromises() {
        long seed = Seed.fresh();
        fuzz(seed, 50, new Derivations(new Random(seed))::next);
    }

    private static void fuzz(long seed, int unlessTold, Supplier<String> texts) {
        var promises = new Promises();
        int count = Integer.getInteger("nnd.fuzz", unlessTold);
        int broken = 0;
        for (int tried = 0; tried < count; tried++) {
            String text = texts.get();
            try {
                bounded(() -> promises.keep(text));
            } catch (AssertionError e) {
                var error =
                        new AssertionError("seed " + seed + ", text " + tried + ": " + e.getMessage() + "\n" + text, e);
                if (!ALL) {
                    throw error;
                }
                broken++;
                error.printStackTrace(System.out);
            }
        }
        assertEquals(0, broken, "of " + count + " texts, seed " + seed);
    }

    /** Runs it with the stack of an ordinary thread, for so long at most. */
    private static void bounded(Runnable action) {
        var task = new FutureTask<Void>(action, null);
        Thread.ofPlatform().daemon().start(task);
        try {
            task.get(MOST_SECONDS_FOR_ONE, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError(String.valueOf(e.getCause()), e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("takes more than " + MOST_SECONDS_FOR_ONE + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
