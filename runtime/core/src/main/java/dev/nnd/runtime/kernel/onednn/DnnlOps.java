package dev.nnd.runtime.kernel.onednn;

import dev.nnd.runtime.kernel.BoundOp;
import dev.nnd.runtime.kernel.Kernels;
import dev.nnd.runtime.kernel.OpSite;
import dev.nnd.runtime.kernel.Shapes;
import dev.nnd.runtime.kernel.Window2d;
import dev.nnd.runtime.kernel.reference.ReferenceOps;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Tensor;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Builds the ops of one program. What oneDNN can't compute, doubles above all, the reference does. */
final class DnnlOps implements Kernels {

    private final OpSite site;
    private final DnnlSession session;
    private final ReferenceOps reference;
    private final Set<Tensor> cleared = Collections.newSetFromMap(new IdentityHashMap<>());

    DnnlOps(OpSite site, DnnlSession session) {
        this.site = site;
        this.session = session;
        this.reference = new ReferenceOps(site);
    }

    private BoundOp build(String name, Consumer<OpBuilder> body) {
        var builder = new OpBuilder(name, site, session, cleared);
        try {
            body.accept(builder);
            return builder.build();
        } catch (RuntimeException failed) {
            builder.discard();
            throw failed;
        }
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
        return build(name, op -> new InnerProductOps(op, shape).forward(x, w, bias, relu));
    }

    @Override
    public BoundOp innerProductBackwardData(String name, Tensor dy, Tensor w, Tensor likeX) {
        if (!floats(dy, w, likeX)) {
            return reference.innerProductBackwardData(name, dy, w, likeX);
        }
        var shape = Shapes.InnerProduct.of(name, likeX.dims(), w.dims());
        Shapes.requireDims(name, "dy", dy, shape.output());
        return build(name, op -> new InnerProductOps(op, shape).backwardData(dy, w, likeX));
    }

    @Override
    public BoundOp innerProductBackwardWeights(String name, Tensor dy, Tensor x, Tensor dw, @Nullable Tensor db) {
        if (!floats(dy, x, dw)) {
            return reference.innerProductBackwardWeights(name, dy, x, dw, db);
        }
        var shape = Shapes.InnerProduct.of(name, x.dims(), dw.dims());
        Shapes.requireDims(name, "dy", dy, shape.output());
        Shapes.requireBias(name, db, shape.o());
        return build(name, op -> new InnerProductOps(op, shape).backwardWeights(dy, x, dw, db));
    }

    @Override
    public BoundOp convolution2d(
            String name, Tensor x, Tensor w, @Nullable Tensor bias, Window2d window, int groups, boolean relu) {
        if (!floats(x, w)) {
            return reference.convolution2d(name, x, w, bias, window, groups, relu);
        }
        var shape = Shapes.Convolution.of(name, x.dims(), w.dims(), window, groups);
        Shapes.requireBias(name, bias, shape.o());
        return build(name, op -> new ConvolutionOps(op, shape).forward(x, w, bias, relu));
    }

    @Override
    public BoundOp convolution2dBackwardData(
            String name, Tensor dy, Tensor w, Tensor likeX, Window2d window, int groups) {
        if (!floats(dy, w, likeX)) {
            return reference.convolution2dBackwardData(name, dy, w, likeX, window, groups);
        }
        var shape = Shapes.Convolution.of(name, likeX.dims(), w.dims(), window, groups);
        Shapes.requireDims(name, "dy", dy, shape.output());
        return build(name, op -> new ConvolutionOps(op, shape).backwardData(dy, w, likeX));
    }

    @Override
    public BoundOp convolution2dBackwardWeights(
            String name, Tensor dy, Tensor x, Tensor dw, @Nullable Tensor db, Window2d window, int groups) {
        if (!floats(dy, x, dw)) {
            return reference.convolution2dBackwardWeights(name, dy, x, dw, db, window, groups);
        }
        var shape = Shapes.Convolution.of(name, x.dims(), dw.dims(), window, groups);
        Shapes.requireDims(name, "dy", dy, shape.output());
        Shapes.requireBias(name, db, shape.o());
        return build(name, op -> new ConvolutionOps(op, shape).backwardWeights(dy, x, dw, db));
    }

    @Override
    public BoundOp maxPool2d(String name, Tensor x, Window2d window, boolean indices) {
        if (!floats(x)) {
            return reference.maxPool2d(name, x, window, indices);
        }
        var shape = Shapes.Pool.of(name, x.dims(), window);
        return build(name, op -> new PoolingOps(op, shape).forward(x, indices));
    }

    @Override
    public BoundOp maxPool2dBackward(String name, Tensor dy, Tensor indices, Tensor likeX, Window2d window) {
        if (!floats(dy, likeX)) {
            return reference.maxPool2dBackward(name, dy, indices, likeX, window);
        }
        var shape = Shapes.Pool.of(name, likeX.dims(), window);
        Shapes.requireDims(name, "dy", dy, shape.output());
        return build(name, op -> new PoolingOps(op, shape).backward(dy, indices, likeX));
    }

    @Override
    public BoundOp matmul(String name, Tensor a, Tensor b, boolean transposeA, boolean transposeB) {
        if (!floats(a, b)) {
            return reference.matmul(name, a, b, transposeA, transposeB);
        }
        var shape = Shapes.Matmul.of(name, a.dims(), b.dims(), transposeA, transposeB);
        return build(name, op -> new MatmulOps(op, shape).multiply(a, b, transposeA, transposeB));
    }

    @Override
    public BoundOp reorder(String name, Tensor from) {
        if (from.plain()) {
            return build(name, op -> op.sameOutput(from));
        }
        return build(name, op -> op.reorderTo(from, op.plainOutput(from.dims())));
    }

    @Override
    public BoundOp reorderLike(String name, Tensor from, Tensor like) {
        Shapes.requireDims(name, "from", from, like.dims());
        if (from.plain() && like.plain()) {
            return build(name, op -> op.sameOutput(from));
        }
        return build(name, op -> {
            if (op.sameLayout(from, like)) {
                op.sameOutput(from);
            } else {
                op.reorderTo(from, op.outputLike(like));
            }
        });
    }
}
