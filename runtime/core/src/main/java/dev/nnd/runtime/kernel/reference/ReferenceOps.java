package dev.nnd.runtime.kernel.reference;

import dev.nnd.runtime.kernel.BoundOp;
import dev.nnd.runtime.kernel.Kernels;
import dev.nnd.runtime.kernel.OpSite;
import dev.nnd.runtime.kernel.Shapes;
import dev.nnd.runtime.kernel.Window2d;
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
    public BoundOp convolution2d(
            String name, Tensor x, Tensor w, @Nullable Tensor bias, Window2d window, int groups, boolean relu) {
        var s = Shapes.Convolution.of(name, x.dims(), w.dims(), window, groups);
        Shapes.requireBias(name, bias, s.o());
        var y = plainOutput(name, x.type(), s.output());
        return new ReferenceOp(name, List.of(y), () -> {
            var ex = plain(x);
            var ew = plain(w);
            var eb = plainOrNull(bias);
            var ey = plain(y);
            return () -> ReferenceConvolution.forward(s, ex, ew, eb, relu, ey);
        });
    }

    @Override
    public BoundOp convolution2dBackwardData(
            String name, Tensor dy, Tensor w, Tensor likeX, Window2d window, int groups) {
        var s = Shapes.Convolution.of(name, likeX.dims(), w.dims(), window, groups);
        Shapes.requireDims(name, "dy", dy, s.output());
        var dx = site.outputLike(name, likeX);
        return new ReferenceOp(name, List.of(dx), () -> {
            var edy = plain(dy);
            var ew = plain(w);
            var edx = plain(dx);
            return () -> ReferenceConvolution.backwardData(s, edy, ew, edx);
        });
    }

    @Override
    public BoundOp convolution2dBackwardWeights(
            String name, Tensor dy, Tensor x, Tensor dw, @Nullable Tensor db, Window2d window, int groups) {
        var s = Shapes.Convolution.of(name, x.dims(), dw.dims(), window, groups);
        Shapes.requireDims(name, "dy", dy, s.output());
        Shapes.requireBias(name, db, s.o());
        return new ReferenceOp(name, List.of(), () -> {
            var edy = plain(dy);
            var ex = plain(x);
            var edw = plain(dw);
            var edb = plainOrNull(db);
            return () -> ReferenceConvolution.backwardWeights(s, edy, ex, edw, edb);
        });
    }

    @Override
    public BoundOp maxPool2d(String name, Tensor x, Window2d window, boolean indices) {
        var s = Shapes.Pool.of(name, x.dims(), window);
        var y = plainOutput(name, x.type(), s.output());
        var winners = indices ? plainOutput(name + "Indices", ElementType.I32, s.output()) : null;
        return new ReferenceOp(name, winners == null ? List.of(y) : List.of(y, winners), () -> {
            var ex = plain(x);
            var ey = plain(y);
            var ei = plainOrNull(winners);
            return () -> ReferenceKernels.maxPool2d(s, ex, ey, ei);
        });
    }

    @Override
    public BoundOp maxPool2dBackward(String name, Tensor dy, Tensor indices, Tensor likeX, Window2d window) {
        var s = Shapes.Pool.of(name, likeX.dims(), window);
        Shapes.requireDims(name, "dy", dy, s.output());
        Shapes.requireDims(name, "indices", indices, s.output());
        var dx = site.outputLike(name, likeX);
        return new ReferenceOp(name, List.of(dx), () -> {
            var edy = plain(dy);
            var ei = plain(indices);
            var edx = plain(dx);
            return () -> ReferenceKernels.maxPool2dBackward(s, edy, ei, edx);
        });
    }

    @Override
    public BoundOp matmul(String name, Tensor a, Tensor b, boolean transposeA, boolean transposeB) {
        var s = Shapes.Matmul.of(name, a.dims(), b.dims(), transposeA, transposeB);
        var y = plainOutput(name, a.type(), s.output());
        var aStart = ReferenceKernels.batchStarts(s, a.dims());
        var bStart = ReferenceKernels.batchStarts(s, b.dims());
        return new ReferenceOp(name, List.of(y), () -> {
            var ea = plain(a);
            var eb = plain(b);
            var ey = plain(y);
            return () -> ReferenceKernels.matmul(s, ea, aStart, transposeA, eb, bStart, transposeB, ey);
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
