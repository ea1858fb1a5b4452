package dev.nnd.runtime.kernel.packed;

import dev.nnd.runtime.kernel.BoundOp;
import dev.nnd.runtime.kernel.OpSite;
import dev.nnd.runtime.kernel.Pooling;
import dev.nnd.runtime.kernel.Shapes;
import dev.nnd.runtime.kernel.Workers;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Layout;
import dev.nnd.runtime.memory.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Builds poolings of f32 tensors; a part is some planes. */
final class PoolingOps {

    /** Elements of a part that is worth a thread. */
    private static final long LEAST = 1 << 13;

    private final OpSite site;
    private final Workers workers;

    PoolingOps(OpSite site, Workers workers) {
        this.site = site;
        this.workers = workers;
    }

    BoundOp forward(String name, Pooling pooling, Tensor x, boolean indices, Shapes.Pool s) {
        var pool = new Pool(s, pooling);
        long planes = s.n() * s.c();
        var y = output(name, ElementType.F32, planes * pool.outputs(), s);
        var winners = indices ? output(name + "Indices", ElementType.I32, planes * pool.outputs(), s) : null;
        return new JavaOp(name, winners == null ? List.of(y) : List.of(y, winners), () -> {
            long ax = Places.of(x);
            long ay = Places.of(y);
            long ai = winners == null ? 0 : Places.of(winners);
            long inputBytes = pool.inputs() * Float.BYTES;
            long outputBytes = pool.outputs() * Float.BYTES;
            if (pooling == Pooling.MAXIMUM) {
                return run(
                        pool,
                        planes,
                        plane -> pool.maximum(
                                ax + plane * inputBytes,
                                ay + plane * outputBytes,
                                ai == 0 ? 0 : ai + plane * outputBytes));
            }
            return run(pool, planes, plane -> pool.average(ax + plane * inputBytes, ay + plane * outputBytes));
        });
    }

    private Tensor output(String name, ElementType type, long elements, Shapes.Pool s) {
        return site.output(name, type, Layout.rowMajor(elements), s.output());
    }

    BoundOp backward(String name, Pooling pooling, Tensor dy, @Nullable Tensor indices, Tensor likeX, Shapes.Pool s) {
        var pool = new Pool(s, pooling);
        long planes = s.n() * s.c();
        var dx = site.outputLike(name, likeX);
        return new JavaOp(name, List.of(dx), () -> {
            long ady = Places.of(dy);
            long ai = indices == null ? 0 : Places.of(indices);
            long adx = Places.of(dx);
            long inputBytes = pool.inputs() * Float.BYTES;
            long outputBytes = pool.outputs() * Float.BYTES;
            if (ai != 0) {
                return run(
                        pool,
                        planes,
                        plane -> pool.maximumBackward(
                                ady + plane * outputBytes, ai + plane * outputBytes, adx + plane * inputBytes));
            }
            return run(
                    pool, planes, plane -> pool.averageBackward(ady + plane * outputBytes, adx + plane * inputBytes));
        });
    }

    /** What is done with a plane. */
    private interface PlaneWork {
        void run(long plane);
    }

    private Runnable run(Pool pool, long planes, PlaneWork work) {
        long step = Math.max(1, LEAST / Math.max(1, pool.inputs()));
        int parts = Math.toIntExact(Math.ceilDiv(planes, step));
        Workers.Work part = (index, slot) -> {
            long end = Math.min(planes, (index + 1) * step);
            for (long plane = index * step; plane < end; plane++) {
                work.run(plane);
            }
        };
        return () -> workers.run(part, parts);
    }
}
