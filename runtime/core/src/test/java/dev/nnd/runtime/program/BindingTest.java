package dev.nnd.runtime.program;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.SteadyHeap;
import dev.nnd.runtime.kernel.BoundOp;
import dev.nnd.runtime.kernel.Pooling;
import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.kernel.Window;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BindingTest {

    private static Provider provider(String name) {
        return name.equals("best") ? Provider.best(1) : Provider.named(name, 1);
    }

    /** One of every op, as a training step has them. */
    private static List<BoundOp> everyOp(Rig rig) {
        var at = rig.at;
        var window = Window.of(3, 3).pad(1, 1);
        var two = Window.of(2, 2).stride(2, 2);
        var ops = new ArrayList<BoundOp>();
        var x = rig.input("x", 2, 3, 8, 8);
        var w1 = rig.parameter("w1", 6, 3, 3, 3);
        var b1 = rig.parameter("b1", 6);
        var w2 = rig.parameter("w2", 5, 6 * 4 * 4);
        var y = add(ops, at.convolution("y", x, at.parameter(w1), at.parameter(b1), window, 1, true));
        var pool = at.pool("pool", Pooling.MAXIMUM, y, two, true);
        add(ops, pool);
        var z = add(ops, at.innerProduct("z", pool.output(), at.parameter(w2), null, false));
        var dz = rig.input("dz", z.dims());
        ops.add(at.innerProductBackwardWeights("dw2", dz, pool.output(), at.gradient(w2), null));
        var dp = add(ops, at.innerProductBackwardData("dp", dz, at.parameter(w2), pool.output()));
        var dy = add(ops, at.poolBackward("dy", Pooling.MAXIMUM, dp, pool.output(1), y, two));
        var foreign = at.valueLike("foreign", dy);
        ops.add(at.convolutionBackwardWeights("dw1", foreign, x, at.gradient(w1), at.gradient(b1), window, 1));
        add(ops, at.convolutionBackwardData("dx", foreign, at.parameter(w1), x, window, 1));
        add(ops, at.reorder("plain", y));
        add(ops, at.reorderLike("like", rig.input("p", y.dims()), y));
        add(ops, at.matmul("m", z, rig.input("k", 5, 9), false, false));
        return ops;
    }

    private static Tensor add(List<BoundOp> ops, BoundOp op) {
        ops.add(op);
        return op.output();
    }

    @ParameterizedTest
    @ValueSource(strings = {"best", "java", "reference"})
    void runningAllocatesNothingOnTheHeap(String name) {
        try (var rig = new Rig(provider(name), 1)) {
            var ops = everyOp(rig);
            rig.commit();
            for (var op : ops) {
                long least = SteadyHeap.bytes(100, op::run);
                assertEquals(0, least, op.name() + " of " + rig.getClass() + " with " + name);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"best", "java", "reference"})
    void aClosedProgramSaysSo(String name) {
        var rig = new Rig(provider(name), 1);
        var ops = everyOp(rig);
        rig.commit();
        ops.getFirst().run();
        rig.close();
        rig.close();
        for (var op : ops) {
            var problem = assertThrows(NndException.class, op::run, op.name());
            assertTrue(problem.getMessage().startsWith("Rig is closed"), problem.getMessage());
        }
        assertThrows(IllegalStateException.class, () -> ops.getFirst().output().segment());
    }

    @ParameterizedTest
    @ValueSource(strings = {"best", "java", "reference"})
    void anOpBeforeCommitSaysSo(String name) {
        try (var rig = new Rig(provider(name), 1)) {
            var op = rig.at.matmul("m", rig.input("a", 2, 2), rig.input("b", 2, 2), false, false);
            assertThrows(IllegalStateException.class, op::run);
            assertThrows(IllegalStateException.class, () -> op.output().segment());
            long planned = rig.at.plannedBytes();
            rig.commit();
            assertTrue(planned >= 3 * 4 * 4 && planned <= rig.memory().bytes());
            assertThrows(IllegalStateException.class, rig.at::commit);
            assertThrows(IllegalStateException.class, () -> rig.at.value("late", ElementType.F32, 1));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"best", "java", "reference"})
    void releasedMemoryIsUsedAgainButNothingAliveIsTouched(String name) {
        try (var rig = new Rig(provider(name), 1)) {
            var at = rig.at;
            var previous = at.value("v0", ElementType.F32, 1024);
            var port = at.port("port", ElementType.F32, 1024);
            for (int i = 1; i < 50; i++) {
                var next = at.value("v" + i, ElementType.F32, 1024);
                at.release(previous, port);
                previous = next;
            }
            var view = at.view("view", previous, 32, 32);
            rig.commit();
            assertEquals(3 * 4096, rig.memory().bytes(), "two values at a time, and the port");
            previous.segment().setAtIndex(ValueLayout.JAVA_FLOAT, 33, 5f);
            assertEquals(5f, view.segment().getAtIndex(ValueLayout.JAVA_FLOAT, 33));
            assertThrows(IllegalArgumentException.class, () -> at.view("bad", view, 31, 32));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"best", "java", "reference"})
    void wrongShapesNameTheOp(String name) {
        try (var rig = new Rig(provider(name), 1)) {
            var a = rig.input("a", 2, 3);
            var b = rig.input("b", 4, 5);
            var problem =
                    assertThrows(IllegalArgumentException.class, () -> rig.at.matmul("scores", a, b, false, false));
            assertTrue(
                    String.valueOf(problem.getMessage()).contains("scores has inner dims that differ"),
                    problem.getMessage());
            assertThrows(IllegalArgumentException.class, () -> rig.at.innerProduct("d", a, b, null, false));
            assertSame(a, rig.at.reorder("same", a).output());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"best", "java", "reference"})
    void programsOfOneSetRunInSeveralThreads(String name) throws InterruptedException, ExecutionException {
        var set = new ParameterSet("test.Shared");
        var w = set.add("w", new Initializer.Normal(0, 1), true, 16, 48);
        set.initialize(3);
        var tasks = new ArrayList<Callable<float[]>>();
        for (int i = 0; i < 8; i++) {
            tasks.add(() -> {
                var rig = new Rig(provider(name), 7, set);
                rig.want(
                        "y",
                        rig.op(rig.at.innerProduct("y", rig.input("x", 9, 48), rig.at.parameter(w), null, true))
                                .output());
                float[] result = {};
                for (int round = 0; round < 50; round++) {
                    result = rig.run().values().iterator().next();
                }
                rig.memory().close();
                return result;
            });
        }
        try (var pool = Executors.newFixedThreadPool(4)) {
            var results = pool.invokeAll(tasks);
            for (var result : results) {
                assertArrayEquals(results.getFirst().get(), result.get());
            }
        }
        set.close();
    }
}
