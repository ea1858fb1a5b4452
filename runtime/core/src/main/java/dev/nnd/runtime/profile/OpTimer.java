package dev.nnd.runtime.profile;

import dev.nnd.runtime.memory.Tensor;
import java.util.List;

/** Measures one op of one bound program: call {@link #start()} before it runs and {@link #stop()} after. For one thread. */
public final class OpTimer {

    private final Profile.Site site;
    private final long flops;
    private final List<Tensor> operands;
    private long started;
    private long nanos;
    private long calls;

    OpTimer(Profile.Site site, long flops, List<Tensor> operands) {
        this.site = site;
        this.flops = flops;
        this.operands = operands;
    }

    /** The op begins. */
    public void start() {
        started = System.nanoTime();
    }

    /** The op has ended. */
    public void stop() {
        nanos += System.nanoTime() - started;
        calls++;
    }

    void reset() {
        nanos = 0;
        calls = 0;
    }

    Profile.Site site() {
        return site;
    }

    /** What it has measured; the bytes are those of its operands and results, each counted once a call. */
    OpTime time() {
        long bytes = operands.stream().mapToLong(Tensor::storedBytes).sum();
        return new OpTime(site, calls, nanos, calls * flops, calls * bytes);
    }
}
