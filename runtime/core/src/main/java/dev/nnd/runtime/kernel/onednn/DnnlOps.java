package dev.nnd.runtime.kernel.onednn;

import dev.nnd.runtime.kernel.BoundOp;
import dev.nnd.runtime.kernel.Kernels;
import dev.nnd.runtime.kernel.MatmulAxes;
import dev.nnd.runtime.kernel.OpSite;
import dev.nnd.runtime.kernel.Pooling;
import dev.nnd.runtime.kernel.Shapes;
import dev.nnd.runtime.kernel.Window;
import dev.nnd.runtime.kernel.reference.ReferenceOps;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Tensor;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Builds the ops of one program. What oneDNN can't compute, doubles above all, the reference does. */
final class DnnlOps implements Kernels {

    /** oneDNN normalizes up to three axes behind the channels. */
    private static final int MOST_DIMS = 5;

    /** What one thread does at best. */
    private static final double FLOPS_A_NANOSECOND = 100;

    private static final double BYTES_A_NANOSECOND = 60;

    /** Ops of less work are not shared: some times what it takes threads to meet. */
    private static final double LEAST_NANOSECONDS = 15_000;

    private final OpSite site;
    private final DnnlSession session;
    private final ReferenceOps reference;
    private final Set<Tensor> cleared = Collections.newSetFromMap(new IdentityHashMap<>());

    DnnlOps(OpSite site, DnnlSession session) {
        this.site = site;
        this.session = session;
        this.reference = new ReferenceOps(site);
    }

    private BoundOp build(String name, int threads, Consumer<OpBuilder> body) {
        var builder = new OpBuilder(name, site, session, threads, cleared);
        try {
            body.accept(builder);
            return builder.build();
        } catch (RuntimeException failed) {
            builder.discard();
            throw failed;
        }
    }

    /**
     * How many threads share an op. One that takes little time is done sooner by a single thread: the others have to be met,
     * and the processor that they wait on is then not free for the loops in Java behind it.
     *
     * @param products multiplications and additions of two numbers
     * @param moved what is read and written
     */
    private int threads(double products, Tensor... moved) {
        double bytes = 0;
        for (var tensor : moved) {
            bytes += (double) tensor.elements() * Float.BYTES;
        }
        return site.inOneThread() || isLittle(products, bytes) ? 1 : session.threads();
    }

    /** Whether one thread needs less time than it takes several to meet. */
    static boolean isLittle(double products, double bytes) {
        return Math.max(2 * products / FLOPS_A_NANOSECOND, bytes / BYTES_A_NANOSECOND) < LEAST_NANOSECONDS;
    }

    private static double products(Shapes.InnerProduct shape) {
        return (double) shape.n() * shape.o() * shape.f();
    }

    private static double products(Shapes.Convolution shape, Tensor w) {
        double places = shape.n();
        for (long size : shape.out()) {
            places *= size;
        }
        return places * w.elements();
    }

    private static double products(Shapes.Matmul shape) {
        double products = (double) shape.m() * shape.n() * shape.k();
        for (long size : shape.batch()) {
            products *= size;
        }
        return products;
    }

