package dev.nnd.runtime.kernel.packed;

import dev.nnd.runtime.kernel.BoundOp;
import dev.nnd.runtime.kernel.OpSite;
import dev.nnd.runtime.kernel.Shapes;
import dev.nnd.runtime.kernel.Workers;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Layout;
import dev.nnd.runtime.memory.Memory;
import dev.nnd.runtime.memory.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Builds batch normalizations of f32 tensors. */
final class NormalizationOps {

    /** Fewer elements are not worth more than one thread. */
    private static final long LEAST = 1 << 14;

    private final OpSite site;
    private final Workers workers;
    private final PlaneKernels kernels;

    NormalizationOps(OpSite site, Workers workers, boolean vectors) {
        this.site = site;
        this.workers = workers;
        kernels = vectors ? PlaneKernels.INSTANCE : new PlaneKernels();
    }

    private Workers workers(Shapes.Channels s) {
        return s.c() * s.count() < LEAST ? Workers.of(1) : workers;
    }

    private Tensor spares(String name) {
        return site.scratchBytes(name + "Sums", workers.threads() * Memory.ALIGNMENT);
    }

    private Normalization normalization(Shapes.Channels s, double eps, long spares) {
        return new Normalization(kernels, s, eps, spares, Memory.ALIGNMENT);
    }

    private static long address(@Nullable Tensor tensor) {
        return tensor == null ? 0 : Places.of(tensor);
    }

    BoundOp training(
            String name, Tensor x, @Nullable Tensor weight, @Nullable Tensor bias, double eps, Shapes.Channels s) {
        var y = site.outputLike(name, x);
        var mean = site.output(name + "Mean", ElementType.F32, Layout.rowMajor(s.c()), s.c());
        var variance = site.output(name + "Variance", ElementType.F32, Layout.rowMajor(s.c()), s.c());
        var spares = spares(name);
        return new JavaOp(name, List.of(y, mean, variance), () -> {
            var normalization = normalization(s, eps, Places.of(spares));
            long ax = Places.of(x);
            long am = Places.of(mean);
            long av = Places.of(variance);
            long aw = address(weight);
            long ab = address(bias);
            long ay = Places.of(y);
            Workers.Work work = (channel, slot) -> {
                normalization.statistics(channel, slot, ax, am, av);
                normalization.normalize(channel, ax, am, av, aw, ab, ay);
            };
            return run(work, s);
        });
    }

    private Runnable run(Workers.Work work, Shapes.Channels s) {
        var chosen = workers(s);
        int channels = Math.toIntExact(s.c());
        return () -> chosen.run(work, channels);
    }

    BoundOp inference(
            String name,
            Tensor x,
            Tensor mean,
            Tensor variance,
            @Nullable Tensor weight,
            @Nullable Tensor bias,
            double eps,
            Shapes.Channels s) {
        var y = site.outputLike(name, x);
        return new JavaOp(name, List.of(y), () -> {
            var normalization = normalization(s, eps, 0);
            long ax = Places.of(x);
            long am = Places.of(mean);
            long av = Places.of(variance);
            long aw = address(weight);
            long ab = address(bias);
            long ay = Places.of(y);
            return run((channel, slot) -> normalization.normalize(channel, ax, am, av, aw, ab, ay), s);
        });
    }

    BoundOp backward(
            String name,
            Tensor dy,
            Tensor x,
            Tensor mean,
            Tensor variance,
            @Nullable Tensor weight,
            @Nullable Tensor dWeight,
            @Nullable Tensor dBias,
            double eps,
            Shapes.Channels s) {
        var dx = site.outputLike(name, x);
        var spares = spares(name);
        return new JavaOp(name, List.of(dx), () -> {
            var normalization = normalization(s, eps, Places.of(spares));
            var at = new Normalization.Gradient(
                    Places.of(dy),
                    Places.of(x),
                    Places.of(mean),
                    Places.of(variance),
                    address(weight),
                    Places.of(dx),
                    address(dWeight),
                    address(dBias));
            return run((channel, slot) -> normalization.backward(channel, slot, at), s);
        });
    }
}
