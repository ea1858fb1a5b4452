package workloads;

import com.sun.management.ThreadMXBean;
import dev.nnd.benchmarks.KernelTime;
import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.memory.Tensor;
import dev.nnd.runtime.train.TrainStep;
import dev.nnd.runtime.train.TrainingFactory;
import dev.nnd.runtime.train.TrainingProgram;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import tools.jackson.databind.json.JsonMapper;

/** {@code MeasureKernels PACE}: what the kernels of {@code kernels.nnd} take on one thread, as a line of JSON. */
public final class MeasureKernels {

    private static final String MARK = "@kernels ";
    private static final int ROUNDS = 9;
    private static final int ROWS = 256;
    private static final int WIDTH = 1024;
    private static final int F32 = Float.BYTES;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final List<KernelTime> times = new ArrayList<>();
    private final double warmNanos;
    private final double mostNanos;
    private final double roundNanos;

    /** What would free its memory, and say so, if nothing held it. */
    private final List<AutoCloseable> held = new ArrayList<>();

    private MeasureKernels(boolean full) {
        warmNanos = full ? 1e9 : 0.05e9;
        mostNanos = full ? 10e9 : 0.1e9;
        roundNanos = full ? 0.04e9 : 0.005e9;
    }

    public static void main(String[] arguments) {
        var all = new MeasureKernels(arguments[0].equals("FULL"));
        Provider provider = Provider.best(1);
        all.elementwise(provider);
        all.sums(provider);
        all.moves(provider);
        all.trained();
        System.out.println(MARK + new JsonMapper().writeValueAsString(all.times));
        Runtime.getRuntime().halt(0);
    }

    private void elementwise(Provider provider) {
        long large = ROWS * WIDTH;
        var gelu = hold(hold(BiasGelu.initialize(1, provider)).call(ROWS));
        fill(gelu.x());
        measure("bias and gelu", large, 2 * F32 * large, 4, gelu::run);
        var relu = hold(hold(BiasRelu.initialize(1, provider)).call(ROWS));
        fill(relu.x());
        measure("bias and relu", large, 2 * F32 * large, 1, relu::run);
        var cell = hold(hold(LstmCell.initialize(1, provider)).call(ROWS));
        List.of(cell.enter(), cell.forget(), cell.cell(), cell.leave(), cell.before())
                .forEach(MeasureKernels::fill);
        measure("LSTM cell", ROWS * 64, 7 * F32 * ROWS * 64, 4, cell::run);
    }

    private void sums(Provider provider) {
        long large = ROWS * WIDTH;
        var norm = hold(hold(Normalized.initialize(1, provider)).call(ROWS));
        fill(norm.x());
        measure("layer norm", large, 2 * F32 * large, 3, norm::run);
        var soft = hold(hold(Softmaxed.initialize(1, provider)).call(8 * ROWS));
        fill(soft.x());
        measure("softmax over 128", large, 2 * F32 * large, 4, soft::run);
        var rows = hold(hold(RowSums.initialize(1, provider)).call(ROWS));
        fill(rows.x());
        measure("sums of rows", large, F32 * large, 2, rows::run);
        var columns = hold(hold(ColumnSums.initialize(1, provider)).call(ROWS));
        fill(columns.x());
        measure("sums of columns", large, F32 * large, 1, columns::run);
    }

    private void moves(Provider provider) {
        var pool = hold(hold(Pooled.initialize(1, provider)).call(16));
        fill(pool.image());
        long pixels = 16L * 32 * 28 * 28;
        measure("maximum of 2 by 2", pixels, F32 * (pixels + pixels / 4), 1, pool::run);
        var gathered = hold(hold(Gathered.initialize(1, provider)).call(16));
        var random = new SplittableRandom(1);
        MemorySegment tokens = gathered.tokens();
        for (int i = 0; i < 16 * 128; i++) {
            tokens.setAtIndex(ValueLayout.JAVA_INT, i, random.nextInt(30_522));
        }
        long moved = 16L * 128 * 256;
        measure("embedding, gather", moved, 2 * F32 * moved, 0.8, gathered::run);
    }

    private void trained() {
        long logits = 64 * WIDTH;
        // Read twice, for the loss and for the gradient, which is written and read for the sums.
        step("cross entropy, gradient, column sums", new CrossEntropyFactory(), logits, 4 * F32 * logits, 3);
        step("dropout, gradient, column sums", new DroppingFactory(), logits, 3 * F32 * logits, 2);
        long moved = 64L * 32 * 256;
        step("embedding, gather and scatter", new ScatteredFactory(), moved, 5 * F32 * moved, 0.8);
        TrainingProgram adam = new ScatteredFactory().create(1, Map.of());
        adam.parameters().enableGradients();
        adam.parameters().initialize(1);
        TrainStep gradients = adam.trainStep(0, 64);
        gradients.run();
        held.addAll(List.of(adam, gradients));
        long table = 30_522L * 256;
        var steps = new long[1];
        measure("update by Adam", table, 7 * F32 * table, 0.8, () -> adam.update(0, ++steps[0]));
    }

    private void step(String name, TrainingFactory factory, long elements, long bytes, double floor) {
        TrainingProgram program = factory.create(1, Map.of());
        program.parameters().enableGradients();
        program.parameters().initialize(1);
        TrainStep step = program.trainStep(0, 64);
        for (Tensor field : step.fields()) {
            if (field.name().equals("x")) {
                fill(field.segment());
            }
        }
        held.addAll(List.of(program, step));
        measure(name, elements, bytes, floor, step::run);
    }

    private <T extends AutoCloseable> T hold(T model) {
        held.add(model);
        return model;
    }

    private static void fill(MemorySegment memory) {
        var random = new SplittableRandom(1);
        for (long i = 0; i < memory.byteSize() / F32; i++) {
            memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextDouble());
        }
    }

    /** Until nothing is allocated any more, or for ten seconds; nanoseconds of a late call. */
    private double warmUp(Runnable kernel) {
        long begin = System.nanoTime();
        while (true) {
            long allocated = threads.getCurrentThreadAllocatedBytes();
            long start = System.nanoTime();
            int calls = 0;
            do {
                kernel.run();
                calls++;
            } while (System.nanoTime() - start < roundNanos);
            long now = System.nanoTime();
            boolean still = threads.getCurrentThreadAllocatedBytes() - allocated < calls;
            if (still && now - begin > warmNanos || now - begin > mostNanos) {
                return (double) (now - start) / calls;
            }
        }
    }

    private void measure(String name, long elements, long bytes, double floor, Runnable kernel) {
        double call = warmUp(kernel);
        int each = (int) Math.max(1, roundNanos / call);
        var nanos = new double[ROUNDS];
        var heap = new long[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            long allocated = threads.getCurrentThreadAllocatedBytes();
            long start = System.nanoTime();
            for (int i = 0; i < each; i++) {
                kernel.run();
            }
            nanos[round] = (double) (System.nanoTime() - start) / each;
            heap[round] = (threads.getCurrentThreadAllocatedBytes() - allocated) / each;
        }
        Arrays.sort(nanos);
        Arrays.sort(heap);
        times.add(new KernelTime(name, elements, bytes, nanos[ROUNDS / 2], 0, heap[ROUNDS / 2], floor));
    }
}
