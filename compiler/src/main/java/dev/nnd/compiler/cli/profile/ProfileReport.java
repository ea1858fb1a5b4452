package dev.nnd.compiler.cli.profile;

import dev.nnd.runtime.profile.Ceiling;
import dev.nnd.runtime.profile.OpTime;
import java.util.List;

/**
 * A profile ready to be shown.
 *
 * @param title what ran
 * @param runs steps or predictions that were measured
 * @param batch examples in a run; 0 if that is not known
 * @param threads compute threads
 * @param provider the library of kernels
 * @param arenaBytes memory of the bound programs
 * @param parts what a run consists of, in order; together they are the whole
 * @param loaderNanos what the loader alone takes for the examples of all runs; 0 if there is none
 * @param ops times of single ops over all runs, the longest first
 * @param ceiling what the machine can do
 */
public record ProfileReport(
        String title,
        int runs,
        int batch,
        int threads,
        String provider,
        long arenaBytes,
        List<Part> parts,
        long loaderNanos,
        List<OpTime> ops,
        Ceiling ceiling) {

    public ProfileReport {
        parts = List.copyOf(parts);
        ops = List.copyOf(ops);
    }

    /** A part of a run, such as the optimizer; nanoseconds over all runs. */
    public record Part(String name, long nanos) {}

    /** Nanoseconds of all runs. */
    public long nanos() {
        return parts.stream().mapToLong(Part::nanos).sum();
    }

    /** Examples a second, if all runs take so long. */
    long examplesASecond(long nanos) {
        return Math.round((double) batch * runs * 1e9 / Math.max(1, nanos));
    }

    /** Milliseconds of one run. */
    double milliseconds(long nanos) {
        return nanos / 1e6 / runs;
    }

    /** The share of a run, from 0 to 1. */
    double share(long nanos) {
        return (double) nanos / Math.max(1, nanos());
    }

    /** How near an op comes to what the machine can do, by arithmetic or by bytes, whichever is nearer: 0 to about 1. */
    double ofCeiling(OpTime op) {
        return Math.max(op.gigaflops() / ceiling.gigaflops(), op.gigabytes() / ceiling.gigabytes());
    }

    /** True if bytes are what bounds the op, and not arithmetic. */
    boolean boundByMemory(OpTime op) {
        return op.gigabytes() / ceiling.gigabytes() >= op.gigaflops() / ceiling.gigaflops();
    }
}
