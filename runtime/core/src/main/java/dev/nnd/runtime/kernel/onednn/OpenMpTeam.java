package dev.nnd.runtime.kernel.onednn;

import dev.nnd.runtime.foreign.NativeCalls;
import dev.nnd.runtime.kernel.Workers;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The threads of OpenMP, for oneDNN's ops and for work in Java. An op always has its number of threads, or
 * its results might differ; work in Java is done by the caller alone while other callers use the processors. Where the JVM can't
 * call OpenMP, threads of the JVM do the work in Java.
 */
final class OpenMpTeam implements Workers {

    private static final ConcurrentHashMap<Integer, OpenMpTeam> ALL = new ConcurrentHashMap<>();

    /** No more threads of OpenMP than this for each processor, those of the conductors apart. */
    private static final int THREADS_OF_A_PROCESSOR = 4;

    private static final MemorySegment IN_PARALLEL =
            DnnlLibrary.openMpAddress("omp_in_parallel").orElse(MemorySegment.NULL);

    private final int threads;
    private final int mostTeams;
    /** How many callers have their threads at work. */
    private final AtomicInteger active = new AtomicInteger();

    /** As many as there may be conductors. */
    private final Semaphore conducted;

    private final Seats seats;
    private final ArrayDeque<Conductor> idle = new ArrayDeque<>();
    private int conductors;

    private OpenMpTeam(int threads) {
        this.threads = threads;
        int processors = Runtime.getRuntime().availableProcessors();
        mostTeams = Math.max(1, processors / threads);
        conducted = new Semaphore(processors);
        seats = new Seats(threads, Math.max(1, THREADS_OF_A_PROCESSOR * processors / threads));
    }

    /** That of this process for a number of threads, of which the caller is one. */
    static OpenMpTeam of(int threads) {
        return ALL.computeIfAbsent(threads, OpenMpTeam::new);
    }

    @Override
    public int threads() {
        return threads;
    }

    @Override
    public void run(Work task, int parts) {
        if (threads == 1 || parts <= 1) {
            alone(task, parts);
        } else if (!Region.possible()) {
            Workers.of(threads).run(task, parts);
        } else if (active.get() >= mostTeams || inside()) {
            alone(task, parts);
        } else {
            active.incrementAndGet();
            try {
                share(task, parts);
            } finally {
                active.decrementAndGet();
            }
        }
    }

    @Override
    public void runLong(Work task, int parts) {
        boolean shares = threads > 1 && parts > 1 && Region.possible() && active.get() < mostTeams && !inside();
        if (shares && seats.mine() == null) {
            lead(task, parts);
        } else {
            run(task, parts);
        }
    }

    private void share(Work task, int parts) {
        var region = seats.mine();
        if (region == null) {
            alone(task, parts);
        } else {
            region.run(task, parts);
        }
    }

    private static void alone(Work task, int parts) {
        for (int part = 0; part < parts; part++) {
            task.run(part, 0);
        }
    }

    /** Runs a primitive that was made for this number of threads to its end; returns oneDNN's status. */
    int execute(long primitive, long stream, int argumentCount, long arguments) {
        if (!isMine()) {
            return conduct(null, primitive, stream, argumentCount, arguments);
        }
        begin();
        try {
            return DnnlCalls.execute(primitive, stream, argumentCount, arguments);
        } finally {
            end();
        }
    }

    /** Has this number of threads share what calls oneDNN, and returns its status. */
    int execute(IntSupplier call) {
        if (!isMine()) {
            return conduct(call, 0, 0, 0, 0);
        }
        begin();
        try {
            return call.getAsInt();
        } finally {
            end();
        }
    }

    /** Whether the calling thread calls oneDNN itself. */
    private boolean isMine() {
        if (threads == 1) {
            return true;
        }
        if (inside()) {
            throw new IllegalStateException("an op of " + threads + " threads is called by one of several threads");
        }
        return seats.mine() != null;
    }

    private void begin() {
        if (threads > 1) {
            active.incrementAndGet();
        }
        DnnlCalls.threads(threads);
    }

    private void end() {
        if (threads > 1) {
            active.decrementAndGet();
        }
    }

    private int conduct(@Nullable IntSupplier call, long primitive, long stream, int argumentCount, long arguments) {
        var conductor = begun();
        try {
            return conductor.execute(call, primitive, stream, argumentCount, arguments);
        } finally {
            ended(conductor);
        }
    }

    private void lead(Work task, int parts) {
        var conductor = begun();
        try {
            conductor.lead(task, parts);
        } finally {
            ended(conductor);
        }
    }

    private Conductor begun() {
        active.incrementAndGet();
        conducted.acquireUninterruptibly();
        return conductor();
    }

    private void ended(Conductor conductor) {
        synchronized (idle) {
            idle.addFirst(conductor);
        }
        conducted.release();
        active.decrementAndGet();
    }

    /** One that is idle, or a new one. */
    private Conductor conductor() {
        synchronized (idle) {
            if (!idle.isEmpty()) {
                return idle.removeFirst();
            }
            conductors++;
            var conductor = new Conductor(threads, conductors);
            conductor.start();
            return conductor;
        }
    }

    /** Whether the calling thread is in a region already, where nothing can be shared once more. */
    private static boolean inside() {
        return IN_PARALLEL.address() != 0 && (int) NativeCalls.call(IN_PARALLEL, 0, 0, 0, 0) != 0;
    }
}
