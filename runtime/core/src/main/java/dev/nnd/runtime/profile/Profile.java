package dev.nnd.runtime.profile;

import dev.nnd.runtime.memory.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * Collects the times of ops. Programs compiled for profiling report to the profile that was {@linkplain #CURRENT current}
 * in the thread that bound them, or to none. For one thread.
 */
public final class Profile {

    /**
     * Which op.
     *
     * @param program the class that runs it
     * @param op its name there
     * @param kind what computes it, such as {@code convolution}, or {@code kernel} for generated code
     * @param place file and line of the text it comes from
     */
    public record Site(String program, String op, String kind, String place) {}

    /** The profile that newly bound programs of this thread report to. */
    public static final ScopedValue<Profile> CURRENT = ScopedValue.newInstance();

    private final List<OpTimer> timers = new ArrayList<>();

    /** An empty profile. */
    public Profile() {}

    /**
     * A timer for an op of a program that is being bound; generated constructors call this.
     *
     * @param flops floating-point operations of one call
     * @param operands what it reads and writes
     */
    public static OpTimer timer(String program, String op, String kind, String place, long flops, Tensor... operands) {
        var timer = new OpTimer(new Site(program, op, kind, place), flops, List.of(operands));
        if (CURRENT.isBound()) {
            CURRENT.get().timers.add(timer);
        }
        return timer;
    }

    /** Forgets all times, such as those of the first runs. */
    public void reset() {
        timers.forEach(OpTimer::reset);
    }

    /** The ops that ran, the longest first. Instances of the same op, as of a block that is used twice, are one entry. */
    public List<OpTime> times() {
        var sums = new LinkedHashMap<Site, OpTime>();
        for (var timer : timers) {
            var time = timer.time();
            if (time.calls() > 0) {
                sums.merge(timer.site(), time, OpTime::plus);
            }
        }
        return sums.values().stream()
                .sorted(Comparator.comparingLong(OpTime::nanos).reversed())
                .toList();
    }
}
