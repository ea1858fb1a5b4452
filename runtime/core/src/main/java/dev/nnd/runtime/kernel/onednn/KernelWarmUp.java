package dev.nnd.runtime.kernel.onednn;

import java.lang.foreign.Arena;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Knows when kernels on the Vector API are compiled. Until then vectors are objects, and they would take a thousand times as long; so the first program that
 * has one starts a thread that runs them on memory of its own.
 */
final class KernelWarmUp {

    /** Those of {@link RowKernels}. */
    private static final KernelWarmUp ROWS = new KernelWarmUp(KernelWarmUp::rows);

    /** Those of {@link WinogradKernels}. */
    private static final KernelWarmUp WINOGRAD = new KernelWarmUp(KernelWarmUp::winograd);

    private static final int NUMBERS = 768;
    private static final int CALLS = 64;

    /** What compiled code hardly takes for so many calls, and interpreted code always does. */
    private static final long FAST_NANOS = 100_000;

    private static final int FAST_ROUNDS = 8;
    private static final long MOST_NANOS = 20_000_000_000L;

    /** Calls all kernels once with memory of {@link RowKernels#ROWS} times {@link #NUMBERS} numbers, and with room for as many. */
    private interface Round {
        void run(long from, long to);
    }

    /** How long what is compiled soon is waited for. */
    private static final long MOST_WAITING_NANOS = 1_000_000_000;

    private final Round round;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile long begun;
    private volatile boolean compiled;

    private KernelWarmUp(Round round) {
        this.round = round;
    }

    /** That of the process for {@link RowKernels}, begun. */
    static KernelWarmUp ofRows() {
        ROWS.start();
        return ROWS;
    }

    /** That of the process for {@link WinogradKernels}, begun. */
    static KernelWarmUp ofWinograd() {
        WINOGRAD.start();
        return WINOGRAD;
    }

    private synchronized void start() {
        if (begun == 0) {
            begun = System.nanoTime() | 1;
            var thread = new Thread(this::run, "nnd-warm-up");
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** Whether vectors are the fast way now. */
    boolean compiled() {
        return compiled;
    }

    /** Waits for that, until a second after the beginning at most. */
    void await() {
        long left = MOST_WAITING_NANOS - (System.nanoTime() - begun);
        try {
            if (!compiled && left > 0) {
                // Whether it ended in time does not matter: compiled says what holds.
                var _ = ended.await(left, TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        long bytes = (long) RowKernels.ROWS * NUMBERS * Float.BYTES;
        try (var arena = Arena.ofConfined()) {
            long from = arena.allocate(bytes, Float.BYTES).address();
            long to = arena.allocate(bytes, Float.BYTES).address();
            long end = System.nanoTime() + MOST_NANOS;
            int fast = 0;
            while (fast < FAST_ROUNDS && System.nanoTime() < end) {
                long start = System.nanoTime();
                for (int i = 0; i < CALLS; i++) {
                    round.run(from, to);
                }
                fast = System.nanoTime() - start < FAST_NANOS ? fast + 1 : 0;
            }
            compiled = fast == FAST_ROUNDS;
        } finally {
            ended.countDown();
        }
    }

    private static void rows(long w, long to) {
        long row = (long) NUMBERS * Float.BYTES;
        RowKernels.INSTANCE.four(w, w, w + row, w + 2 * row, w + 3 * row, row, to);
    }

    /** Two tiles of as many channels as a vector has lanes. */
    private static void winograd(long from, long to) {
        var kernels = WinogradKernels.INSTANCE;
        int tiles = 2;
        int columns = 2 * tiles + 2;
        long width = (long) kernels.lanes() * Float.BYTES;
        long line = columns * width;
        kernels.inputDown(new long[] {from, from, from, from}, new long[] {width, width, width, 0}, columns, to, line);
        kernels.inputAcross(to, line, tiles, from, tiles * width, width);
        kernels.output(from, tiles * width, width, tiles, to, line);
        kernels.finish(to, tiles, from, from, 0, from, width);
        kernels.finish(to, tiles, from, from, 0, from, width, to);
    }
}
