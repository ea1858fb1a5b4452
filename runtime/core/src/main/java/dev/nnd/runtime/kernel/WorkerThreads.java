package dev.nnd.runtime.kernel;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Threads of the JVM that help one caller at a time; a second caller meanwhile does its parts alone. A helper that the machine
 * does not let run delays nothing. Idle helpers watch for work for some microseconds and then sleep.
 */
final class WorkerThreads implements Workers {

    private static final ConcurrentHashMap<Integer, WorkerThreads> ALL = new ConcurrentHashMap<>();

    /** How long an idle helper watches before it sleeps: some times what waking it costs. */
    private static final long WATCH_NANOS = 30_000;

    /** How many times a waiting thread looks between two looks at the clock. */
    private static final int LOOKS = 100;

    private static final int PART_BITS = 20;
    private static final long MOST_PARTS = (1L << PART_BITS) - 1;

    private final int threads;
    private final Worker[] workers;
    private final AtomicBoolean busy = new AtomicBoolean();

    /** Which run it is, how many parts it has, and which is the next: in one number, so that a part is taken at once. */
    private final AtomicLong state = new AtomicLong();

    private final AtomicInteger undone = new AtomicInteger();
    private volatile @Nullable Work work;
    private volatile @Nullable Thread waiting;
    private volatile @Nullable Throwable failure;
    private int failedPart;

    private WorkerThreads(int threads) {
        this.threads = threads;
        workers = new Worker[threads - 1];
    }

    /** Those of this process for a number of threads. */
    static WorkerThreads of(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads is " + threads);
        }
        return ALL.computeIfAbsent(threads, WorkerThreads::new);
    }

    @Override
    public int threads() {
        return threads;
    }

    @Override
    public void run(Work task, int parts) {
        if (threads == 1 || parts <= 1 || !busy.compareAndSet(false, true)) {
            for (int part = 0; part < parts; part++) {
                task.run(part, 0);
            }
            return;
        }
        try {
            share(task, parts);
        } finally {
            work = null;
            busy.set(false);
        }
    }

    private void share(Work task, int parts) {
        if (parts > MOST_PARTS) {
            throw new IllegalArgumentException(parts + " parts");
        }
        failure = null;
        work = task;
        undone.set(parts);
        long run = (state.get() >>> 2 * PART_BITS) + 1;
        state.set(run << 2 * PART_BITS | (long) parts << PART_BITS);
        wake(Math.min(parts, threads) - 1);
        takeParts(0);
        awaitOthers();
        var failed = failure;
        if (failed != null) {
            throw sneaky(failed);
        }
    }

    private void wake(int count) {
        for (int i = 0; i < count; i++) {
            if (workers[i] == null) {
                workers[i] = new Worker(i + 1);
                workers[i].start();
            } else if (workers[i].asleep) {
                LockSupport.unpark(workers[i]);
            }
        }
    }

    /** Does parts as long as there are some. */
    private void takeParts(int slot) {
        while (true) {
            long seen = state.get();
            int next = (int) (seen & MOST_PARTS);
            if (next >= (seen >>> PART_BITS & MOST_PARTS)) {
                return;
            }
            if (state.compareAndSet(seen, seen + 1)) {
                part(next, slot);
            }
        }
    }

    @SuppressWarnings({"NullAway", "Finally"}) // there is work as long as a part of it is undone
    private void part(int part, int slot) {
        try {
            work.run(part, slot);
        } catch (Throwable failed) {
            keep(part, failed);
        } finally {
            if (undone.decrementAndGet() == 0) {
                LockSupport.unpark(waiting);
            }
        }
    }

    private synchronized void keep(int part, Throwable failed) {
        if (failure == null || part < failedPart) {
            failure = failed;
            failedPart = part;
        }
    }

    private void awaitOthers() {
        long end = System.nanoTime() + WATCH_NANOS;
        while (undone.get() > 0) {
            for (int i = 0; i < LOOKS && undone.get() > 0; i++) {
                Thread.onSpinWait();
            }
            if (undone.get() > 0 && System.nanoTime() > end) {
                waiting = Thread.currentThread();
                while (undone.get() > 0) {
                    LockSupport.park(this);
                }
                waiting = null;
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> RuntimeException sneaky(Throwable failed) throws T {
        throw (T) failed;
    }

    /** Takes parts for ever. */
    private final class Worker extends Thread {

        private final int slot;
        private volatile boolean asleep;

        private Worker(int slot) {
            super("nnd-worker-" + slot);
            this.slot = slot;
            setDaemon(true);
        }

        @Override
        public void run() {
            while (true) {
                takeParts(slot);
                awaitWork();
            }
        }

        private boolean idle() {
            long seen = state.get();
            return (seen & MOST_PARTS) >= (seen >>> PART_BITS & MOST_PARTS);
        }

        private void awaitWork() {
            long end = System.nanoTime() + WATCH_NANOS;
            while (idle()) {
                for (int i = 0; i < LOOKS && idle(); i++) {
                    Thread.onSpinWait();
                }
                if (idle() && System.nanoTime() > end) {
                    asleep = true;
                    while (idle()) {
                        LockSupport.park(WorkerThreads.this);
                        Thread.interrupted();
                    }
                    asleep = false;
                }
            }
        }
    }
}
