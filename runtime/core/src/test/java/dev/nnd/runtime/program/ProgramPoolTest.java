package dev.nnd.runtime.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.SteadyHeap;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ProgramPoolTest {

    private final AtomicInteger made = new AtomicInteger();
    private final AtomicInteger alive = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();

    private final class Counted implements Program {
        private final AtomicInteger users = new AtomicInteger();
        private final long bytes;

        private Counted(long bytes) {
            this.bytes = bytes;
        }

        @Override
        public void run() {
            assertEquals(1, users.incrementAndGet(), "two threads have the same program");
            Thread.onSpinWait();
            users.decrementAndGet();
        }

        @Override
        public long arenaBytes() {
            return bytes;
        }

        @Override
        public void close() {
            alive.decrementAndGet();
        }
    }

    private ProgramPool<Counted> pool(int maximum) {
        return pool(maximum, maximum, Long.MAX_VALUE);
    }

    private ProgramPool<Counted> pool(int maximum, int kept, long keptBytes) {
        return new ProgramPool<>(
                "Test",
                dims -> {
                    made.incrementAndGet();
                    most.accumulateAndGet(alive.incrementAndGet(), Math::max);
                    return new Counted(dims[0]);
                },
                maximum,
                kept,
                keptBytes);
    }

    private static void use(ProgramPool<Counted> pool, long dim) {
        var program = pool.borrow(dim);
        program.run();
        pool.giveBack(program, dim);
    }

    /** One thread is served without making a program twice while the sizes that come are not more than are kept. */
    @Test
    void sizesThatComeAgainAreNotBoundAgain() {
        try (var pool = pool(1, 8, Long.MAX_VALUE)) {
            for (int i = 0; i < 800; i++) {
                use(pool, i % 8);
            }
            assertEquals(8, made.get());
            for (int i = 0; i < 1000; i++) {
                use(pool, 100 + i);
            }
            assertEquals(1008, made.get());
            assertTrue(most.get() <= 9, "alive at once: " + most);
            assertEquals(8, alive.get());
        }
        assertEquals(0, alive.get());
    }

    /** Arenas here have as many bytes as the dim says. */
    @Test
    void idleProgramsStayWithinTheirBytesExceptTheLast() {
        try (var pool = pool(2, 100, 1000)) {
            for (long dim = 1; dim <= 200; dim++) {
                use(pool, dim);
            }
            assertEquals(5, alive.get(), "200 + 199 + 198 + 197 + 196 bytes");
            use(pool, 5000);
            assertEquals(1, alive.get());
            use(pool, 5000);
            assertEquals(201, made.get());
            use(pool, 10);
            assertEquals(1, alive.get());
        }
    }

    @Test
    void reusesByFreeDimsAndMakesRoomForOthers() {
        try (var pool = pool(2)) {
            var one = pool.borrow(1);
            pool.giveBack(one, 1);
            assertSame(one, pool.borrow(1));
            pool.giveBack(one, 1);
            var two = pool.borrow(2);
            assertNotSame(one, two);
            pool.giveBack(two, 2);
            pool.giveBack(pool.borrow(3, 4), 3, 4);
            assertEquals(3, made.get());
            assertEquals(2, alive.get());
            assertSame(two, pool.borrow(2), "the one that was idle longest had to go");
            assertThrows(IllegalArgumentException.class, () -> pool.giveBack(one, 1));
            pool.giveBack(two, 2);
            assertThrows(IllegalArgumentException.class, () -> pool.giveBack(two, 2));
        }
        assertEquals(0, alive.get());
    }

    @Test
    void neverHasMoreThanIsBorrowedAndKeptAndNeverSharesOne() throws InterruptedException, ExecutionException {
        try (var pool = pool(3);
                var threads = Executors.newFixedThreadPool(8)) {
            var tasks = new ArrayList<Callable<Void>>();
            for (int t = 0; t < 8; t++) {
                int thread = t;
                tasks.add(() -> {
                    for (int i = 0; i < 2000; i++) {
                        long dim = (thread + i / 100) % 4;
                        var program = pool.borrow(dim);
                        program.run();
                        pool.giveBack(program, dim);
                    }
                    return null;
                });
            }
            for (var done : threads.invokeAll(tasks)) {
                done.get();
            }
        }
        assertTrue(most.get() <= 3 + 3, "alive at once: " + most);
        assertEquals(0, alive.get());
    }

    @Test
    void aBorrowedProgramIsClosedWhenItComesBackToAClosedPool() {
        var pool = pool(2);
        var program = pool.borrow(1);
        pool.close();
        assertEquals(1, alive.get());
        pool.giveBack(program, 1);
        assertEquals(0, alive.get());
        assertTrue(assertThrows(NndException.class, () -> pool.borrow(1))
                .getMessage()
                .contains("Test is closed"));
    }

    @Test
    void aFailingFactoryLeavesRoom() {
        var failing = new ProgramPool<Counted>(
                "Test",
                dims -> {
                    throw new NndException("no memory");
                },
                1);
        for (int i = 0; i < 3; i++) {
            assertThrows(NndException.class, () -> failing.borrow(1));
        }
        failing.close();
    }

    @Test
    void borrowingAnIdleProgramAllocatesNothing() {
        try (var pool = pool(2)) {
            assertEquals(0, SteadyHeap.bytes(1000, () -> pool.giveBack(pool.borrow(64), 64)));
        }
    }
}
