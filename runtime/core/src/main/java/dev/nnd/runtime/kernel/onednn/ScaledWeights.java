package dev.nnd.runtime.kernel.onednn;

import dev.nnd.runtime.kernel.NativeMemory;
import dev.nnd.runtime.memory.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A copy of weights, each output's multiplied by a number: what scales a convolution's sums, done to its weights. It holds
 * until the weights or the numbers change, so a run mostly compares the numbers with those of the run before.
 */
final class ScaledWeights implements Preparation {

    private static final long NEVER = -2;

    private final Tensor weights;
    private final Tensor scale;
    private final Tensor scaled;
    private final Tensor seenScale;
    private final LongSupplier weightsVersion;
    private final Order order;
    private long seen = NEVER;

    /**
     * Outputs in groups of {@code together} that lie side by side, and go round within {@code run} numbers.
     *
     * @param outputs how many there are
     */
    record Order(long outputs, long together, long run) {}

    /**
     * A copy for one op.
     *
     * @param weights and {@code scaled} both lie in the order that {@link #order} has found
     * @param seenScale memory for the numbers of the run before
     */
    ScaledWeights(
            Tensor weights, Tensor scale, Tensor scaled, Tensor seenScale, LongSupplier weightsVersion, Order order) {
        this.weights = weights;
        this.scale = scale;
        this.scaled = scaled;
        this.seenScale = seenScale;
        this.weightsVersion = weightsVersion;
        this.order = order;
    }

    /** How outputs, the first axis, lie in a layout; null if they are mixed with other axes, or padded. */
    static @Nullable Order order(Descriptors.Blocking blocking) {
        long outputs = blocking.dims()[0];
        long together = 1;
        for (int i = 0; i < blocking.innerBlocks().length; i++) {
            if (blocking.innerAxes()[i] == 0) {
                boolean innermost = i == blocking.innerBlocks().length - 1;
                if (together > 1 || !innermost) {
                    return null;
                }
                together = blocking.innerBlocks()[i];
            }
        }
        long run = together;
        for (int axis = 1; axis < blocking.dims().length; axis++) {
            run *= blocking.paddedDims()[axis];
        }
        boolean whole = blocking.paddedDims()[0] == outputs && blocking.strides()[0] == run;
        return whole ? new Order(outputs, together, run) : null;
    }

    @Override
    public void place() {
        seen = NEVER;
    }

    @Override
    public void run() {
        long version = weightsVersion.getAsLong();
        boolean holds = version >= 0 && version == seen && scale.segment().mismatch(seenScale.segment()) < 0;
        if (holds) {
            return;
        }
        MemorySegment.copy(
                scale.segment(), 0, seenScale.segment(), 0, seenScale.segment().byteSize());
        long from = NativeMemory.address(weights.segment(), weights.storedBytes());
        long to = NativeMemory.address(scaled.segment(), scaled.storedBytes());
        long factors = NativeMemory.address(seenScale.segment(), seenScale.storedBytes());
        long bytes = order.run() * Float.BYTES;
        for (long o = 0; o < order.outputs(); o += order.together()) {
            long block = o / order.together();
            multiply(from + block * bytes, to + block * bytes, factors + o * Float.BYTES, order.together(), bytes);
        }
        seen = version;
    }

    /** One group: the numbers go round. */
    private static void multiply(long from, long to, long factors, long together, long bytes) {
        long round = together * Float.BYTES;
        for (long start = 0; start < bytes; start += round) {
            for (long i = 0; i < round; i += Float.BYTES) {
                float value = NativeMemory.ALL.get(ValueLayout.JAVA_FLOAT, from + start + i);
                float factor = NativeMemory.ALL.get(ValueLayout.JAVA_FLOAT, factors + i);
                NativeMemory.ALL.set(ValueLayout.JAVA_FLOAT, to + start + i, value * factor);
            }
        }
    }
}
