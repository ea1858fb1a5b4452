package dev.nnd.compiler.cli;

import dev.nnd.runtime.kernel.Precision;
import dev.nnd.runtime.kernel.Provider;
import picocli.CommandLine.Option;

/** In which numbers a prediction's products are computed. */
final class PrecisionOption {

    @Option(
            names = "--precision",
            paramLabel = "P",
            description = "f32, bf16 or int8: the numbers of its products (default: f32)")
    private Precision precision = Precision.F32;

    /** What computes in them, or in f32 where the machine can't. */
    Provider provider(int threads) {
        return Provider.best(threads).with(precision);
    }
}
