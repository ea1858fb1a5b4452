package dev.nnd.runtime.kernel.onednn;

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
        return status;
    }

    @Override
    public void run() {
        DnnlCalls.threads(threads);
        while (true) {
            var served = awaitCaller();
            var wanted = call;
            status =
                    wanted == null ? DnnlCalls.execute(primitive, stream, argumentCount, arguments) : wanted.getAsInt();
            caller = null;
            LockSupport.unpark(served);
        }
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
