package workloads;

import dev.nnd.runtime.kernel.Precision;
import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.profile.Ceiling;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.DoubleAdder;
import tools.jackson.databind.json.JsonMapper;

/** {@code MeasureMachine PACE}: what this machine can do at best, by one thread and by two at once, as a line of JSON. */
public final class MeasureMachine {

    private static final int TRIES = 10;

    /** How much longer than a try the warming up is. */
    private static final int WARM = 10;

    /** Bytes of the three arrays of a triad. */
    private static final Map<String, Integer> LEVELS =
            Map.of("L1", 24 << 10, "L2", 384 << 10, "L3", 6 << 20, "DRAM", 192 << 20);

    /** Bytes of I1's weights, which no cache of a processor of its own holds whole. */
    private static final int SMALL_WEIGHTS = 2_674_728;

    private MeasureMachine() {}

    /** Work of a fixed size. */
    private interface Rate {
        /** Does it so often, and says how many operations or bytes that were. */
        double run(int times);
    }

    public static void main(String[] arguments) throws Exception {
        double seconds = arguments[0].equals("FULL") ? 0.04 : 0.005;
        var figures = new TreeMap<String, Double>();
        // Once to compile what is hot; what counts is the better of both.
        for (int pass = 0; pass < 2; pass++) {
            measure(seconds, figures);
        }
        if (!Float.isFinite(Rates.seen())) {
            throw new IllegalStateException("a sum of small numbers is " + Rates.seen());
        }
        System.out.println(new JsonMapper().writeValueAsString(figures));
        Runtime.getRuntime().halt(0);
    }

    private static void measure(double seconds, Map<String, Double> figures) throws InterruptedException {
        for (int threads = 1; threads <= 2; threads++) {
            better(figures, "fma.f32." + threads, rate(Rates::multiplyAdds, Rates::multiplyAdds, threads, seconds));
            for (var level : LEVELS.entrySet()) {
                try (Arena arena = Arena.ofShared()) {
                    MemorySegment one = filled(arena, level.getValue());
                    MemorySegment two = filled(arena, level.getValue());
                    String name = level.getKey() + "." + threads;
                    better(
                            figures,
                            "triad." + name,
                            rate(n -> Rates.triad(one, n), n -> Rates.triad(two, n), threads, seconds));
                    better(
                            figures,
                            "read." + name,
                            rate(n -> Rates.read(one, n), n -> Rates.read(two, n), threads, seconds));
                }
            }
            try (Arena arena = Arena.ofShared()) {
                MemorySegment one = filled(arena, SMALL_WEIGHTS / threads);
                MemorySegment two = filled(arena, SMALL_WEIGHTS / threads);
                better(
                        figures,
                        "turns." + threads,
                        rate(n -> Rates.readInTurns(one, n), n -> Rates.readInTurns(two, n), threads, seconds));
            }
            Provider provider = Provider.best(threads);
            better(figures, "product.f32." + threads, Ceiling.measure(provider).gigaflops());
            Provider narrow = provider.with(Precision.BF16);
            if (narrow.precision() == Precision.BF16) {
                better(
                        figures,
                        "product.bf16." + threads,
                        Ceiling.measure(narrow).gigaflops());
            }
        }
    }

    private static void better(Map<String, Double> figures, String name, double value) {
        figures.merge(name, value, Math::max);
    }

    private static MemorySegment filled(Arena arena, int bytes) {
        MemorySegment memory = arena.allocate(bytes, 64);
        // Touched, so that pages are there.
        return memory.fill((byte) 0);
    }

    /** The best of several tries, in operations a nanosecond of all threads together. */
    private static double rate(Rate one, Rate two, int threads, double seconds) throws InterruptedException {
        int times = times(one, seconds);
        times(two, seconds);
        double best = 0;
        for (int i = 0; i < TRIES; i++) {
            best = Math.max(best, threads == 1 ? timed(one, times) : together(one, two, times));
        }
        return best;
    }

    /** Warms it up, and says how often it fits into so many seconds. */
    private static int times(Rate rate, double seconds) {
        long begin = System.nanoTime();
        int times = 1;
        while (true) {
            long start = System.nanoTime();
            rate.run(times);
            long now = System.nanoTime();
            if (now - begin > WARM * seconds * 1e9 && now - start > 0.5e9 * seconds) {
                return times;
            }
            times = now - start > 0.5e9 * seconds ? Math.max(1, times / 2) : times * 2;
        }
    }

    private static double timed(Rate rate, int times) {
        long start = System.nanoTime();
        double done = rate.run(times);
        return done / (System.nanoTime() - start);
    }

    private static double together(Rate one, Rate two, int times) throws InterruptedException {
        var sum = new DoubleAdder();
        var ready = new CountDownLatch(2);
        var other = new Thread(() -> sum.add(begun(two, times, ready)));
        other.start();
        sum.add(begun(one, times, ready));
        other.join();
        return sum.sum();
    }

    private static double begun(Rate rate, int times, CountDownLatch ready) {
        ready.countDown();
        while (ready.getCount() > 0) {
            Thread.onSpinWait();
        }
        return timed(rate, times);
    }
}
