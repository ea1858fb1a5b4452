package dev.nnd.runtime.kernel.onednn;

import org.jspecify.annotations.Nullable;

/**
 * A relu behind a product, where its sums lie. By vectors once the program has run some times and they are compiled: a first prediction does not
 * share the processor with the thread that warms them up.
 */
final class RowRelu {

    private static final RowKernels KERNELS = RowKernels.INSTANCE;
    private static final int FIRST_RUNS = 100;

    private final long at;
    private final long bytes;
    private int runs;
    private @Nullable RowWarmUp warmUp;

    /** Of so many bytes of numbers at an address. */
    RowRelu(long at, long bytes) {
        this.at = at;
        this.bytes = bytes;
    }

    /** For one caller at a time; the same bits in each run. */
    void run() {
        if (runs < FIRST_RUNS) {
            runs++;
            if (runs == FIRST_RUNS && KERNELS.lanes() > 1) {
                warmUp = RowWarmUp.start();
            }
        }
        KERNELS.relu(at, bytes, warmUp != null && warmUp.compiled());
    }
}
