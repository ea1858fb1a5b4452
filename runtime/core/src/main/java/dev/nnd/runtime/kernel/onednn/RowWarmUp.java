package dev.nnd.runtime.kernel.onednn;

import java.lang.foreign.Arena;

/**
 * Knows when {@link RowVectorKernels} are compiled. Until then vectors are objects, and a product would take a thousand times as long; so the first
 * program that has one starts a thread that runs them on rows of its own.
 */
final class RowWarmUp {

    private static final int TERMS = 768;
    private static final int CALLS = 64;

    /** What compiled code hardly takes for so many calls, and interpreted code always does. */
    private static final long FAST_NANOS = 100_000;

    private static final int FAST_ROUNDS = 8;
    private static final long MOST_NANOS = 20_000_000_000L;

    private static final RowWarmUp ONLY = new RowWarmUp();

    private boolean started;
    private volatile boolean compiled;

    private RowWarmUp() {}

    /** That of the process. */
    static RowWarmUp start() {
        synchronized (ONLY) {
            if (!ONLY.started) {
                ONLY.started = true;
                var thread = new Thread(ONLY::run, "nnd-warm-up");
                thread.setDaemon(true);
                thread.start();
            }
        }
        return ONLY;
    }

    /** Whether vectors are the fast way now. */
    boolean compiled() {
        return compiled;
    }

    private void run() {
        long row = (long) TERMS * Float.BYTES;
        try (var arena = Arena.ofConfined()) {
            long w = arena.allocate(RowKernels.ROWS * row, Float.BYTES).address();
            long to = arena.allocate(row, Float.BYTES).address();
            long end = System.nanoTime() + MOST_NANOS;
            int fast = 0;
            while (fast < FAST_ROUNDS && System.nanoTime() < end) {
                long start = System.nanoTime();
                for (int i = 0; i < CALLS; i++) {
                    RowKernels.INSTANCE.four(w, w, w + row, w + 2 * row, w + 3 * row, row, to);
                    RowKernels.INSTANCE.vectorRelu(to, row);
                }
                fast = System.nanoTime() - start < FAST_NANOS ? fast + 1 : 0;
            }
            compiled = fast == FAST_ROUNDS;
        }
    }
}
