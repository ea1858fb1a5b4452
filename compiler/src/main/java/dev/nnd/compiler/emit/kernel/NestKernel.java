package dev.nnd.compiler.emit.kernel;

import dev.nnd.compiler.emit.JavaNames;
import dev.nnd.compiler.emit.Lines;

/** Elementwise kernels: loops over all axes, vectors along the last. */
final class NestKernel {

    private final String name;
    private final KernelBody body;
    private final Signature signature;
    private final JavaNames names;
    private final LoopOrder order;

    NestKernel(String name, KernelBody body, Signature signature, JavaNames names) {
        this.name = name;
        this.body = body;
        this.signature = signature;
        this.names = names;
        this.order = LoopOrder.natural(body, signature.share());
    }

    KernelLoops loops() {
        boolean vectors = body.depth() > 0 && Vectors.fit(body);
        return new KernelLoops(scalar(), vectors ? Accumulation.spared(vector()) : null);
    }

    private String scalar() {
        var out = new Lines();
        var writer = new BodyWriter(body, order, names.copy(), out);
        writer.enter(0);
        writer.store(0);
        for (int axis = 0; axis < body.depth(); axis++) {
            out.open(order.header(axis));
            writer.enter(axis + 1);
            writer.store(axis + 1);
        }
        close(out, body.depth());
        return out.toString();
    }

    private String vector() {
        var out = new Lines();
        var writer = new BodyWriter(body, order, names.copy(), out);
        int last = body.depth() - 1;
        writer.enter(0);
        writer.store(0);
        for (int axis = 0; axis < last; axis++) {
            out.open(order.header(axis));
            writer.enter(axis + 1);
            writer.store(axis + 1);
        }
        String v = order.variable(last);
        out.add("long " + v + " = " + order.start(last));
        String end = order.end(last);
        out.open(Vectors.loop(v, end));
        finish(writer.inner(true), last + 1);
        out.close();
        if (signature.isFlat()) {
            out.add("super." + name + "(" + signature.arguments(v) + ")");
        } else {
            out.open("for (; " + v + " < " + end + "; " + v + "++)");
            finish(writer.inner(false), last + 1);
            out.close();
        }
        close(out, last);
        return out.toString();
    }

    private static void finish(BodyWriter writer, int level) {
        writer.enter(level);
        writer.store(level);
    }

    private static void close(Lines out, int loops) {
        for (int i = 0; i < loops; i++) {
            out.close();
        }
    }
}
