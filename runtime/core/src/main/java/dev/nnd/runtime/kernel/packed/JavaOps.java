package dev.nnd.runtime.kernel.packed;

import dev.nnd.runtime.kernel.BoundOp;
import dev.nnd.runtime.kernel.Kernels;
import dev.nnd.runtime.kernel.MatmulAxes;
import dev.nnd.runtime.kernel.OpSite;
import dev.nnd.runtime.kernel.Pooling;
import dev.nnd.runtime.kernel.Shapes;
import dev.nnd.runtime.kernel.Window;
import dev.nnd.runtime.kernel.Workers;
import dev.nnd.runtime.kernel.reference.ReferenceOps;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Builds the ops of one program. Every tensor is row-major. What has no form of its own here, the reference does. */
final class JavaOps implements Kernels {

    private final ReferenceOps reference;
    private final MatrixOps matrices;
    private final WindowOps windows;
    private final PoolingOps pools;
    private final NormalizationOps norms;

    JavaOps(OpSite site, Workers workers, boolean vectors) {
        reference = new ReferenceOps(site);
        matrices = new MatrixOps(site, workers, vectors);
        windows = new WindowOps(site, workers, vectors);
        pools = new PoolingOps(site, workers);
        norms = new NormalizationOps(site, workers, vectors);
    }

    /** Whether all are of one floating type, and none is empty. */
    private static boolean floats(Tensor first, Tensor... others) {
        boolean all = (first.type() == ElementType.F32 || first.type() == ElementType.F64) && first.elements() > 0;
        for (var other : others) {
            all &= other.type() == first.type() && other.elements() > 0;
        }
        return all;
    }

    private static boolean singles(Tensor first, Tensor... others) {
        return first.type() == ElementType.F32 && floats(first, others);
    }

    @Override
    public BoundOp innerProduct(String name, Tensor x, Tensor w, @Nullable Tensor bias, boolean relu) {
        if (!floats(x, w)) {
            return reference.innerProduct(name, x, w, bias, relu);
        }
        var shape = Shapes.InnerProduct.of(name, x.dims(), w.dims());
        Shapes.requireBias(name, bias, shape.o());
        return matrices.innerProduct(name, x, w, bias, relu, shape);
    }

    @Override
    public BoundOp innerProductBackwardData(String name, Tensor dy, Tensor w, Tensor likeX) {
        if (!floats(dy, w, likeX)) {
            return reference.innerProductBackwardData(name, dy, w, likeX);
        }
        var shape = Shapes.InnerProduct.of(name, likeX.dims(), w.dims());
        Shapes.requireDims(name, "dy", dy, shape.output());
        return matrices.backwardData(name, dy, w, likeX, shape);
    }

    @Override
    public BoundOp innerProductBackwardWeights(String name, Tensor dy, Tensor x, Tensor dw, @Nullable Tensor db) {
        if (!floats(dy, x, dw)) {
            return reference.innerProductBackwardWeights(name, dy, x, dw, db);
        }
        var shape = Shapes.InnerProduct.of(name, x.dims(), dw.dims());
        Shapes.requireDims(name, "dy", dy, shape.output());
        Shapes.requireBias(name, db, shape.o());
        return matrices.backwardWeights(name, dy, x, dw, db, shape);
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
        if (!floats(x, w)) {
            return reference.convolution(name, x, w, bias, scale, shift, added, window, groups, relu);
        }
        var shape = Shapes.Convolution.of(name, x.dims(), w.dims(), window, groups);
        Shapes.requireBias(name, bias, shape.o());
        Shapes.requireBias(name, scale, shape.o());
        Shapes.requireBias(name, shift, shape.o());
        if (added != null) {
            Shapes.requireDims(name, "added", added, shape.output());
        }
        return windows.forward(name, x, w, bias, scale, shift, added, relu, shape);
    }

