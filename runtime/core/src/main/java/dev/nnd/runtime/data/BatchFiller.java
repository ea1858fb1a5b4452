package dev.nnd.runtime.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Encodes and augments the rows of a batch, shared by several threads where that takes long enough to be worth it. What a row
 * becomes depends on nothing but the seed, the pass and the row, so that the number of threads changes nothing.
 */
final class BatchFiller implements AutoCloseable {
    /** A batch that is made faster than that by one thread is made by one thread. */
    private static final long WORTH_NANOS = 1_000_000;

    private final Dataset dataset;
    private final RowSet rows;
    private final @Nullable Long seed;
    private final MemorySegment order;
    private final long[] elements;
    private final @Nullable Mixer mixer;
    private final Filler own;
    private final List<Filler> others = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private long lastNanos;

    // The batch in hand. Guarded by this, as are the fields of Filler.
    private long pass;
    private MemorySegment[] out = {};
    private long round;
    private int busy;
    private boolean closed;

    /**
     * @param seed of the augmentation; null for none
     * @param order the rows' numbers in the split, in the order in which they are read
     */
    BatchFiller(Dataset dataset, RowSet rows, @Nullable Long seed, MemorySegment order, int threads) {
        this.dataset = dataset;
        this.rows = rows;
        this.seed = seed;
        this.order = order;
        this.elements = dataset.fields().stream().mapToLong(FieldSpec::elements).toArray();
        this.mixer = seed == null
                ? null
                : dataset.mixing().map(m -> new Mixer(dataset, m, seed)).orElse(null);
        this.own = new Filler();
        for (int t = 1; t < threads; t++) {
            others.add(new Filler());
        }
    }

    private void startThreads() {
        for (int t = threads.size(); t < others.size(); t++) {
            Filler filler = others.get(t);
            threads.add(Thread.ofPlatform()
                    .daemon()
                    .name("nnd " + dataset.name() + "." + rows.name() + " " + (t + 2))
                    .start(() -> serve(filler)));
        }
    }

    /** Makes the batch of {@code n} rows from {@code from} in the order. */
    void fill(long ofPass, int from, int n, MemorySegment[] into) throws InterruptedException {
        long start = System.nanoTime();
        int sharers = lastNanos < WORTH_NANOS ? 1 : Math.min(n, others.size() + 1);
        int part = Math.ceilDiv(n, sharers);
        if (sharers > 1) {
            startThreads();
        }
        synchronized (this) {
            pass = ofPass;
            out = into;
            round++;
            busy = sharers - 1;
            for (int t = 1; t < sharers; t++) {
                others.get(t - 1).assign(round, from, Math.min(n, t * part), Math.min(n, (t + 1) * part));
            }
            notifyAll();
        }
        own.assign(0, from, 0, Math.min(n, part));
        own.run(ofPass, into);
        synchronized (this) {
            while (busy > 0) {
                wait();
            }
        }
        // What one thread would have taken, more or less.
        lastNanos = (System.nanoTime() - start) * sharers;
        throwFirst(sharers);
        if (mixer != null) {
            mixer.mix(ofPass, from, n, into);
        }
    }

    /** Of several rows that fail, the first in the order is told. */
    private void throwFirst(int sharers) {
        throwFailure(own);
        for (int t = 1; t < sharers; t++) {
            throwFailure(others.get(t - 1));
        }
    }

    private static void throwFailure(Filler filler) {
        switch (filler.failure) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(filler.failure);
        }
    }

    private void serve(Filler filler) {
        long done = 0;
        while (true) {
            long ofPass;
            MemorySegment[] into;
            synchronized (this) {
                while (filler.round == done && !closed) {
                    try {
                        wait();
                    } catch (InterruptedException e) {
                        return;
                    }
                }
                if (closed) {
                    return;
                }
                done = filler.round;
                ofPass = pass;
                into = out;
            }
            filler.run(ofPass, into);
            synchronized (this) {
                busy--;
                notifyAll();
            }
        }
    }

    /** Ends the threads; nothing may be filled at the time. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** One thread's part: its place in the rows, and its numbers of chance. */
    private final class Filler {
        private final RowStore.Cursor row = rows.cursor();
        private @Nullable ExampleDraws draws;
        private long drawsOf = -1;
        private long round;
        private int first;
        private int from;
        private int to;
        private @Nullable Throwable failure;

        void assign(long newRound, int newFirst, int newFrom, int newTo) {
            round = newRound;
            first = newFirst;
            from = newFrom;
            to = newTo;
        }

        void run(long ofPass, MemorySegment[] into) {
            failure = null;
            try {
                if (seed != null && drawsOf != ofPass) {
                    draws = new ExampleDraws(seed, ofPass);
                    drawsOf = ofPass;
                }
                for (int i = from; i < to; i++) {
                    fill(i, into);
                }
            } catch (Throwable e) {
                failure = e;
            }
        }

        private void fill(int i, MemorySegment[] into) {
            int of = rows.row(order.getAtIndex(ValueLayout.JAVA_INT, first + i));
            row.seek(of);
            for (int f = 0; f < into.length; f++) {
                dataset.encode(f, row, into[f], i * elements[f]);
            }
            if (draws != null) {
                draws.row(of);
                dataset.augment(into, i, draws);
            }
        }
    }
}
