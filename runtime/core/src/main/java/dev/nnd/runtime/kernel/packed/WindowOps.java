package dev.nnd.runtime.kernel.packed;

import dev.nnd.runtime.kernel.BoundOp;
import dev.nnd.runtime.kernel.OpSite;
import dev.nnd.runtime.kernel.Shapes;
import dev.nnd.runtime.kernel.Workers;
import dev.nnd.runtime.memory.Layout;
import dev.nnd.runtime.memory.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Builds convolutions. */
final class WindowOps {

    private final OpSite site;
    private final Workers workers;
    private final boolean vectors;

    WindowOps(OpSite site, Workers workers, boolean vectors) {
        this.site = site;
        this.workers = workers;
        this.vectors = vectors;
    }

    BoundOp forward(
            String name,
            Tensor x,
            Tensor w,
            @Nullable Tensor bias,
            @Nullable Tensor scale,
            @Nullable Tensor shift,
            @Nullable Tensor added,
            boolean relu,
            Shapes.Convolution s) {
        var axes = Axes.of(s);
        var kernels = MatrixKernels.of(x.type(), vectors);
        var planes = Planes.ofInput(axes);
        int channels = Math.toIntExact(s.c() / s.groups());
        long rows = s.o() / s.groups();
        long element = axes.elements() * (long) kernels.bytes();
        var form = new WindowProduct.Form(
                s.n(), s.groups(), channels, rows, channels * element, element, rows * channels * element, axes.out());
        var product = new WindowProduct(kernels, form, planes, Region.forward(axes, planes), workers.threads());
        long[] dims = s.output();
        var y = site.output(name, x.type(), Layout.rowMajor(s.n() * s.o() * Axes.volume(axes.out())), dims);
        return op(name, product, x, w, y, () -> Tail.of(bias, scale, shift, added, y, relu));
    }

    BoundOp backwardData(String name, Tensor dy, Tensor w, @Nullable Tensor bias, Tensor likeX, Shapes.Convolution s) {
        var axes = Axes.of(s);
        var kernels = MatrixKernels.of(dy.type(), vectors);
        var planes = Planes.ofOutput(axes);
        int channels = Math.toIntExact(s.o() / s.groups());
        long rows = s.c() / s.groups();
        long element = axes.elements() * (long) kernels.bytes();
        var form = new WindowProduct.Form(
                s.n(), s.groups(), channels, rows, element, rows * element, rows * channels * element, axes.in());
        var product = new WindowProduct(kernels, form, planes, Region.backward(axes, planes), workers.threads());
        var dx = site.outputLike(name, likeX);
        return op(name, product, dy, w, dx, () -> Tail.of(bias));
    }

    /** Makes the tail once its tensors have memory. */
    private interface TailPlacement {
        Tail place();
    }

    private BoundOp op(String name, WindowProduct product, Tensor from, Tensor w, Tensor to, TailPlacement tail) {
        var planes = site.scratchBytes(name + "Planes", product.planesBytes());
        var strips = site.scratchBytes(name + "Strips", product.stripsBytes());
        return new JavaOp(
                name,
                List.of(to),
                () -> product.bind(
                        workers,
                        new WindowProduct.Operands(
                                Places.of(from),
                                Places.of(w),
                                Places.of(to),
                                tail.place(),
                                Places.of(planes),
                                Places.of(strips))));
    }

    BoundOp backwardWeights(String name, Tensor dy, Tensor x, Tensor dw, @Nullable Tensor db, Shapes.Convolution s) {
        var kernels = MatrixKernels.of(x.type(), vectors);
        int inputs = Math.toIntExact(s.c() / s.groups());
        int outputs = Math.toIntExact(s.o() / s.groups());
        var form = new WindowGradient.Form(s.n(), s.groups(), inputs, outputs);
        var gradient = new WindowGradient(kernels, form, Axes.of(s), workers.threads());
        var planes = site.scratchBytes(name + "Planes", gradient.scratchBytes());
        return new JavaOp(
                name,
                List.of(),
                () -> gradient.bind(
                        workers,
                        new WindowGradient.Operands(
                                Places.of(dy),
                                Places.of(x),
                                Places.of(dw),
                                db == null ? 0 : Places.of(db),
                                Places.of(planes))));
    }
}
