package dev.nnd.runtime.program;

import dev.nnd.runtime.NndException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A bounded cache of programs by their free dims, so that a size that comes again is not bound again. At most {@code maximum}
 * are borrowed at a time: a borrower beyond that waits. Those that come back stay for the next borrower of their dims,
 * {@value #KEPT} programs with 256 MiB in all; beyond either, those that were idle longest are closed, but never the
 * last one to come back, however large it is. Borrowing an idle program by one dim allocates nothing. Thread-safe.
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
    /** How many idle programs stay. */
    private static final int KEPT = 32;

    private static final long KEPT_BYTES = 256L << 20;

    private final String owner;
    private final Function<long[], P> factory;
    private final int maximum;
    private final int kept;
    private final long keptBytes;
    private final List<Entry<P>> entries = new ArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** Borrowed, or in the making. */
    private int busy;

    private long clock;
    private boolean closed;

    /**
     * An empty pool.
     *
     * @param owner names the model in messages
     * @param factory makes a program for free dims; called without a lock held
     * @param maximum how many are borrowed at a time, at least 1
     */
    public ProgramPool(String owner, Function<long[], P> factory, int maximum) {
        this(owner, factory, maximum, KEPT, KEPT_BYTES);
    }

    /** One with bounds of its own for what is idle. */
    ProgramPool(String owner, Function<long[], P> factory, int maximum, int kept, long keptBytes) {
        if (maximum < 1) {
            throw new IllegalArgumentException("maximum is " + maximum);
        }
        this.owner = owner;
        this.factory = factory;
        this.maximum = maximum;
        this.kept = kept;
        this.keptBytes = keptBytes;
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

    /** Takes a fitting idle program, or else counts a new one as borrowed and returns null. */
    private @Nullable P take(long @Nullable [] dims, long dim, boolean single) {
        long patience = TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        lock.lock();
        try {
            while (true) {
                if (closed) {
                    throw new NndException(owner + " is closed and can't be used any more.");
                }
                if (busy < maximum) {
                    break;
                }
                if (patience <= 0) {
                    throw tooMany();
                }
                patience = await(patience);
            }
            busy++;
            var idle = idle(dims, dim, single);
            if (idle == null) {
                return null;
            }
            idle.idle = false;
            return idle.program;
        } finally {
            lock.unlock();
        }
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

    private P make(long[] dims) {
        P program = null;
        try {
            program = factory.apply(dims);
        } finally {
            lock.lock();
            try {
                if (program != null) {
                    entries.add(new Entry<>(dims, program));
                } else {
                    busy--;
                    changed.signal();
                }
            } finally {
                lock.unlock();
            }
        }
        return program;
    }

    private void giveBack(P program) {
        List<P> gone = List.of();
        lock.lock();
        try {
            var entry = entryOf(program);
            if (entry == null || entry.idle) {
                throw new IllegalArgumentException("this program was not borrowed from the pool of " + owner);
            }
            entry.idle = true;
            entry.since = clock++;
            if (closed) {
                entries.remove(entry);
                gone = List.of(program);
            } else if (crowded()) {
                gone = makeRoom();
            }
            if (gone.isEmpty()) {
                makeWay();
            }
        } finally {
            lock.unlock();
        }
        if (!gone.isEmpty()) {
            close(gone);
        }
    }

    /** Closes programs before another may be made in their place, so that their memory is not there twice. */
    private void close(List<P> gone) {
        try {
            gone.forEach(Program::close);
        } finally {
            lock.lock();
            try {
                makeWay();
            } finally {
                lock.unlock();
            }
        }
    }

    private void makeWay() {
        busy--;
        changed.signal();
    }

    /** Whether more is idle than stays. */
    private boolean crowded() {
        int idle = 0;
        long bytes = 0;
        for (int i = 0; i < entries.size(); i++) {
            if (entries.get(i).idle) {
                idle++;
                bytes += entries.get(i).program.arenaBytes();
            }
        }
        return idle > 1 && (idle > kept || bytes > keptBytes);
    }

    private List<P> makeRoom() {
        var gone = new ArrayList<P>();
        while (crowded()) {
            var oldest = oldestIdle();
            entries.remove(oldest);
            gone.add(oldest.program);
        }
        return gone;
    }

    private Entry<P> oldestIdle() {
        return entries.stream()
                .filter(e -> e.idle)
                .min(Comparator.comparingLong(e -> e.since))
                .orElseThrow();
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
