package dev.nnd.runtime.kernel.onednn;

import dev.nnd.runtime.kernel.Kernels;
import dev.nnd.runtime.kernel.OpSite;
import dev.nnd.runtime.kernel.Precision;
import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.kernel.Workers;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** oneDNN, from the native libraries in the jar {@code org.bytedeco:dnnl}. */
public final class OneDnnProvider implements Provider {

    private static final System.Logger LOG = System.getLogger(Provider.class.getName());
    private static final AtomicBoolean SAID = new AtomicBoolean();

    private final int threads;
    private final Precision precision;
    /** Which products are in bfloat16: all in that precision, and perhaps some in f32. */
    private final NarrowProducts narrow;

    /** In f32. Check {@link #failure()} first. */
    public OneDnnProvider(int threads) {
        this(threads, Precision.F32, NarrowProducts.NONE);
    }

    private OneDnnProvider(int threads, Precision precision, NarrowProducts narrow) {
        this.threads = threads;
        this.precision = precision;
        this.narrow = narrow;
    }

    /** Why oneDNN can't be used on this machine; empty if it can. The first call loads it. */
    public static Optional<String> failure() {
        return DnnlLibrary.failure();
    }

    @Override
    public String name() {
        return "onednn";
    }

    @Override
    public int threads() {
        return threads;
    }

    @Override
    public Precision precision() {
        return precision;
    }

    @Override
    public Provider with(Precision wanted) {
        boolean can = switch (wanted) {
            case F32 -> true;
            case BF16 -> DnnlCalls.hasBfloat16();
            case INT8 -> DnnlCalls.hasByteProducts();
        };
        if (!can) {
            return Provider.super.with(wanted);
        }
        return wanted == Precision.BF16 ? narrowed() : new OneDnnProvider(threads, wanted, NarrowProducts.NONE);
    }

    private Provider narrowed() {
        var forced = NarrowProducts.forced();
        var products = forced == null ? NarrowProducts.paying() : forced;
        if (forced == null && products != NarrowProducts.ALL && SAID.compareAndSet(false, true)) {
            LOG.log(
                    Level.INFO,
                    "Products in bf16 are slower than in f32 on this processor: they are computed in f32, which is no less exact, but for those of"
                            + " one row of a prediction, whose weights are read faster in bf16. -D{0}=on has all of them in bf16.",
                    NarrowProducts.PROPERTY);
        }
        var precision = products == NarrowProducts.ALL ? Precision.BF16 : Precision.F32;
        return new OneDnnProvider(threads, precision, products);
    }

    @Override
    public String numbers() {
        return narrow == NarrowProducts.ROWS
                ? "f32 (bf16 for single rows of predictions only)"
                : Provider.super.numbers();
    }

    @Override
    public Provider oneThread() {
        return threads == 1 ? this : new OneDnnProvider(1, precision, narrow);
    }

    @Override
    public Workers workers() {
        return OpenMpTeam.of(threads);
    }

    @Override
    public Kernels kernels(OpSite site) {
        return new DnnlOps(site, new DnnlSession(threads, precision, narrow == NarrowProducts.ROWS));
    }
}
