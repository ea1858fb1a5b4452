package dev.nnd.runtime.program;

import dev.nnd.runtime.NndException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A bounded cache of programs by their free dims. At most {@code maximum} exist at a time; if all are borrowed, a
 * borrower waits, and if an idle one has other dims, the one that was idle longest makes room. Borrowing an idle
 * program by one dim allocates nothing. Thread-safe.
 */
public final class ProgramPool<P extends Program> implements AutoCloseable {

    private static final class Entry<P> {
        private final long[] dims;
        private final P program;
        private boolean idle;
        private long since;

        private Entry(long[] dims, P program) {
            this.dims = dims;
            this.program = program;
        }
    }

    private static final long PATIENCE_SECONDS = 60;

    private final String owner;
    private final Function<long[], P> factory;
    private final int maximum;
    private final List<Entry<P>> entries = new ArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private int inTheMaking;
    private long clock;
    private boolean closed;

    /**
     * An empty pool.
     *
     * @param owner names the model in messages
     * @param factory makes a program for free dims; called without a lock held
     * @param maximum at least 1
     */
    public ProgramPool(String owner, Function<long[], P> factory, int maximum) {
        if (maximum < 1) {
            throw new IllegalArgumentException("maximum is " + maximum);
        }
        this.owner = owner;
        this.factory = factory;
        this.maximum = maximum;
    }

    /**
     * An idle program for these free dims, or a new one. Give it back.
     *
     * @throws NndException if the pool is closed, or all programs stay borrowed for a minute
     */
    public P borrow(long... freeDims) {
        P idle = take(freeDims, 0, false);
        return idle != null ? idle : make(freeDims.clone());
    }

    /** The same for one free dim, without an array. */
    public P borrow(long freeDim) {
        P idle = take(null, freeDim, true);
        return idle != null ? idle : make(new long[] {freeDim});
    }

    /** Makes a borrowed program available again. */
    public void giveBack(P program, long... freeDims) {
        giveBack(program);
    }

    /** The same for one free dim, without an array. */
    public void giveBack(P program, long freeDim) {
        giveBack(program);
    }

    /** Takes a fitting idle program, or else reserves room for a new one and returns null. */
    private @Nullable P take(long @Nullable [] dims, long dim, boolean single) {
        long patience = TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        P evicted = null;
        lock.lock();
        try {
            while (true) {
                if (closed) {
                    throw new NndException(owner + " is closed and can't be used any more.");
                }
                var idle = idle(dims, dim, single);
                if (idle != null) {
                    idle.idle = false;
                    return idle.program;
                }
                if (entries.size() + inTheMaking < maximum) {
                    break;
                }
                var oldest = oldestIdle();
                if (oldest != null) {
                    entries.remove(oldest);
                    evicted = oldest.program;
                    break;
                }
                if (patience <= 0) {
                    throw tooMany();
                }
                patience = await(patience);
            }
            inTheMaking++;
        } finally {
            lock.unlock();
        }
        if (evicted != null) {
            evicted.close();
        }
        return null;
    }

    private long await(long nanos) {
        try {
            return changed.awaitNanos(nanos);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new NndException("Waiting for a program of " + owner + " was interrupted.", interrupted);
        }
    }

    private NndException tooMany() {
        return new NndException(
                "All " + maximum + " programs of " + owner + " are in use, and none came back in " + PATIENCE_SECONDS
                        + " seconds.",
                "close every call when it is done",
                null);
    }

    private @Nullable Entry<P> idle(long @Nullable [] dims, long dim, boolean single) {
        for (int i = 0; i < entries.size(); i++) {
            var entry = entries.get(i);
            boolean fits = single ? entry.dims.length == 1 && entry.dims[0] == dim : Arrays.equals(entry.dims, dims);
            if (entry.idle && fits) {
                return entry;
            }
        }
        return null;
    }

    private @Nullable Entry<P> oldestIdle() {
        Entry<P> oldest = null;
        for (var entry : entries) {
            if (entry.idle && (oldest == null || entry.since < oldest.since)) {
                oldest = entry;
            }
        }
        return oldest;
    }

    private P make(long[] dims) {
        P program = null;
        try {
            program = factory.apply(dims);
        } finally {
            lock.lock();
            try {
                inTheMaking--;
                if (program != null) {
                    entries.add(new Entry<>(dims, program));
                }
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
        return program;
    }

    private void giveBack(P program) {
        lock.lock();
        try {
            var entry = entryOf(program);
            if (entry == null || entry.idle) {
                throw new IllegalArgumentException("this program was not borrowed from the pool of " + owner);
            }
            if (!closed) {
                entry.idle = true;
                entry.since = clock++;
                changed.signal();
                return;
            }
            entries.remove(entry);
        } finally {
            lock.unlock();
        }
        program.close();
    }

    @SuppressWarnings("ReferenceEquality") // the same program, not an equal one
    private @Nullable Entry<P> entryOf(P program) {
        for (int i = 0; i < entries.size(); i++) {
            if (entries.get(i).program == program) {
                return entries.get(i);
            }
        }
        return null;
    }

    /** Closes idle programs now and borrowed ones when they come back. */
    @Override
    public void close() {
        var idle = new ArrayList<P>();
        lock.lock();
        try {
            closed = true;
            entries.stream().filter(entry -> entry.idle).forEach(entry -> idle.add(entry.program));
            entries.removeIf(entry -> entry.idle);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        idle.forEach(Program::close);
    }
}
