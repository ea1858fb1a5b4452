package dev.nnd.runtime.kernel;

import dev.nnd.runtime.memory.Tensor;
import dev.nnd.runtime.program.Rig;
import java.util.Arrays;

/**
 * Times the provider's share of one training step of the small convolutional network for digits: batch 64, convolution
 * 1 to 32 with kernel 3 and relu, inner product 21632 to 10, and everything backward. Not a test: run {@code main}, with
 * the number of threads as its argument.
 */
public final class MnistPrimitivesBenchmark {

    private static final int WARM_UP = 300;
    private static final int STEPS = 1000;

    private MnistPrimitivesBenchmark() {}

    public static void main(String[] arguments) {
        int threads = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1;
        for (var provider : new Provider[] {Provider.best(threads)}) {
            try (var rig = new Rig(provider, 1)) {
                var ops = program(rig);
                rig.commit();
                System.out.printf(
                        "%s, %d threads, arena %d bytes%n",
                        provider.name(), threads, rig.memory().bytes());
                double sum = 0;
                for (var op : ops) {
                    double each = median(op::run);
                    sum += each;
                    System.out.printf("  %-28s %8.4f ms%n", op.name(), each);
                }
                System.out.printf("  %-28s %8.4f ms%n", "sum of ops", sum);
                System.out.printf("  %-28s %8.4f ms%n", "step, with relu' in Java", median(rig::step));
            }
        }
    }

    private static BoundOp[] program(Rig rig) {
        var at = rig.at;
        var window = Window.of(3, 3);
        Tensor image = rig.input("image", 64, 1, 28, 28);
        var w1 = rig.parameter("conv2d.weight", 32, 1, 3, 3);
        var b1 = rig.parameter("conv2d.bias", 32);
        var w2 = rig.parameter("dense.weight", 10, 32 * 26 * 26);
        var b2 = rig.parameter("dense.bias", 10);
        var conv = rig.op(at.convolution("conv2d", image, at.parameter(w1), at.parameter(b1), window, 1, true));
        var y = conv.output();
        var dense = rig.op(at.innerProduct("dense", y, at.parameter(w2), at.parameter(b2), false));
        var dLogits = rig.input("dLogits", 64, 10);
        var denseWeights = rig.op(
                at.innerProductBackwardWeights("denseBackwardWeights", dLogits, y, at.gradient(w2), at.gradient(b2)));
        var denseData = rig.op(at.innerProductBackwardData("denseBackwardData", dLogits, at.parameter(w2), y));
        var dConv = rig.reluBackward("dConv", denseData.output(), y);
        at.release(denseData.output(), y);
        var convWeights = rig.op(at.convolutionBackwardWeights(
                "conv2dBackwardWeights", dConv, image, at.gradient(w1), at.gradient(b1), window, 1));
        at.release(dConv);
        return new BoundOp[] {conv, dense, denseWeights, denseData, convWeights};
    }

    private static double median(Runnable work) {
        for (int i = 0; i < WARM_UP; i++) {
            work.run();
        }
        var times = new long[STEPS];
        for (int i = 0; i < STEPS; i++) {
            long start = System.nanoTime();
            work.run();
            times[i] = System.nanoTime() - start;
        }
        Arrays.sort(times);
        return times[STEPS / 2] * 1e-6;
    }
}
