package dev.nnd.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/** Runs steps: some to compare numbers, some to warm up, then those that count. */
final class Stopwatch {

    static final int CHECKED_STEPS = 5;
    private static final int SAMPLE = 32;
    private static final int MOST_STEPS = 20_000;
    private static final double MILLION = 1e6;

    private final Session session;
    private final Network network;
    private final Pace pace;
    private final Batch[] batches;
    private final long[] nanos = new long[MOST_STEPS];
    private final long[] bytes = new long[MOST_STEPS];
    private long at;
    private long begin;
    private double sum;
    private double heapBytesPerStep;

    Stopwatch(Session session, Workload workload, Pace pace) {
        this.session = session;
        this.pace = pace;
        this.network = workload.network();
        batches = new Batch[Batch.POOL];
        for (int i = 0; i < batches.length; i++) {
            batches[i] = Batch.of(workload, i);
        }
    }

    private double step() throws Exception {
        Batch batch = batches[(int) (at % batches.length)];
        batch.drawLabels(network.classes(), at++);
        return session.step(batch);
    }

    /** The losses of the first steps, or evenly spaced outputs of the first predictions. */
    double[] check() throws Exception {
        begin = System.nanoTime();
        if (network.training()) {
            var losses = new double[CHECKED_STEPS];
            for (int i = 0; i < losses.length; i++) {
                losses[i] = step();
            }
            return losses;
        }
        var sample = new double[0];
        for (int i = 0; i < batches.length; i++) {
            step();
            sample = append(sample, session.outputs());
        }
        return sample;
    }

    private static double[] append(double[] sample, float[] outputs) {
        int count = Math.min(SAMPLE, outputs.length);
        double[] longer = Arrays.copyOf(sample, sample.length + count);
        for (int i = 0; i < count; i++) {
            longer[sample.length + i] = outputs[(int) ((long) i * outputs.length / count)];
        }
        return longer;
    }

    /** Steps until the pace calls it warm; those that were compared count. */
    int warmUp() throws Exception {
        while (!pace.warm((int) at, (System.nanoTime() - begin) / (1000 * MILLION))) {
            sum += step();
        }
        return (int) at;
    }

    /** Steps until the pace has enough. */
    Measurement.Times measure(int warmUpSteps) throws Exception {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long processor = system.getProcessCpuTime();
        long start = System.nanoTime();
        int steps = 0;
        while (steps < MOST_STEPS) {
            double seconds = (System.nanoTime() - start) / (1000 * MILLION);
            if (pace.enough(steps, seconds)) {
                break;
            }
            long allocated = threads.getCurrentThreadAllocatedBytes();
            long before = System.nanoTime();
            sum += step();
            nanos[steps] = System.nanoTime() - before;
            bytes[steps++] = threads.getCurrentThreadAllocatedBytes() - allocated;
        }
        double used = (system.getProcessCpuTime() - processor) / MILLION / steps;
        heapBytesPerStep = sorted(bytes, steps)[steps / 2];
        long[] times = sorted(nanos, steps);
        double middle = (times[(steps - 1) / 2] + times[steps / 2]) / 2.0;
        return new Measurement.Times(
                warmUpSteps, steps, middle / MILLION, times[0] / MILLION, times[steps - 1] / MILLION, used);
    }

    private static long[] sorted(long[] values, int count) {
        long[] copy = Arrays.copyOf(values, count);
        Arrays.sort(copy);
        return copy;
    }

    /** Heap bytes that this thread has allocated in a step, the middle one of those that were measured. */
    double heapBytesPerStep() {
        return heapBytesPerStep;
    }

    /** The sum of all results: a number only if each of them was one. */
    double sum() {
        return sum;
    }
}
