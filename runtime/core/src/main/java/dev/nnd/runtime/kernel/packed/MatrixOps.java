package dev.nnd.runtime.kernel.packed;

import dev.nnd.runtime.kernel.BoundOp;
import dev.nnd.runtime.kernel.MatmulAxes;
import dev.nnd.runtime.kernel.OpSite;
import dev.nnd.runtime.kernel.Shapes;
import dev.nnd.runtime.kernel.Workers;
import dev.nnd.runtime.memory.Layout;
import dev.nnd.runtime.memory.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Builds matmuls and inner products. */
final class MatrixOps {

    private final OpSite site;
    private final Workers workers;
    private final boolean vectors;

    MatrixOps(OpSite site, Workers workers, boolean vectors) {
        this.vectors = vectors;
        this.site = site;
        this.workers = workers;
    }

    BoundOp innerProduct(String name, Tensor x, Tensor w, @Nullable Tensor bias, boolean relu, Shapes.InnerProduct s) {
        var y = site.output(name, x.type(), Layout.rowMajor(s.n() * s.o()), s.output());
        int e = x.type().bytes();
        var form = new Product.Form(s.n(), s.o(), s.f(), s.f() * e, e, e, s.f() * e, s.o() * e);
        return new JavaOp(name, List.of(y), placement(name, form, x, w, y, Starts.ONE, bias, relu));
    }

    BoundOp backwardData(String name, Tensor dy, Tensor w, Tensor likeX, Shapes.InnerProduct s) {
        var dx = site.outputLike(name, likeX);
        int e = dy.type().bytes();
        var form = new Product.Form(s.n(), s.f(), s.o(), s.o() * e, e, s.f() * e, e, s.f() * e);
        return new JavaOp(name, List.of(dx), placement(name, form, dy, w, dx, Starts.ONE, null, false));
    }

    BoundOp backwardWeights(String name, Tensor dy, Tensor x, Tensor dw, @Nullable Tensor db, Shapes.InnerProduct s) {
        int e = x.type().bytes();
        var form = new Product.Form(s.o(), s.f(), s.n(), e, s.o() * e, s.f() * e, e, s.f() * e);
        var weights = placement(name, form, dy, x, dw, Starts.ONE, null, false);
        if (db == null) {
            return new JavaOp(name, List.of(), weights);
        }
        var kernels = MatrixKernels.of(x.type(), vectors);
        return new JavaOp(name, List.of(), () -> {
            long from = Places.of(dy);
            long to = Places.of(db);
            var body = weights.place();
            return () -> {
                kernels.fill(to, s.o(), 0);
                for (long row = 0; row < s.n(); row++) {
                    kernels.add(from + row * s.o() * e, to, s.o());
                }
                body.run();
            };
        });
    }

    BoundOp matmul(String name, Tensor a, Tensor b, MatmulAxes axes, Shapes.Matmul s) {
        var y = site.output(name, a.type(), Layout.rowMajor(s.m() * s.n() * batch(s)), s.output());
        int e = a.type().bytes();
        // One right-hand side for the whole batch: the batch is rows of one product.
        boolean folded = !axes.transposeA() && !axes.permutes() && b.elements() == s.k() * s.n();
        var form = new Product.Form(
                folded ? s.m() * batch(s) : s.m(),
                s.n(),
                s.k(),
                s.a().row() * e,
                s.a().column() * e,
                s.b().row() * e,
                s.b().column() * e,
                s.y().row() * e);
        var starts = folded ? Starts.ONE : Starts.of(s, e);
        return new JavaOp(name, List.of(y), placement(name, form, a, b, y, starts, null, false));
    }

    private static long batch(Shapes.Matmul s) {
        long batch = 1;
        for (long dim : s.batch()) {
            batch *= dim;
        }
        return batch;
    }

    private JavaOp.Placement placement(
            String name,
            Product.Form form,
            Tensor a,
            Tensor b,
            Tensor c,
            Starts starts,
            @Nullable Tensor bias,
            boolean relu) {
        var kernels = MatrixKernels.of(a.type(), vectors);
        var product = new Product(kernels, form);
        var scratch = site.scratchBytes(name + "Panels", product.scratchBytes() * workers.threads());
        return () -> {
            var operands = new ProductWork.Operands(
                    Places.of(a),
                    Places.of(b),
                    Places.of(c),
                    starts,
                    bias == null ? 0 : Places.of(bias),
                    relu,
                    Places.of(scratch));
            var work = new ProductWork(kernels, product, operands, workers.threads());
            int parts = work.parts();
            return () -> workers.run(work, parts);
        };
    }
}
