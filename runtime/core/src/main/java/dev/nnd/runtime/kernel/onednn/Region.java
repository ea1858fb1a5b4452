package dev.nnd.runtime.kernel.onednn;

import dev.nnd.runtime.foreign.NativeCalls;
import dev.nnd.runtime.kernel.Workers;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Has the OpenMP threads of one calling thread do parts of work in Java: those that oneDNN's ops use when that thread calls
 * them, so that between an op and a loop in Java no thread gives its processor to another. For one run at a time, by its
 * calling thread only. Nothing is allocated in a run.
 */
@SuppressWarnings("restricted") // native code calls what is here
final class Region {

    /** The function with which GCC begins a parallel region. Only on Linux is OpenMP GNU's, and not LLVM's or Microsoft's. */
    private static final MemorySegment PARALLEL = System.getProperty("os.name").startsWith("Linux")
            ? DnnlLibrary.openMpAddress("GOMP_parallel").orElse(MemorySegment.NULL)
            : MemorySegment.NULL;

    private static final int MOST = 1 << 12;

    /** By the number that native code gets. */
    private static final AtomicReferenceArray<@Nullable Region> ALL = new AtomicReferenceArray<>(MOST);

    private static final AtomicInteger NAMED = new AtomicInteger();

    private final int number;
    private final int threads;
    private final AtomicInteger entered = new AtomicInteger();
    /** The parts that nobody has begun: the first one in the upper half, the one behind the last in the lower. */
    private final AtomicLong left = new AtomicLong();

    private @Nullable Thread caller;
    private Workers.@Nullable Work work;
    private int parts;
    private volatile @Nullable Throwable failure;
    private int failedPart;
    private boolean named;

    private Region(int number, int threads) {
        this.number = number;
        this.threads = threads;
    }

    /** Whether threads of OpenMP can do work in Java here. */
    static boolean possible() {
        return PARALLEL.address() != 0;
    }

    /** One for the calling thread; close it with that thread. Null if there are too many. */
    static @Nullable Region open(int threads) {
        for (int i = 0; i < MOST; i++) {
            if (ALL.get(i) == null) {
                var region = new Region(i, threads);
                if (ALL.compareAndSet(i, null, region)) {
                    return region;
                }
            }
        }
        return null;
    }

    /** No thread is in it, nor will be. */
    void close() {
        ALL.set(number, null);
    }

    /** Does all parts. If some fail, the failure of the first of them is thrown once all have ended. */
    void run(Workers.Work task, int count) {
        if (!named) {
            named = true;
            each(Region::name, 0);
        }
        each(task, count);
    }

    private void each(Workers.Work task, int count) {
        failure = null;
        work = task;
        parts = count;
        entered.set(0);
        left.set(count);
        caller = Thread.currentThread();
        NativeCalls.call(PARALLEL, Stub.ADDRESS.address(), number, threads, 0);
        work = null;
        caller = null;
        var failed = failure;
        if (failed != null) {
            throw sneaky(failed);
        }
    }

    /** Each thread of the region is here once. */
    private void member() {
        int slot = entered.getAndIncrement();
        var task = work;
        if (task == null || slot >= threads) {
            return;
        }
        if (parts == 0) {
            task.run(0, slot);
        }
        boolean first = Thread.currentThread().equals(caller);
        for (int part = next(first); part >= 0; part = next(first)) {
            try {
                task.run(part, slot);
            } catch (Throwable failed) {
                keep(part, failed);
            }
        }
    }

    /**
     * The next part that the calling thread is to do, negative if none is left. The caller begins at the first part and the others at the last, so that
     * of two threads each mostly does the same ones in every run and finds what they read in its own cache.
     */
    private int next(boolean first) {
        while (true) {
            long seen = left.get();
            int from = (int) (seen >>> Integer.SIZE);
            int to = (int) seen;
            if (from >= to) {
                return -1;
            }
            if (left.compareAndSet(seen, first ? seen + (1L << Integer.SIZE) : seen - 1)) {
                return first ? from : to - 1;
            }
        }
    }

    private synchronized void keep(int part, Throwable failed) {
        if (failure == null || part < failedPart) {
            failedPart = part;
            failure = failed;
        }
    }

    /** A thread that the JVM did not make has a name that says nothing. */
    private static void name(int part, int slot) {
        var thread = Thread.currentThread();
        if (thread.isDaemon() && thread.getName().startsWith("Thread-")) {
            thread.setName("nnd-openmp-" + NAMED.incrementAndGet());
        }
    }

    /** What native code calls, in each thread of a region. An exception that left it would end the process. */
    @SuppressWarnings("UnusedMethod") // by its name
    private static void enter(long number) {
        var region = ALL.get((int) number);
        if (region != null) {
            try {
                region.member();
            } catch (Throwable failed) {
                region.keep(0, failed);
            }
        }
    }

    @SuppressWarnings("unchecked")
    static <T extends Throwable> RuntimeException sneaky(Throwable failed) throws T {
        throw (T) failed;
    }

    /** Made when it is needed first: that takes milliseconds, and a program for one thread does not need it. */
    private static final class Stub {

        private static final MemorySegment ADDRESS = make();

        private static MemorySegment make() {
            try {
                var enter = MethodHandles.lookup()
                        .findStatic(Region.class, "enter", MethodType.methodType(void.class, long.class));
                return Linker.nativeLinker()
                        .upcallStub(enter, FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG), Arena.global());
            } catch (ReflectiveOperationException impossible) {
                throw new AssertionError(impossible);
            }
        }
    }
}
