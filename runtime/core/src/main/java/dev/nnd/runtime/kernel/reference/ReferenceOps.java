package dev.nnd.runtime.kernel.reference;

import dev.nnd.runtime.kernel.BoundOp;
import dev.nnd.runtime.kernel.Kernels;
import dev.nnd.runtime.kernel.MatmulAxes;
import dev.nnd.runtime.kernel.OpSite;
import dev.nnd.runtime.kernel.Pooling;
import dev.nnd.runtime.kernel.Shapes;
import dev.nnd.runtime.kernel.Window;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Layout;
import dev.nnd.runtime.memory.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Binds the reference kernels. Every tensor it touches is row-major. */
public final class ReferenceOps implements Kernels {

    private final OpSite site;

    public ReferenceOps(OpSite site) {
        this.site = site;
    }

    @Override
    public BoundOp innerProduct(String name, Tensor x, Tensor w, @Nullable Tensor bias, boolean relu) {
        var s = Shapes.InnerProduct.of(name, x.dims(), w.dims());
        Shapes.requireBias(name, bias, s.o());
        var y = plainOutput(name, x.type(), s.output());
        return new ReferenceOp(name, List.of(y), () -> {
            var ex = plain(x);
            var ew = plain(w);
            var eb = plainOrNull(bias);
            var ey = plain(y);
            return () -> ReferenceKernels.innerProduct(s, ex, ew, eb, relu, ey);
        });
    }

    @Override
    public BoundOp innerProductBackwardData(String name, Tensor dy, Tensor w, Tensor likeX) {
        var s = Shapes.InnerProduct.of(name, likeX.dims(), w.dims());
        Shapes.requireDims(name, "dy", dy, s.output());
        var dx = site.outputLike(name, likeX);
        return new ReferenceOp(name, List.of(dx), () -> {
            var edy = plain(dy);
            var ew = plain(w);
            var edx = plain(dx);
            return () -> ReferenceKernels.innerProductBackwardData(s, edy, ew, edx);
        });
    }

    @Override
    public BoundOp innerProductBackwardWeights(String name, Tensor dy, Tensor x, Tensor dw, @Nullable Tensor db) {
        var s = Shapes.InnerProduct.of(name, x.dims(), dw.dims());
        Shapes.requireDims(name, "dy", dy, s.output());
        Shapes.requireBias(name, db, s.o());
        return new ReferenceOp(name, List.of(), () -> {
            var edy = plain(dy);
            var ex = plain(x);
            var edw = plain(dw);
            var edb = plainOrNull(db);
            return () -> ReferenceKernels.innerProductBackwardWeights(s, edy, ex, edw, edb);
        });
    }

    @Override
    public BoundOp convolution(
            String name,
            Tensor x,
            Tensor w,
            @Nullable Tensor bias,
            @Nullable Tensor scale,
            @Nullable Tensor shift,
            @Nullable Tensor added,
            Window window,
            int groups,
            boolean relu) {
        var s = Shapes.Convolution.of(name, x.dims(), w.dims(), window, groups);
        var walk = new WindowWalk(window, s.in(), s.out());
        Shapes.requireBias(name, bias, s.o());
        if (added != null) {
            Shapes.requireDims(name, "added", added, s.output());
        }
        var y = plainOutput(name, x.type(), s.output());
        return new ReferenceOp(name, List.of(y), () -> {
            var ex = plain(x);
            var ew = plain(w);
            var eb = plainOrNull(bias);
            var ey = plain(y);
            var tail =
                    new ReferenceConvolution.Tail(eb, plainOrNull(scale), plainOrNull(shift), plainOrNull(added), relu);
            return () -> ReferenceConvolution.forward(s, walk, ex, ew, tail, ey);
        });
    }

