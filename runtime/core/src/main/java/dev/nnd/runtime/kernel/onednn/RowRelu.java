package dev.nnd.runtime.kernel.onednn;

import org.jspecify.annotations.Nullable;

/**
 * A relu behind a product, where its sums lie. By vectors once the program has run some times and they are compiled: a first prediction does not
 * share the processor with the thread that warms them up.
 */
final class RowRelu {

    private static final RowKernels KERNELS = RowKernels.INSTANCE;
    private static final int FIRST_RUNS = 100;

    private int runs;
    private @Nullable KernelWarmUp warmUp;
    private boolean vectors;

    /** Begins a run of the program; by one caller at a time. */
    void begin() {
        if (runs < FIRST_RUNS) {
            runs++;
            if (runs == FIRST_RUNS && KERNELS.lanes() > 1) {
                warmUp = KernelWarmUp.ofRows();
            }
        }
        vectors = warmUp != null && warmUp.compiled();
    }

    /** The same bits in each run. */
    void row(long at, long bytes) {
        KERNELS.relu(at, bytes, vectors);
    }

    /** So many bytes of each row, the first of which is {@code at}, up to the end of the last. */
    void rows(long at, long bytes, long stride, long end) {
        if (bytes == stride) {
            row(at, end - at);
            return;
        }
        for (long row = at; row < end; row += stride) {
            row(row, bytes);
        }
    }
}
