package dev.nnd.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.runtime.SteadyHeap;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 1200, unit = TimeUnit.SECONDS)
class WorkersTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void doesEachPartOnceInASlotOfItsOwn(int threads) {
        var workers = Workers.of(threads);
        assertSame(workers, Workers.of(threads));
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

    @Test
    void theFirstFailureIsThrownWhenAllHaveEnded() {
        var workers = Workers.of(3);
        var done = new AtomicIntegerArray(9);
        var failure = assertThrows(
                IllegalStateException.class,
                () -> workers.run(
                        (part, slot) -> {
                            done.incrementAndGet(part);
                            if (part % 4 == 3) {
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
        var workers = Workers.of(2);
        try (var callers = Executors.newFixedThreadPool(4)) {
            var calls = new ArrayList<Future<Integer>>();
            for (int caller = 0; caller < 4; caller++) {
                Callable<Integer> call = () -> {
                    var done = new AtomicIntegerArray(16);
                    for (int i = 0; i < 2000; i++) {
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
                assertEquals(4000, call.get());
            }
        }
    }

    @Test
    void helpersReallyHelpAndSleepAfterwards() throws InterruptedException {
        var workers = Workers.of(2);
        var both = new CountDownLatch(2);
        var failed = new AtomicBoolean();
        var helpers = ConcurrentHashMap.<Thread>newKeySet();
        workers.run(
                (part, slot) -> {
                    helpers.add(Thread.currentThread());
                    both.countDown();
                    try {
                        failed.compareAndSet(false, !both.await(300, TimeUnit.SECONDS));
                    } catch (InterruptedException interrupted) {
                        throw new IllegalStateException(interrupted);
                    }
                },
                2);
        assertTrue(!failed.get(), "no two parts ran at the same time");
        helpers.remove(Thread.currentThread());
        assertEquals(1, helpers.size(), helpers::toString);
        var helper = helpers.iterator().next();
        assertTrue(helper.isDaemon());
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(300);
        while (helper.getState() != Thread.State.WAITING && System.nanoTime() < end) {
            Thread.sleep(1);
        }
        assertEquals(Thread.State.WAITING, helper.getState());
    }

    @Test
    void aRunAllocatesNothing() {
        var workers = Workers.of(2);
        var done = new AtomicIntegerArray(8);
        Workers.Work work = (part, slot) -> done.incrementAndGet(part);
        assertEquals(0, SteadyHeap.bytes(1000, () -> workers.run(work, 8)));
    }
}
