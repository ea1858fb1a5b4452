package dev.nnd.runtime.program;

import dev.nnd.runtime.kernel.Workers;
import java.util.ArrayList;
import java.util.List;

/**
 * A scan that is cut at rows: each thread runs all steps for its own ones, so that threads meet once a scan and not at
 * each step. A scan whose rows need one another, or with little work, is one part. How it is cut depends on the sizes and the number of
 * threads alone. Nothing is allocated after the first run.
 */
public final class ScanParts {

    /** Fewer rows make products slow: a weight that was read is used for all of them. */
    private static final int LEAST_ROWS = 8;

    /** Arithmetic of some ten microseconds; a part of less is not worth a meeting. */
    private static final double LEAST_FLOPS = 500_000;

    private final Workers workers;
    private final int rows;
    private final List<ScanLoop> loops = new ArrayList<>();
    private final List<Runnable> blocks = new ArrayList<>();
    private long runs;
    private final Workers.Work work = (part, _) -> run(part);

    ScanParts(Workers workers, int parts, int rows, int steps, boolean reverse) {
        this.workers = workers;
        this.rows = rows;
        for (int part = 0; part < parts; part++) {
            loops.add(new ScanLoop(steps, reverse, parts == 1 ? 0 : first(part, parts)));
        }
    }

    /**
     * How many parts a scan is cut into.
     *
     * @param flops arithmetic of a step
     */
    static int parts(int threads, int rows, int steps, double flops) {
        double most = Math.min((double) rows / LEAST_ROWS, flops * steps / LEAST_FLOPS);
        return (int) Math.max(1, Math.min(threads, most));
    }

    /** How many parts there are. */
    public int count() {
        return loops.size();
    }

    /** How many rows a part has. */
    public int rows(int part) {
        return first(part + 1, count()) - first(part, count());
    }

    private int first(int part, int parts) {
        return (int) ((long) rows * part / parts);
    }

    /** The loop of a part. */
    public ScanLoop loop(int part) {
        return loops.get(part);
    }

    /** What the next part runs at each step; parts in their order. */
    public void block(Runnable block) {
        blocks.add(block);
    }

    /** Runs all steps of all parts. */
    public void run() {
        runs++;
        workers.run(work, loops.size());
    }

    /** How often it ran, counted from the beginning of a run. */
    long runs() {
        return runs;
    }

    private void run(int part) {
        loops.get(part).run(blocks.get(part));
    }
}
