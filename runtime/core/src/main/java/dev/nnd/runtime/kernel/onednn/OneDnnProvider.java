package dev.nnd.runtime.kernel.onednn;

import dev.nnd.runtime.kernel.Kernels;
import dev.nnd.runtime.kernel.OpSite;
import dev.nnd.runtime.kernel.Precision;
import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.kernel.Workers;
import java.util.Optional;

/** oneDNN, from the native libraries in the jar {@code org.bytedeco:dnnl}. */
public final class OneDnnProvider implements Provider {

    private final int threads;
    private final Precision precision;

    /** In f32. Check {@link #failure()} first. */
    public OneDnnProvider(int threads) {
        this(threads, Precision.F32);
    }

    private OneDnnProvider(int threads, Precision precision) {
        this.threads = threads;
        this.precision = precision;
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
        return can ? new OneDnnProvider(threads, wanted) : Provider.super.with(wanted);
    }

    @Override
    public Workers workers() {
        return OpenMpTeam.of(threads);
    }

    @Override
    public Kernels kernels(OpSite site) {
        return new DnnlOps(site, new DnnlSession(threads, precision));
    }
}
