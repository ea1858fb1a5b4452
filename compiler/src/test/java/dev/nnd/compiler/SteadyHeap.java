package dev.nnd.compiler;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * What code takes from the heap once it is compiled: until then it makes objects that a compiler sees through. When compilers are
 * done depends on what else the machine does, so they get processor time and not a number of runs or seconds.
 */
public final class SteadyHeap {

    /** Of all threads of this process, those that compile among them. */
    private static final long PATIENCE_NANOS = 240_000_000_000L;

    private SteadyHeap() {}

    /** The least number of bytes that this thread takes in so many runs; the runs go on until they take nothing or patience ends. */
    public static long bytes(int runs, Runnable run) {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long end = system.getProcessCpuTime() + PATIENCE_NANOS;
        long least = Long.MAX_VALUE;
        do {
            long before = threads.getCurrentThreadAllocatedBytes();
            long asking = threads.getCurrentThreadAllocatedBytes() - before;
            before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < runs; i++) {
                run.run();
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before - asking);
        } while (least > 0 && system.getProcessCpuTime() < end);
        return least;
    }
}
