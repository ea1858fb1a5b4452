package dev.nnd.runtime.kernel.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.nnd.runtime.SteadyHeap;
import dev.nnd.runtime.kernel.Workers;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 1200, unit = TimeUnit.SECONDS)
class OpenMpTeamTest {

    @BeforeEach
    void oneDnnIsHere() {
        assumeTrue(OneDnnProvider.failure().isEmpty());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void doesEachPartOnceInASlotOfItsOwn(int threads) {
        Workers workers = OpenMpTeam.of(threads);
        assertSame(workers, OpenMpTeam.of(threads));
        assertEquals(threads, workers.threads());
        for (int parts = 0; parts < 40; parts++) {
            var done = new AtomicIntegerArray(parts);
            var occupied = new AtomicIntegerArray(threads);
            workers.run(
                    (part, slot) -> {
                        assertEquals(1, occupied.incrementAndGet(slot));
                        done.incrementAndGet(part);
                        occupied.decrementAndGet(slot);
                    },
                    parts);
            for (int part = 0; part < parts; part++) {
                assertEquals(1, done.get(part), "part " + part + " of " + parts);
            }
        }
    }

    /** An exception that left native code would end the process. */
    @Test
    void theFirstFailureIsThrownWhenAllHaveEnded() {
        Workers workers = OpenMpTeam.of(3);
        var done = new AtomicIntegerArray(9);
        var failure = assertThrows(
                StackOverflowError.class,
                () -> workers.run(
                        (part, slot) -> {
                            done.incrementAndGet(part);
                            if (part == 3) {
                                throw new StackOverflowError("part " + part);
                            }
                            if (part > 3) {
                                throw new IllegalStateException("part " + part);
                            }
                        },
                        9));
        assertEquals("part 3", failure.getMessage());
        for (int part = 0; part < 9; part++) {
            assertEquals(1, done.get(part));
        }
        workers.run((part, slot) -> done.incrementAndGet(part), 9);
        assertEquals(2, done.get(8));
    }

    @Test
    void manyCallersAndNestedRunsComeToAnEnd() throws InterruptedException, ExecutionException {
        Workers workers = OpenMpTeam.of(2);
        try (var callers = Executors.newFixedThreadPool(8)) {
            var calls = new ArrayList<Future<Integer>>();
            for (int caller = 0; caller < 8; caller++) {
                Callable<Integer> call = () -> {
                    var done = new AtomicIntegerArray(16);
                    for (int i = 0; i < 1000; i++) {
                        workers.run(
                                (outer, slot) ->
                                        workers.run((inner, innerSlot) -> done.incrementAndGet(4 * outer + inner), 4),
                                4);
                    }
                    return done.get(0) + done.get(15);
                };
                calls.add(callers.submit(call));
            }
            for (var call : calls) {
                assertEquals(2000, call.get());
            }
        }
    }

    /** Callers that come and go: a seat is free once its caller has ended. */
    @Test
    void shortLivedCallersShareAsWell() throws InterruptedException {
        assumeTrue(Region.possible());
        var team = OpenMpTeam.of(2);
        Set<String> failed = ConcurrentHashMap.newKeySet();
        for (int i = 0; i < 200; i++) {
            var caller = new Thread(() -> {
                var both = new CountDownLatch(2);
                try {
                    team.run((part, slot) -> meet(both), 2);
                } catch (IllegalStateException alone) {
                    failed.add(String.valueOf(alone.getMessage()));
                }
            });
            caller.start();
            caller.join();
        }
        assertEquals(Set.of(), failed);
    }

    @Test
    void helpersReallyHelpUnderAName() {
        assumeTrue(Region.possible());
        Set<String> names = ConcurrentHashMap.newKeySet();
        var daemons = new AtomicBoolean(true);
        var both = new CountDownLatch(2);
        OpenMpTeam.of(2)
                .run(
                        (part, slot) -> {
                            meet(both);
                            if (Thread.currentThread().getName().startsWith("nnd-openmp-")) {
                                names.add(Thread.currentThread().getName());
                                daemons.set(Thread.currentThread().isDaemon());
                            }
                        },
                        2);
        assertEquals(1, names.size(), names.toString());
        assertTrue(daemons.get());
    }

    private static void meet(CountDownLatch both) {
        both.countDown();
        try {
            if (!both.await(300, TimeUnit.SECONDS)) {
                throw new IllegalStateException("no two parts ran at the same time");
            }
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    @Test
    void idleThreadsSleep() throws InterruptedException {
        assumeTrue(Region.possible());
        Set<Thread> members = ConcurrentHashMap.newKeySet();
        var both = new CountDownLatch(2);
        OpenMpTeam.of(2)
                .run(
                        (part, slot) -> {
                            members.add(Thread.currentThread());
                            meet(both);
                        },
                        2);
        members.remove(Thread.currentThread());
        assertEquals(1, members.size(), members.toString());
        long helper = members.iterator().next().threadId();
        var bean = ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 600 && least > TimeUnit.MILLISECONDS.toNanos(20); i++) {
            long before = bean.getThreadCpuTime(helper);
            assertTrue(before > 0);
            Thread.sleep(50);
            least = Math.min(least, bean.getThreadCpuTime(helper) - before);
        }
        assertTrue(least <= TimeUnit.MILLISECONDS.toNanos(20), least + " ns of processor time in 50 ms of idleness");
    }

    @Test
    void aRunAllocatesNothing() {
        Workers workers = OpenMpTeam.of(2);
        var done = new AtomicIntegerArray(8);
        Workers.Work work = (part, slot) -> done.incrementAndGet(part);
        assertEquals(0, SteadyHeap.bytes(1000, () -> workers.run(work, 8)));
    }

    @Test
    void anOpOfSeveralThreadsIsRefusedInsideOfARegion() {
        assumeTrue(Region.possible());
        var team = OpenMpTeam.of(2);
        assertThrows(IllegalStateException.class, () -> team.run((part, slot) -> team.execute(0, 0, 0, 0), 2));
        assertFalse(Thread.currentThread().isInterrupted());
    }
}