    private static boolean floats(Tensor... tensors) {
        for (var tensor : tensors) {
            if (tensor.type() != ElementType.F32 || tensor.elements() == 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public BoundOp innerProduct(String name, Tensor x, Tensor w, @Nullable Tensor bias, boolean relu) {
        if (!floats(x, w)) {
            return reference.innerProduct(name, x, w, bias, relu);
        }
        var shape = Shapes.InnerProduct.of(name, x.dims(), w.dims());
        Shapes.requireBias(name, bias, shape.o());
        return build(
                name, threads(products(shape), x, w), op -> new InnerProductOps(op, shape).forward(x, w, bias, relu));
    }

    @Override
    public BoundOp innerProductBackwardData(String name, Tensor dy, Tensor w, Tensor likeX) {
        if (!floats(dy, w, likeX)) {
            return reference.innerProductBackwardData(name, dy, w, likeX);
        }
        var shape = Shapes.InnerProduct.of(name, likeX.dims(), w.dims());
        Shapes.requireDims(name, "dy", dy, shape.output());
        return build(
                name, threads(products(shape), dy, w), op -> new InnerProductOps(op, shape).backwardData(dy, w, likeX));
    }

    @Override
    public BoundOp innerProductBackwardWeights(String name, Tensor dy, Tensor x, Tensor dw, @Nullable Tensor db) {
        if (!floats(dy, x, dw)) {
            return reference.innerProductBackwardWeights(name, dy, x, dw, db);
        }
        var shape = Shapes.InnerProduct.of(name, x.dims(), dw.dims());
        Shapes.requireDims(name, "dy", dy, shape.output());
        Shapes.requireBias(name, db, shape.o());
        return build(
                name,
                threads(products(shape), x, dw),
                op -> new InnerProductOps(op, shape).backwardWeights(dy, x, dw, db));
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
        if (!floats(x, w) || window.shortened()) {
            return reference.convolution(name, x, w, bias, scale, shift, added, window, groups, relu);
        }
        var shape = Shapes.Convolution.of(name, x.dims(), w.dims(), window, groups);
        Shapes.requireBias(name, bias, shape.o());
        Shapes.requireBias(name, scale, shape.o());
        Shapes.requireBias(name, shift, shape.o());
        if (added != null) {
            Shapes.requireDims(name, "added", added, shape.output());
        }
        var tail = new ConvolutionOps.Tail(bias, scale, shift, added, relu);
        return build(name, threads(products(shape, w), x, w), op -> new ConvolutionOps(op, shape).forward(x, w, tail));
    }

    @Override
    public BoundOp convolutionBackwardData(
            String name, Tensor dy, Tensor w, @Nullable Tensor bias, Tensor likeX, Window window, int groups) {
        if (!floats(dy, w, likeX) || window.shortened()) {
            return reference.convolutionBackwardData(name, dy, w, bias, likeX, window, groups);
        }
        var shape = Shapes.Convolution.of(name, likeX.dims(), w.dims(), window, groups);
        Shapes.requireDims(name, "dy", dy, shape.output());
        return build(
                name,
                threads(products(shape, w), dy, w),
                op -> new ConvolutionOps(op, shape).backwardData(dy, w, bias, likeX));
    }

    @Override
    public BoundOp convolutionBackwardWeights(
            String name, Tensor dy, Tensor x, Tensor dw, @Nullable Tensor db, Window window, int groups) {
        if (!floats(dy, x, dw) || window.shortened()) {
            return reference.convolutionBackwardWeights(name, dy, x, dw, db, window, groups);
        }
        var shape = Shapes.Convolution.of(name, x.dims(), dw.dims(), window, groups);
        Shapes.requireDims(name, "dy", dy, shape.output());
        Shapes.requireBias(name, db, shape.o());
        return build(
                name,
                threads(products(shape, dw), x, dw),
                op -> new ConvolutionOps(op, shape).backwardWeights(dy, x, dw, db));
    }

    @Override
    public BoundOp pool(String name, Pooling pooling, Tensor x, Window window, boolean indices) {
        var shape = Shapes.Pool.of(name, x.dims(), window);
        if (!floats(x) || (pooling == Pooling.AVERAGE_WITH_PADDING && shape.overhangs())) {
            return reference.pool(name, pooling, x, window, indices);
        }
        return build(name, threads(0, x, x), op -> new PoolingOps(op, pooling, shape).forward(x, indices));
    }

    @Override
    public BoundOp poolBackward(
            String name, Pooling pooling, Tensor dy, @Nullable Tensor indices, Tensor likeX, Window window) {
        var shape = Shapes.Pool.of(name, likeX.dims(), window);
        if (!floats(dy, likeX) || (pooling == Pooling.AVERAGE_WITH_PADDING && shape.overhangs())) {
            return reference.poolBackward(name, pooling, dy, indices, likeX, window);
        }
        Shapes.requireDims(name, "dy", dy, shape.output());
        return build(
                name, threads(0, likeX, likeX), op -> new PoolingOps(op, pooling, shape).backward(dy, indices, likeX));
    }

    @Override
    public BoundOp batchNormTraining(
            String name, Tensor x, @Nullable Tensor weight, @Nullable Tensor bias, double eps) {
        if (!floats(x) || x.rank() > MOST_DIMS) {
            return reference.batchNormTraining(name, x, weight, bias, eps);
        }
        var shape = Shapes.Channels.of(name, x.dims());
        Shapes.requireBias(name, weight, shape.c());
        Shapes.requireBias(name, bias, shape.c());
        return build(name, threads(0, x, x, x), op -> new NormalizationOps(op, shape, eps).training(x, weight, bias));
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
        if (!floats(x) || x.rank() > MOST_DIMS) {
            return reference.batchNorm(name, x, mean, variance, weight, bias, eps);
        }
        var shape = Shapes.Channels.of(name, x.dims());
        List.of(mean, variance).forEach(t -> Shapes.requireBias(name, t, shape.c()));
        Shapes.requireBias(name, weight, shape.c());
        Shapes.requireBias(name, bias, shape.c());
        return build(
                name,
                threads(0, x, x),
                op -> new NormalizationOps(op, shape, eps).inference(x, mean, variance, weight, bias));
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
        if (!floats(dy, x) || x.rank() > MOST_DIMS) {
            return reference.batchNormBackward(name, dy, x, mean, variance, weight, dWeight, dBias, eps);
        }
        Shapes.requireDims(name, "dy", dy, x.dims());
        var shape = Shapes.Channels.of(name, x.dims());
        return build(
                name,
                threads(0, dy, x, x, x),
                op -> new NormalizationOps(op, shape, eps).backward(dy, x, mean, variance, weight, dWeight, dBias));
    }

    @Override
    public BoundOp matmul(String name, Tensor a, Tensor b, MatmulAxes axes) {
        if (!floats(a, b) || !MatmulOps.can(a, b, axes)) {
            return reference.matmul(name, a, b, axes);
        }
        var shape = Shapes.Matmul.of(name, a.dims(), b.dims(), axes);
        return build(name, threads(products(shape), a, b), op -> new MatmulOps(op, shape).multiply(a, b, axes));
    }

    @Override
    public BoundOp reorder(String name, Tensor from) {
        if (from.plain()) {
            return build(name, 1, op -> op.sameOutput(from));
        }
        return build(name, threads(0, from, from), op -> op.reorderTo(from, op.plainOutput(from.dims())));
    }

    @Override
    public BoundOp reorderLike(String name, Tensor from, Tensor like) {
        Shapes.requireDims(name, "from", from, like.dims());
        if (from.plain() && like.plain()) {
            return build(name, 1, op -> op.sameOutput(from));
        }
        return build(name, threads(0, from, from), op -> {
            if (op.sameLayout(from, like)) {
                op.sameOutput(from);
            } else {
                op.reorderTo(from, op.outputLike(like));
            }
        });
    }
}
