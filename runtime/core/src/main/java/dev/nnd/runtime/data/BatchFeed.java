package dev.nnd.runtime.data;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Batches of a split, filled by threads of their own into two sets of buffers while the taker works. What fails in there
 * is thrown from {@link #next}. In the steady state neither side allocates on the heap.
 */
public final class BatchFeed implements AutoCloseable {
    /** So many batches are made ahead. */
    public static final int BUFFERS = 2;

    private static final int MOST_THREADS = 8;

    private final RowSet rows;
    private final int batch;
    private final @Nullable Long seed;
    private final long[] bytes;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment[][] buffers = new MemorySegment[BUFFERS][];
    private final int[] sizes = new int[BUFFERS];
    private final MemorySegment order;
    private final BatchFiller filler;
    private final Thread loader;

    // Guarded by this.
    private long filled;
    private long taken;
    private boolean closed;
    private @Nullable Throwable failure;

    private BatchFeed(Dataset dataset, RowSet rows, int batch, @Nullable Long seed, long pass, int skip, int threads) {
        this.rows = rows;
        this.batch = Math.min(batch, rows.size());
        this.seed = seed;
        var fields = dataset.fields();
        this.bytes = fields.stream().mapToLong(FieldSpec::bytes).toArray();
        for (int b = 0; b < BUFFERS; b++) {
            buffers[b] = new MemorySegment[bytes.length];
            for (int f = 0; f < bytes.length; f++) {
                buffers[b][f] = arena.allocate(Math.max(1, this.batch * bytes[f]), 64);
            }
        }
        this.order = arena.allocate(4L * Math.max(1, rows.size()), 4);
        this.filler = new BatchFiller(dataset, rows, seed, order, threads);
        this.loader = Thread.ofPlatform()
                .daemon()
                .name("nnd " + dataset.name() + "." + rows.name())
                .unstarted(() -> load(pass, skip));
        loader.start();
    }

    /** One pass in the order of the rows. */
    public static BatchFeed inOrder(Dataset dataset, RowSet rows, int batch) {
        return new BatchFeed(dataset, rows, batch, null, 0, 0, threads());
    }

    /**
     * Pass after pass without end, each in an order of its own that follows from (seed, pass), and augmented.
     *
     * @param pass the first pass
     * @param skip batches of the first pass that are left out
     */
    public static BatchFeed shuffled(Dataset dataset, RowSet rows, int batch, long seed, long pass, int skip) {
        return shuffled(dataset, rows, batch, seed, pass, skip, threads());
    }

    /** The same by that many threads; the batches are the same for any number. */
    static BatchFeed shuffled(Dataset dataset, RowSet rows, int batch, long seed, long pass, int skip, int threads) {
        return new BatchFeed(dataset, rows, batch, seed, pass, skip, threads);
    }

    /** They work while a batch is missing, so that they take nothing from a step that is slower than they are. */
    private static int threads() {
        return Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors());
    }

    /** Batches in a pass over {@code rows} rows; the last may be smaller. */
    public static int batches(int rows, int batch) {
        return Math.ceilDiv(rows, Math.min(batch, rows));
    }

    /** Waits for the next batch and returns its size. After the end of a feed that ends, waits for ever. */
    public int next() throws InterruptedException {
        synchronized (this) {
            while (filled == taken && failure == null) {
                wait();
            }
            if (filled > taken) {
                return sizes[(int) (taken % BUFFERS)];
            }
            switch (failure) {
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                case null, default -> throw new IllegalStateException(failure);
            }
        }
    }

    /** Copies the batch that {@link #next} announced, field by field, and lets its buffers go. */
    public void take(List<MemorySegment> fields) {
        int slot;
        synchronized (this) {
            slot = (int) (taken % BUFFERS);
        }
        for (int f = 0; f < bytes.length; f++) {
            MemorySegment.copy(buffers[slot][f], 0, fields.get(f), 0, sizes[slot] * bytes[f]);
        }
        synchronized (this) {
            taken++;
            notifyAll();
        }
    }

    private void load(long firstPass, int skip) {
        try {
            boolean more = true;
            for (long pass = firstPass; more; pass++) {
                if (seed == null) {
                    Shuffle.identity(order, rows.size());
                } else {
                    Shuffle.fill(order, rows.size(), seed, pass);
                }
                more = loadPass(pass, pass == firstPass ? skip : 0) && seed != null;
            }
        } catch (Throwable e) {
            synchronized (this) {
                failure = e;
                notifyAll();
            }
        }
    }

    /** False if the feed was closed meanwhile. */
    private boolean loadPass(long pass, int skip) throws InterruptedException {
        for (long from = (long) skip * batch; from < rows.size(); from += batch) {
            int slot = awaitFree();
            if (slot < 0) {
                return false;
            }
            int n = (int) Math.min(batch, rows.size() - from);
            filler.fill(pass, (int) from, n, buffers[slot]);
            sizes[slot] = n;
            synchronized (this) {
                filled++;
                notifyAll();
            }
        }
        return true;
    }

    private synchronized int awaitFree() throws InterruptedException {
        while (filled - taken == BUFFERS && !closed) {
            wait();
        }
        return closed ? -1 : (int) (filled % BUFFERS);
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        boolean interrupted = false;
        while (loader.isAlive()) {
            try {
                loader.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        filler.close();
        arena.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