    @Override
    public BoundOp convolutionBackwardData(
            String name, Tensor dy, Tensor w, @Nullable Tensor bias, Tensor likeX, Window window, int groups) {
        var s = Shapes.Convolution.of(name, likeX.dims(), w.dims(), window, groups);
        var walk = new WindowWalk(window, s.in(), s.out());
        Shapes.requireDims(name, "dy", dy, s.output());
        Shapes.requireBias(name, bias, s.c());
        var dx = site.outputLike(name, likeX);
        return new ReferenceOp(name, List.of(dx), () -> {
            var edy = plain(dy);
            var ew = plain(w);
            var eb = plainOrNull(bias);
            var edx = plain(dx);
            return () -> ReferenceConvolution.backwardData(s, walk, edy, ew, eb, edx);
        });
    }

    @Override
    public BoundOp convolutionBackwardWeights(
            String name, Tensor dy, Tensor x, Tensor dw, @Nullable Tensor db, Window window, int groups) {
        var s = Shapes.Convolution.of(name, x.dims(), dw.dims(), window, groups);
        var walk = new WindowWalk(window, s.in(), s.out());
        Shapes.requireDims(name, "dy", dy, s.output());
        Shapes.requireBias(name, db, s.o());
        return new ReferenceOp(name, List.of(), () -> {
            var edy = plain(dy);
            var ex = plain(x);
            var edw = plain(dw);
            var edb = plainOrNull(db);
            return () -> ReferenceConvolution.backwardWeights(s, walk, edy, ex, edw, edb);
        });
    }

    @Override
    public BoundOp pool(String name, Pooling pooling, Tensor x, Window window, boolean indices) {
        var s = Shapes.Pool.of(name, x.dims(), window);
        var walk = new WindowWalk(window, s.in(), s.out());
        var y = plainOutput(name, x.type(), s.output());
        var winners = indices ? plainOutput(name + "Indices", ElementType.I32, s.output()) : null;
        return new ReferenceOp(name, winners == null ? List.of(y) : List.of(y, winners), () -> {
            var ex = plain(x);
            var ey = plain(y);
            var ei = plainOrNull(winners);
            return pooling == Pooling.MAXIMUM
                    ? () -> ReferencePooling.maximum(s, walk, ex, ey, ei)
                    : () -> ReferencePooling.average(s, walk, pooling, ex, ey);
        });
    }

    @Override
    public BoundOp poolBackward(
            String name, Pooling pooling, Tensor dy, @Nullable Tensor indices, Tensor likeX, Window window) {
        var s = Shapes.Pool.of(name, likeX.dims(), window);
        var walk = new WindowWalk(window, s.in(), s.out());
        Shapes.requireDims(name, "dy", dy, s.output());
        var dx = site.outputLike(name, likeX);
        if (indices == null) {
            return new ReferenceOp(name, List.of(dx), () -> {
                var edy = plain(dy);
                var edx = plain(dx);
                return () -> ReferencePooling.averageBackward(s, walk, pooling, edy, edx);
            });
        }
        Shapes.requireDims(name, "indices", indices, s.output());
        return new ReferenceOp(name, List.of(dx), () -> {
            var edy = plain(dy);
            var ei = plain(indices);
            var edx = plain(dx);
            return () -> ReferencePooling.maximumBackward(s, walk, edy, ei, edx);
        });
    }

    @Override
    public BoundOp batchNormTraining(
            String name, Tensor x, @Nullable Tensor weight, @Nullable Tensor bias, double eps) {
        var s = Shapes.Channels.of(name, x.dims());
        Shapes.requireBias(name, weight, s.c());
        Shapes.requireBias(name, bias, s.c());
        var y = site.outputLike(name, x);
        var mean = plainOutput(name + "Mean", x.type(), new long[] {s.c()});
        var variance = plainOutput(name + "Variance", x.type(), new long[] {s.c()});
        return new ReferenceOp(name, List.of(y, mean, variance), () -> {
            var ex = plain(x);
            var ew = plainOrNull(weight);
            var eb = plainOrNull(bias);
            var em = plain(mean);
            var ev = plain(variance);
            var ey = plain(y);
            return () -> {
                ReferenceNormalization.statistics(s, ex, em, ev);
                ReferenceNormalization.normalize(s, ex, em, ev, ew, eb, eps, ey);
            };
        });
    }

