package dev.nnd.compiler.cli;

import dev.nnd.runtime.kernel.Precision;
import dev.nnd.runtime.kernel.Provider;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** In which numbers a prediction's products are computed. */
final class PrecisionOption {

    @Option(
            names = "--precision",
            paramLabel = "P",
            description =
                    "f32, bf16 or int8: the numbers of its products (default: f32, or what the train section says)")
    private @Nullable Precision precision;

    /** What computes in them, or in f32 where the machine can't. */
    Provider provider(int threads) {
        return provider(threads, Precision.F32);
    }

    /** The same, where nothing is said in another precision. */
    Provider provider(int threads, Precision usual) {
        return Provider.best(threads).with(precision == null ? usual : precision);
    }
}
