package dev.nnd.benchmarks;

/**
 * What a generated kernel takes.
 *
 * @param name what it computes
 * @param elements of a call, of which the time is given
 * @param bytes of its operands and results, each once
 * @param nanos of a call
 * @param plainNanos the same by the plain loops of the reference, without native code and without the Vector API; 0 where not measured
 * @param heapBytes that a call allocates
 * @param floor how much faster than the plain loops it has to be
 */
public record KernelTime(
        String name, long elements, long bytes, double nanos, double plainNanos, long heapBytes, double floor) {

    KernelTime with(double plain) {
        return new KernelTime(name, elements, bytes, nanos, plain, heapBytes, floor);
    }

    /** How much faster than plain loops. */
    double ratio() {
        return plainNanos / nanos;
    }

    boolean holds() {
        return ratio() >= floor && heapBytes == 0;
    }
}
