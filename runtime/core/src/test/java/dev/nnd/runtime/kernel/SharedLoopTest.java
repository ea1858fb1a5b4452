package dev.nnd.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.runtime.SteadyHeap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Loops that threads share. */
class SharedLoopTest {

    @ParameterizedTest
    @CsvSource({"0, 0", "0, 1", "5, 40000", "3, 32771", "0, 65536", "64, 1000001"})
    void rangesCoverTheLoopAndBeginAtWholeVectors(long from, long to) {
        for (int threads = 1; threads <= 4; threads++) {
            var ranges = new ConcurrentSkipListMap<Long, Long>();
            new SharedLoop(Provider.named("java", threads), ranges::put).run(from, to);
            long next = from;
            for (var range : ranges.entrySet()) {
                assertEquals(next, range.getKey());
                assertEquals(0, (range.getKey() - from) % 64);
                next = range.getValue();
            }
            assertEquals(to, next);
            assertTrue(threads > 1 || ranges.size() == 1);
        }
    }

    @ParameterizedTest
    @CsvSource({"1", "2"})
    void nothingIsAllocated(int threads) {
        var done = new AtomicLongArray(1);
        var loop = new SharedLoop(Provider.named("java", threads), (from, to) -> done.addAndGet(0, to - from));
        var runs = new AtomicLong();
        long least = SteadyHeap.bytes(1000, () -> {
            loop.run(0, 100_000);
            runs.incrementAndGet();
        });
        assertEquals(0, least);
        assertEquals(runs.get() * 100_000, done.get(0));
    }

    @Test
    void longLoopsAreSharedAndShortOnesAreNot() {
        var ranges = new ConcurrentSkipListMap<Long, Long>();
        var loop = new SharedLoop(Provider.named("java", 2), ranges::put);
        loop.run(0, 30_000);
        assertEquals(1, ranges.size());
        loop.run(0, 1_000_000);
        assertEquals(8, ranges.size());
    }
}
