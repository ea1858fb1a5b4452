package dev.nnd.runtime.kernel;

/**
 * A loop over elements that threads share. It is cut at multiples of {@link #ALIGNED} elements from its start, so that
 * vectors have the same elements for every number of threads, and the results the same bits. A short loop runs in the
 * caller. One run at a time; nothing is allocated in a run.
 */
public final class SharedLoop {

    /** The elements of a range, each of which changes nothing but its own results. */
    public interface Body {

        /** Does the elements from {@code from} to before {@code to}. */
        void run(long from, long to);
    }

    /** No vector has more elements. */
    private static final long ALIGNED = 64;

    /** So many elements are some microseconds, which is what it costs to have another thread do them. */
    private static final long LEAST = 16_384;

    /** More parts than threads, since the machine may give one of these less time. */
    private static final int PARTS_OF_A_THREAD = 4;

    private final Workers workers;
    private final Body body;
    private final Workers.Work work = this::part;
    private long from;
    private long to;
    private long length;

    /** A loop that the provider's number of threads share. */
    public SharedLoop(Provider provider, Body body) {
        this.workers = provider.workers();
        this.body = body;
    }

    /** Does the elements from {@code from} to before {@code to}. */
    public void run(long from, long to) {
        long elements = to - from;
        if (workers.threads() == 1 || elements < 2 * LEAST) {
            body.run(from, to);
            return;
        }
        long parts = (long) workers.threads() * PARTS_OF_A_THREAD;
        long wanted = Math.max(LEAST, (elements + parts - 1) / parts);
        this.from = from;
        this.to = to;
        length = (wanted + ALIGNED - 1) / ALIGNED * ALIGNED;
        workers.run(work, Math.toIntExact((elements + length - 1) / length));
    }

    private void part(int part, int slot) {
        long start = from + part * length;
        body.run(start, Math.min(to, start + length));
    }
}