    @Override
    public BoundOp convolutionBackwardData(
            String name, Tensor dy, Tensor w, @Nullable Tensor bias, Tensor likeX, Window window, int groups) {
        if (!floats(dy, w, likeX)) {
            return reference.convolutionBackwardData(name, dy, w, bias, likeX, window, groups);
        }
        var shape = Shapes.Convolution.of(name, likeX.dims(), w.dims(), window, groups);
        Shapes.requireDims(name, "dy", dy, shape.output());
        Shapes.requireBias(name, bias, shape.c());
        return windows.backwardData(name, dy, w, bias, likeX, shape);
    }

    @Override
    public BoundOp convolutionBackwardWeights(
            String name, Tensor dy, Tensor x, Tensor dw, @Nullable Tensor db, Window window, int groups) {
        if (!floats(dy, x, dw)) {
            return reference.convolutionBackwardWeights(name, dy, x, dw, db, window, groups);
        }
        var shape = Shapes.Convolution.of(name, x.dims(), dw.dims(), window, groups);
        Shapes.requireDims(name, "dy", dy, shape.output());
        Shapes.requireBias(name, db, shape.o());
        return windows.backwardWeights(name, dy, x, dw, db, shape);
    }

    @Override
    public BoundOp pool(String name, Pooling pooling, Tensor x, Window window, boolean indices) {
        if (!singles(x)) {
            return reference.pool(name, pooling, x, window, indices);
        }
        return pools.forward(name, pooling, x, indices, Shapes.Pool.of(name, x.dims(), window));
    }

    @Override
    public BoundOp poolBackward(
            String name, Pooling pooling, Tensor dy, @Nullable Tensor indices, Tensor likeX, Window window) {
        if (!singles(dy, likeX)) {
            return reference.poolBackward(name, pooling, dy, indices, likeX, window);
        }
        var shape = Shapes.Pool.of(name, likeX.dims(), window);
        Shapes.requireDims(name, "dy", dy, shape.output());
        if (indices != null) {
            Shapes.requireDims(name, "indices", indices, shape.output());
        }
        return pools.backward(name, pooling, dy, indices, likeX, shape);
    }

    @Override
    public BoundOp batchNormTraining(
            String name, Tensor x, @Nullable Tensor weight, @Nullable Tensor bias, double eps) {
        if (!singles(x)) {
            return reference.batchNormTraining(name, x, weight, bias, eps);
        }
        var shape = Shapes.Channels.of(name, x.dims());
        Shapes.requireBias(name, weight, shape.c());
        Shapes.requireBias(name, bias, shape.c());
        return norms.training(name, x, weight, bias, eps, shape);
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
        if (!singles(x)) {
            return reference.batchNorm(name, x, mean, variance, weight, bias, eps);
        }
        var shape = Shapes.Channels.of(name, x.dims());
        List.of(mean, variance).forEach(t -> Shapes.requireBias(name, t, shape.c()));
        Shapes.requireBias(name, weight, shape.c());
        Shapes.requireBias(name, bias, shape.c());
        return norms.inference(name, x, mean, variance, weight, bias, eps, shape);
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
        if (!singles(dy, x)) {
            return reference.batchNormBackward(name, dy, x, mean, variance, weight, dWeight, dBias, eps);
        }
        var shape = Shapes.Channels.of(name, x.dims());
        Shapes.requireDims(name, "dy", dy, x.dims());
        Shapes.requireBias(name, dWeight, shape.c());
        Shapes.requireBias(name, dBias, shape.c());
        return norms.backward(name, dy, x, mean, variance, weight, dWeight, dBias, eps, shape);
    }

    @Override
    public BoundOp matmul(String name, Tensor a, Tensor b, MatmulAxes axes) {
        if (!floats(a, b)) {
            return reference.matmul(name, a, b, axes);
        }
        var shape = Shapes.Matmul.of(name, a.dims(), b.dims(), axes);
        return matrices.matmul(name, a, b, axes, shape);
    }

    @Override
    public BoundOp reorder(String name, Tensor from) {
        return reference.reorder(name, from);
    }

    @Override
    public BoundOp reorderLike(String name, Tensor from, Tensor like) {
        return reference.reorderLike(name, from, like);
    }
}
