package dev.nnd.compiler.emit.program;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import dev.nnd.compiler.SteadyHeap;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** The kernels that move, order, look up and draw allocate nothing once they are warm. */
class KernelAllocationTest {

    private static final GeneratedProject PROJECT = new GeneratedProject("kernels.nnd", """
            package kernels

            model Moves {
              input x: f32[N, 6, T]
              input i: i32[N, 3, T]
              output slices = x[:, 1::2, :]
              output padded = pad(x, [1, 2], axis: 2)
              output joined = concat(x, flip(x, axis: 1), axis: 1)
              output taken = take(x, range(3), axis: 1)
              output gathered = gather(x, i, axis: 1)
              output scattered = scatter_add(x, i, gather(x, i, axis: 1), axis: 1)
              output sums = cumsum(x, axis: 1)
              output sorted = sort(x, axis: 2)
              output best = top_k(x, 2, axis: 1).indices
              output drawn = normal[N, T] + uniform[N, T]
              output scaled = resize(x, [3, 8], mode: "bilinear")
            }

            model Few {
              input x: f32[N, 256]
              output y = tanh(x) * x + exp(x)
            }
            """);

    @Test
    void warmRunsAllocateNothing() throws Exception {
        Class<?> type = PROJECT.load("kernels.Moves");
        try (var model =
                        (AutoCloseable) type.getMethod("initialize", long.class).invoke(null, 1L);
                var call = (AutoCloseable)
                        type.getMethod("call", int.class, int.class).invoke(model, 3, 17)) {
            var index = (MemorySegment) call.getClass().getMethod("i").invoke(call);
            for (int k = 0; k < index.byteSize() / 4; k++) {
                index.setAtIndex(ValueLayout.JAVA_INT, k, k % 6);
            }
            var x = (MemorySegment) call.getClass().getMethod("x").invoke(call);
            for (int k = 0; k < x.byteSize() / 4; k++) {
                x.setAtIndex(ValueLayout.JAVA_FLOAT, k, k * 37 % 11);
            }
            Runnable run = runner(call);
            assertEquals(0, SteadyHeap.bytes(100, run), "bytes in 100 runs");
        }
    }

    /** A vector is an object as long as its kernel is interpreted, and one that is seldom called is for ever. */
    @Test
    void seldomRunsOfFewElementsAllocateNothing() throws Exception {
        Class<?> type = PROJECT.load("kernels.Few");
        try (var model =
                        (AutoCloseable) type.getMethod("initialize", long.class).invoke(null, 1L);
                var call = (AutoCloseable) type.getMethod("call", int.class).invoke(model, 16)) {
            Runnable run = runner(call);
            var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            for (int k = 0; k < 20; k++) {
                run.run();
            }
            long before = threads.getCurrentThreadAllocatedBytes();
            long idle = threads.getCurrentThreadAllocatedBytes() - before;
            before = threads.getCurrentThreadAllocatedBytes();
            for (int k = 0; k < 20; k++) {
                run.run();
            }
            assertEquals(0, threads.getCurrentThreadAllocatedBytes() - before - idle, "bytes in 20 runs");
        }
    }

    /** Through a method handle made into an interface, since reflection would allocate. */
    private static Runnable runner(Object call) throws Exception {
        var lookup = MethodHandles.publicLookup();
        var handle = lookup.unreflect(call.getClass().getMethod("run")).bindTo(call);
        return MethodHandleProxies.asInterfaceInstance(Runnable.class, handle);
    }
}
