package dev.nnd.runtime.kernel.onednn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.nnd.runtime.kernel.BoundOp;
import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Memory;
import dev.nnd.runtime.memory.Tensor;
import dev.nnd.runtime.program.Binding;
import dev.nnd.runtime.program.Initializer;
import dev.nnd.runtime.program.Parameter;
import dev.nnd.runtime.program.ParameterSet;
import dev.nnd.runtime.program.Program;
import dev.nnd.runtime.program.ProgramPool;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One set of weights, an arena for each call, two threads for each op, and many more callers than that. */
@Timeout(value = 1200, unit = TimeUnit.SECONDS)
class ConcurrentCallersTest {

    private static final int ROWS = 64;
    private static final int IN = 256;
    private static final int OUT = 512;
    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();
    private static final int CALLERS = 20 * PROCESSORS;
    private static final int CALLS = 10;
    private static final Path TASKS = Path.of("/proc/self/task");

    /** A dense layer that is worth two threads, and a loop in Java behind it. */
    private static final class Dense implements Program {

        private final Tensor x;
        private final BoundOp product;
        private final Memory memory;
        private final Provider provider;

        Dense(Provider provider, ParameterSet set, Parameter weight) {
            this.provider = provider;
            var at = new Binding("Dense", provider, set);
            x = at.port("x", ElementType.F32, ROWS, IN);
            product = at.innerProduct("y", x, at.parameter(weight), null, true);
            memory = at.commit();
        }

        @Override
        public void run() {
            product.run();
            MemorySegment y = product.output().segment();
            provider.workers().run((part, slot) -> negate(y.asSlice(part * y.byteSize() / 8, y.byteSize() / 8)), 8);
        }

        private static void negate(MemorySegment some) {
            for (long i = 0; i < some.byteSize() / Float.BYTES; i++) {
                some.setAtIndex(ValueLayout.JAVA_FLOAT, i, -some.getAtIndex(ValueLayout.JAVA_FLOAT, i));
            }
        }

        float[] predict(int example) {
            for (int i = 0; i < ROWS * IN; i++) {
                x.segment().setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) Math.sin(i + example));
            }
            run();
            return product.output().segment().toArray(ValueLayout.JAVA_FLOAT);
        }

        @Override
        public long arenaBytes() {
            return memory.bytes();
        }

        @Override
        public void close() {
            memory.close();
        }
    }

    @BeforeEach
    void oneDnnIsHere() {
        assumeTrue(OneDnnProvider.failure().isEmpty());
    }

    @Test
    void threadsOfTheSystemGetWhatOneCallerGets() throws Exception {
        sameBytes(Thread.ofPlatform().factory(), true);
    }

    @Test
    void virtualThreadsGetWhatOneCallerGets() throws Exception {
        sameBytes(Thread.ofVirtual().factory(), false);
    }

    private static void sameBytes(ThreadFactory factory, boolean counted) throws Exception {
        var arenas = new AtomicInteger();
        try (var set = new ParameterSet("test.Dense")) {
            var weight = set.add("w", new Initializer.Normal(0, 1), true, OUT, IN);
            set.initialize(1);
            Provider provider = Provider.named("onednn", 2);
            try (var pool = new ProgramPool<Dense>(
                            "Dense",
                            dims -> {
                                arenas.incrementAndGet();
                                return new Dense(provider, set, weight);
                            },
                            PROCESSORS);
                    var callers = Executors.newThreadPerTaskExecutor(factory)) {
                var wanted = new float[CALLS][];
                for (int call = 0; call < CALLS; call++) {
                    wanted[call] = predict(pool, call);
                }
                assertTrue(wanted[0][0] != wanted[1][0]);
                long before = threads();
                var all = new CountDownLatch(CALLERS);
                var counts = new ArrayList<Future<Long>>();
                for (int caller = 0; caller < CALLERS; caller++) {
                    counts.add(callers.submit(() -> {
                        for (int call = 0; call < CALLS; call++) {
                            assertArrayEquals(wanted[call], predict(pool, call));
                        }
                        all.countDown();
                        all.await();
                        return threads();
                    }));
                }
                for (var count : counts) {
                    long more = count.get() - before;
                    if (counted) {
                        requireFew(more);
                    }
                }
            }
        }
        assertTrue(arenas.get() <= PROCESSORS, arenas + " arenas");
    }

    private static float[] predict(ProgramPool<Dense> pool, int call) {
        var program = pool.borrow(ROWS);
        try {
            return program.predict(call);
        } finally {
            pool.giveBack(program, ROWS);
        }
    }

    /** OpenMP by itself would start a thread more for each caller. Some more are the JVM's own: its compilers. */
    private static void requireFew(long more) {
        int ours = 2 * PROCESSORS + 2 * PROCESSORS;
        assertTrue(more <= CALLERS + ours + 16, more + " threads more with " + CALLERS + " callers");
    }

    private static long threads() throws IOException {
        if (!Files.isDirectory(TASKS)) {
            return 0;
        }
        try (var tasks = Files.list(TASKS)) {
            return tasks.count();
        }
    }

    @Test
    void aCallerThatIsInterruptedGetsItsResultAndStaysInterrupted() throws Exception {
        try (var set = new ParameterSet("test.Dense")) {
            var weight = set.add("w", new Initializer.Normal(0, 1), true, OUT, IN);
            set.initialize(1);
            try (var program = new Dense(Provider.named("onednn", 2), set, weight)) {
                float[] wanted = program.predict(3);
                var interrupted = new AtomicInteger();
                Thread caller = Thread.ofVirtual().start(() -> {
                    Thread.currentThread().interrupt();
                    assertArrayEquals(wanted, program.predict(3));
                    interrupted.set(Thread.currentThread().isInterrupted() ? 1 : 2);
                });
                caller.join();
                assertEquals(1, interrupted.get());
            }
        }
    }
}
