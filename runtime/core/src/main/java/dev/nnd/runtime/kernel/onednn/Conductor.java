package dev.nnd.runtime.kernel.onednn;

import dev.nnd.runtime.kernel.Workers;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** A thread that calls ops for callers without OpenMP threads of their own, one at a time. Nothing is allocated in a call. */
final class Conductor extends Thread {

    private static final long WATCH_NANOS = 20_000;
    private static final int LOOKS = 100;

    private final int threads;
    private volatile @Nullable Thread caller;
    private @Nullable IntSupplier call;
    private long primitive;
    private long stream;
    private int argumentCount;
    private long arguments;
    private int status;
    private Workers.@Nullable Work task;
    private int parts;
    private @Nullable Region region;
    private @Nullable Throwable failure;

    /** Calls ops that so many threads share. */
    Conductor(int threads, int number) {
        super("nnd-conductor-" + number);
        this.threads = threads;
        setDaemon(true);
    }

    /** Runs a call, or else a primitive to its end; returns oneDNN's status. For one caller at a time. */
    int execute(@Nullable IntSupplier call, long primitive, long stream, int argumentCount, long arguments) {
        this.call = call;
        this.primitive = primitive;
        this.stream = stream;
        this.argumentCount = argumentCount;
        this.arguments = arguments;
        await();
        return status;
    }

    /** Has its threads do parts of work in Java. For one caller at a time. */
    void lead(Workers.Work work, int count) {
        task = work;
        parts = count;
        failure = null;
        await();
        task = null;
        var failed = failure;
        if (failed != null) {
            throw Region.sneaky(failed);
        }
    }

    private void await() {
        caller = Thread.currentThread();
        LockSupport.unpark(this);
        boolean interrupted = false;
        while (caller != null) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void run() {
        DnnlCalls.threads(threads);
        while (true) {
            var served = awaitCaller();
            var work = task;
            if (work == null) {
                var wanted = call;
                status = wanted == null
                        ? DnnlCalls.execute(primitive, stream, argumentCount, arguments)
                        : wanted.getAsInt();
            } else {
                lead(work);
            }
            caller = null;
            LockSupport.unpark(served);
        }
    }

    private void lead(Workers.Work work) {
        try {
            var mine = region == null ? Region.open(threads) : region;
            region = mine;
            if (mine == null) {
                Workers.of(1).run(work, parts);
            } else {
                mine.run(work, parts);
            }
        } catch (Throwable failed) {
            failure = failed;
        }
        // An op of one thread may have been called here: the number is this thread's.
        DnnlCalls.threads(threads);
    }

    private Thread awaitCaller() {
        long end = System.nanoTime() + WATCH_NANOS;
        while (true) {
            for (int i = 0; i < LOOKS; i++) {
                var seen = caller;
                if (seen != null) {
                    return seen;
                }
                Thread.onSpinWait();
            }
            if (System.nanoTime() > end) {
                LockSupport.park(this);
                Thread.interrupted();
            }
        }
    }
}
