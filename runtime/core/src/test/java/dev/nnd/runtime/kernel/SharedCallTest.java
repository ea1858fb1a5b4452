package dev.nnd.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.runtime.SteadyHeap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Calls of generated kernels that threads share. */
class SharedCallTest {

    private static final SharedCall.Kernels NOTHING = (_, _, _, _) -> {};

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "7, 1", "1000, 1", "63, 64", "128, 64", "1000, 64", "1000001, 64"})
    void partsCoverAllAndBeginAtWholeVectors(long all, int aligned) {
        for (int threads : new int[] {1, 2, 3, 5}) {
            var parts = new ConcurrentSkipListMap<Long, Long>();
            SharedCall call = new SharedCall(Workers.of(threads), 1).of((_, _, from, to) -> parts.put(from, to), 0);
            if (aligned == 1) {
                call.rows(all, 1_000_000);
            } else {
                call.elements(all, 1_000_000);
            }
            long next = 0;
            for (var part : parts.entrySet()) {
                assertEquals(next, part.getKey());
                assertEquals(0, part.getKey() % aligned);
                next = part.getValue();
            }
            assertEquals(all, next);
            assertTrue(parts.size() <= 4 * threads);
            assertEquals(threads > 1 && all >= 2 * aligned, parts.size() > 1);
        }
    }

    @Test
    void littleWorkStaysInTheCaller() {
        var parts = new AtomicLong();
        SharedCall.Kernels kernels = (_, _, _, _) -> parts.incrementAndGet();
        var call = new SharedCall(Workers.of(2));
        call.of(kernels, 0).rows(1000, 900_000);
        assertEquals(1, parts.getAndSet(0));
        call.of(kernels, 0).rows(1000, 100_000_000);
        assertEquals(8, parts.getAndSet(0));
    }

    /** What a kernel of two forms did. */
    private static final class TwoForms implements SharedCall.Kernels {

        private final AtomicLong vectors = new AtomicLong();
        private final AtomicLong plain = new AtomicLong();

        @Override
        public void part(int kernel, SharedCall call, long from, long to) {
            vectors.addAndGet(to - from);
        }

        @Override
        public SharedCall.Kernels plain() {
            return (_, _, from, to) -> plain.addAndGet(to - from);
        }
    }

    @Test
    void fewElementsOfSeldomCallsArePlainAndOthersAreNot() {
        var kernels = new TwoForms();
        var call = new SharedCall(Workers.of(1));
        call.of(kernels, 0).elements(4096, 100_000);
        assertEquals(4096, kernels.plain.getAndSet(0));
        call.of(kernels, 0).elements(4096, 10_000_000);
        call.of(kernels, 0).rows(4096, 100_000);
        call.of(kernels, 0).columns(4096, 100_000);
        assertEquals(0, kernels.plain.get());
        assertEquals(3 * 4096, kernels.vectors.get());
    }

    /** A thousand calls in a row are so near to each other, even on a busy machine, that a microsecond is no hundredth. */
    @Test
    void elementsOfFrequentCallsAreVectors() {
        var kernels = new TwoForms();
        var call = new SharedCall(Workers.of(1));
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(600);
        do {
            for (int i = 0; i < 1000; i++) {
                call.of(kernels, 0).elements(4096, 100_000);
            }
            kernels.plain.set(0);
            call.of(kernels, 0).elements(4096, 100_000);
        } while (kernels.plain.get() > 0 && System.nanoTime() < end);
        assertEquals(0, kernels.plain.get());
    }

    /** Adds one to each row in its place: what is done over must not be seen. */
    private static final class Adding implements SharedCall.Kernels {

        private final int[] warmth = new int[1];
        private long parts;

        @Override
        public void part(int kernel, SharedCall call, long from, long to) {
            parts++;
            for (long i = from; i < to; i++) {
                MemorySegment x = call.segment(0);
                x.setAtIndex(ValueLayout.JAVA_INT, i, x.getAtIndex(ValueLayout.JAVA_INT, i) + 1);
            }
        }

        @Override
        public int[] warmth() {
            return warmth;
        }
    }

    @Test
    void aColdKernelIsDoneOverOnCopiesUntilItIsWarm() {
        var kernels = new Adding();
        var call = new SharedCall(Workers.of(1));
        try (var arena = Arena.ofConfined()) {
            MemorySegment x = arena.allocate(4 * 4);
            for (int i = 1; i <= 1000; i++) {
                call.of(kernels, 0).with(x).pureRows(4, 100);
                assertEquals(i, x.getAtIndex(ValueLayout.JAVA_INT, 3));
                assertSame(x, call.segment(0));
            }
            assertTrue(kernels.parts > 1000 + 4);
            kernels.parts = 0;
            kernels.warmth[0] = Integer.MAX_VALUE;
            call.of(kernels, 0).with(x).pureRows(4, 100);
            assertEquals(1, kernels.parts);
        }
    }

    @Test
    void muchWorkIsNotDoneOver() {
        var kernels = new Adding();
        try (var arena = Arena.ofConfined()) {
            MemorySegment x = arena.allocate(4 * 4);
            new SharedCall(Workers.of(1)).of(kernels, 0).with(x).pureRows(4, 1_000_000);
            assertEquals(1, kernels.parts);
        }
    }

    @Test
    void kernelsFindTheirOperands() {
        var segments = new MemorySegment[40];
        for (int i = 0; i < segments.length; i++) {
            segments[i] = MemorySegment.ofAddress(i);
        }
        SharedCall.Kernels kernels = (kernel, call, _, _) -> {
            assertEquals(7, kernel);
            assertEquals("net.nnd:3", call.place());
            for (int i = 0; i < segments.length; i++) {
                assertSame(segments[i], call.segment(i));
                assertEquals(100 + i, call.size(i));
            }
        };
        SharedCall call = new SharedCall(Workers.of(3), 1);
        for (int times = 0; times < 2; times++) {
            call.of(kernels, 7);
            for (int i = 0; i < segments.length; i++) {
                call.with(segments[i]).with(100 + i);
            }
            call.at("net.nnd:3").rows(90, 1_000_000);
        }
    }

    @Test
    void theFailureOfTheFirstPartIsThrownAndTheNextCallWorks() {
        var call = new SharedCall(Workers.of(2), 1);
        SharedCall.Kernels failing = (_, _, from, _) -> {
            if (from >= 10) {
                throw new IllegalArgumentException("row " + from);
            }
        };
        var failure = assertThrows(
                IllegalArgumentException.class, () -> call.of(failing, 0).rows(80, 80));
        assertEquals("row 10", failure.getMessage());
        call.of(NOTHING, 0).rows(80, 80);
    }

    /** Each caller has a call of its own; the workers are all of theirs. */
    @Test
    void manyCallersAtOnce() throws Exception {
        try (var callers = Executors.newFixedThreadPool(4)) {
            var sums = new ArrayList<Future<Long>>();
            for (int caller = 0; caller < 4; caller++) {
                Callable<Long> sum = () -> {
                    var done = new AtomicLong();
                    var call = new SharedCall(Workers.of(2), 1);
                    for (int i = 0; i < 3000; i++) {
                        call.of((_, _, from, to) -> done.addAndGet(to - from), 0)
                                .rows(100, 1_000);
                    }
                    return done.get();
                };
                sums.add(callers.submit(sum));
            }
            for (var sum : sums) {
                assertEquals(300_000, sum.get(1200, TimeUnit.SECONDS));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1", "2"})
    void nothingIsAllocated(int threads) {
        var call = new SharedCall(Workers.of(threads), 1);
        long least = SteadyHeap.bytes(
                5000,
                () -> call.of(NOTHING, 1)
                        .with(MemorySegment.NULL)
                        .with(3)
                        .at("")
                        .rows(100, 1_000));
        assertEquals(0, least);
    }
}
