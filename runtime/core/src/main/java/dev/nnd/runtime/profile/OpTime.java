package dev.nnd.runtime.profile;

/**
 * What one op took.
 *
 * @param site which op
 * @param calls how often it ran
 * @param nanos in all
 * @param flops floating-point operations in all calls; a multiply-add counts as two
 * @param bytes that its operands and results take, in all calls: what memory had to move at least, if caches keep nothing
 */
public record OpTime(Profile.Site site, long calls, long nanos, long flops, long bytes) {

    /** The sum for several instances of the same op. */
    OpTime plus(OpTime other) {
        return new OpTime(site, calls + other.calls, nanos + other.nanos, flops + other.flops, bytes + other.bytes);
    }

    /** Floating-point operations in a nanosecond, which are GFLOP/s; 0 for an op that did not run. */
    public double gigaflops() {
        return nanos == 0 ? 0 : (double) flops / nanos;
    }

    /** Bytes in a nanosecond, which are GB/s; 0 for an op that did not run. */
    public double gigabytes() {
        return nanos == 0 ? 0 : (double) bytes / nanos;
    }
}
