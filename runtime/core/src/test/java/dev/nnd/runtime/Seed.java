package dev.nnd.runtime;

import java.lang.StackWalker.StackFrame;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Seeds of tests that draw their inputs, to be named by what fails. {@code -Dnnd.seed=N} is that seed again. {@code -Dnnd.seeds=N}
 * derives all seeds from N, the test and how many it drew before, whatever runs beside it: the same in each run. Otherwise they are fresh.
 */
public final class Seed {

    private static final StackWalker STACK = StackWalker.getInstance();

    /** How many each test drew. */
    private static final Map<String, AtomicInteger> DRAWN = new ConcurrentHashMap<>();

    private Seed() {}

    public static long fresh() {
        Long again = Long.getLong("nnd.seed");
        return again == null ? next(Long.getLong("nnd.seeds"), test()) : again;
    }

    /** So many, or only that of {@code -Dnnd.seed}. */
    public static LongStream several(int count) {
        Long again = Long.getLong("nnd.seed");
        Long seeds = Long.getLong("nnd.seeds");
        String test = test();
        return again == null
                ? LongStream.of(
                        LongStream.range(0, count).map(i -> next(seeds, test)).toArray())
                : LongStream.of(again);
    }

    private static long next(@Nullable Long seeds, String test) {
        return seeds == null
                ? new Random().nextLong()
                : of(
                        seeds,
                        test,
                        DRAWN.computeIfAbsent(test, t -> new AtomicInteger()).getAndIncrement());
    }

    static long of(long seeds, String test, int count) {
        long hash = seeds;
        for (char letter : (test + '#' + count).toCharArray()) {
            hash = (hash ^ letter) * 0x100000001b3L;
        }
        return new SplittableRandom(hash).nextLong();
    }

    /** The outermost method of ours, which JUnit called: helpers of several tests draw for each of them. */
    private static String test() {
        return STACK.walk(frames -> frames.filter(f -> f.getClassName().startsWith("dev.nnd."))
                        .reduce((inner, outer) -> outer))
                .map(Seed::name)
                .orElse("");
    }

    private static String name(StackFrame frame) {
        return frame.getClassName() + '.' + frame.getMethodName();
    }
}