    @Override
    public BoundOp batchNorm(
            String name,
            Tensor x,
            Tensor mean,
            Tensor variance,
            @Nullable Tensor weight,
            @Nullable Tensor bias,
            double eps) {
        var s = Shapes.Channels.of(name, x.dims());
        List.of(mean, variance).forEach(t -> Shapes.requireBias(name, t, s.c()));
        Shapes.requireBias(name, weight, s.c());
        Shapes.requireBias(name, bias, s.c());
        var y = site.outputLike(name, x);
        return new ReferenceOp(name, List.of(y), () -> {
            var ex = plain(x);
            var em = plain(mean);
            var ev = plain(variance);
            var ew = plainOrNull(weight);
            var eb = plainOrNull(bias);
            var ey = plain(y);
            return () -> ReferenceNormalization.normalize(s, ex, em, ev, ew, eb, eps, ey);
        });
    }

    @Override
    public BoundOp batchNormBackward(
            String name,
            Tensor dy,
            Tensor x,
            Tensor mean,
            Tensor variance,
            @Nullable Tensor weight,
            @Nullable Tensor dWeight,
            @Nullable Tensor dBias,
            double eps) {
        var s = Shapes.Channels.of(name, x.dims());
        Shapes.requireDims(name, "dy", dy, x.dims());
        Shapes.requireBias(name, dWeight, s.c());
        Shapes.requireBias(name, dBias, s.c());
        var dx = site.outputLike(name, x);
        return new ReferenceOp(name, List.of(dx), () -> {
            var edy = plain(dy);
            var ex = plain(x);
            var em = plain(mean);
            var ev = plain(variance);
            var ew = plainOrNull(weight);
            var edx = plain(dx);
            var edw = plainOrNull(dWeight);
            var edb = plainOrNull(dBias);
            return () -> ReferenceNormalization.backward(s, edy, ex, em, ev, ew, eps, edx, edw, edb);
        });
    }

    @Override
    public BoundOp matmul(String name, Tensor a, Tensor b, MatmulAxes axes) {
        var s = Shapes.Matmul.of(name, a.dims(), b.dims(), axes);
        var y = plainOutput(name, a.type(), s.output());
        var aStart = s.a().starts(s.batch());
        var bStart = s.b().starts(s.batch());
        var yStart = s.y().starts(s.batch());
        return new ReferenceOp(name, List.of(y), () -> {
            var ea = plain(a);
            var eb = plain(b);
            var ey = plain(y);
            return () -> ReferenceKernels.matmul(s, ea, aStart, eb, bStart, ey, yStart);
        });
    }

    @Override
    public BoundOp reorder(String name, Tensor from) {
        return asItIs(name, from);
    }

    @Override
    public BoundOp reorderLike(String name, Tensor from, Tensor like) {
        if (!like.plain()) {
            throw new IllegalArgumentException(name + " can't reorder to the layout of another provider: " + like);
        }
        return asItIs(name, from);
    }

    private static BoundOp asItIs(String name, Tensor from) {
        return new ReferenceOp(name, List.of(from), () -> {
            if (!from.plain()) {
                throw new IllegalArgumentException(name + " can't read the layout of another provider: " + from);
            }
            return () -> {};
        });
    }

    private Tensor plainOutput(String name, ElementType type, long[] dims) {
        long elements = 1;
        for (long dim : dims) {
            elements = Math.multiplyExact(elements, dim);
        }
        return site.output(name, type, Layout.rowMajor(elements), dims);
    }

    private static Elements plain(Tensor tensor) {
        return Elements.of(tensor);
    }

    private static @Nullable Elements plainOrNull(@Nullable Tensor tensor) {
        return tensor == null ? null : Elements.of(tensor);
    }
}
