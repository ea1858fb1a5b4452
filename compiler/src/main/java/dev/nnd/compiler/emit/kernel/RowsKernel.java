package dev.nnd.compiler.emit.kernel;

import dev.nnd.compiler.emit.JavaNames;
import dev.nnd.compiler.emit.Lines;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.plan.RowPasses;
import dev.nnd.compiler.plan.RowPasses.RowPass;
import dev.nnd.compiler.type.DType;
import java.util.ArrayList;
import java.util.List;

/**
 * A kernel over rows: loops over the axes that are kept, and in them one pass over the row after another, with vectors
 * along it.
 */
final class RowsKernel {

    private final KernelBody body;
    private final RowPasses passes;
    private final JavaNames names;
    private final LoopOrder order;
    private final DType dtype;
    private final int kept;

    /** For a body in the form of {@link RowPasses#graph}. */
    RowsKernel(KernelBody body, RowPasses passes, Share share, JavaNames names) {
        this.body = body;
        this.passes = passes;
        this.names = names;
        this.order = LoopOrder.keptFirst(body, share);
        Node first = passes.graph().nodes().stream()
                .filter(n -> n.op() instanceof Op.Reduce)
                .findFirst()
                .orElseThrow();
        this.dtype = first.inputs().getFirst().type().dtype();
        this.kept = body.depth() - ((Op.Reduce) first.op()).axes().size();
    }

    /** An accumulator of a pass. */
    private record Running(Node reduction, Accumulation how, String accumulator, String lanes) {}

    KernelLoops loops() {
        boolean vectors = dtype == DType.F32 && Vectors.fit(body);
        return new KernelLoops(write(false), vectors ? Accumulation.spared(write(true)) : null);
    }

    private String write(boolean vectors) {
        var out = new Lines();
        var writer = new BodyWriter(body, order, names.copy(), out);
        writer.enter(0);
        for (int level = 1; level <= kept; level++) {
            int axis = order.axes().get(level - 1);
            out.open(order.header(axis));
            writer.enter(level);
        }
        writer.follow(passes);
        for (RowPass pass : passes.passes()) {
            pass(pass, writer, out, vectors);
            writer.follow(passes);
        }
        for (Port port : body.graph().outputs()) {
            if (!passes.isWide(port.value())) {
                writer.store(port.value(), port);
            }
        }
        close(out, kept);
        return out.toString();
    }

    private void pass(RowPass pass, BodyWriter writer, Lines out, boolean vectors) {
        var running = new ArrayList<Running>();
        for (Node node : pass.reductions()) {
            var how = Accumulation.of(((Op.Reduce) node.op()).function(), dtype, body);
            var each = new Running(node, how, writer.name(how.name()), vectors ? writer.name(how.lanesName()) : "");
            out.add(
                    vectors
                            ? "float " + each.accumulator() + " = " + how.start(DType.F32)
                            : how.declared(each.accumulator()));
            if (vectors) {
                out.add("FloatVector " + each.lanes() + " = " + how.vectorStart());
            }
            running.add(each);
        }
        BodyWriter row = writer.inner(false);
        int innermost = order.depth() - 1;
        row.enter(pass, kept);
        for (int level = kept + 1; level <= innermost; level++) {
            int axis = order.axes().get(level - 1);
            out.open(order.header(axis));
            row.enter(pass, level);
        }
        if (vectors) {
            vectors(pass, row, running, out);
        } else {
            int axis = order.axes().getLast();
            out.open(order.header(axis));
            elements(pass, row, running, out);
            out.close();
        }
        close(out, innermost - kept);
        for (Running each : running) {
            Code total = vectors
                    ? each.how().total(each.accumulator(), each.lanes(), out)
                    : each.how().total(each.accumulator());
            writer.give(each.reduction().output(), Operand.scalar(total, dtype));
        }
    }

    private void vectors(RowPass pass, BodyWriter row, List<Running> running, Lines out) {
        int last = order.vectorAxis();
        String v = order.variable(last);
        boolean again =
                kept == order.depth() - 1 && !pass.equals(passes.passes().getFirst());
        out.add((again ? "" : "long ") + v + " = 0");
        out.open(Vectors.loop(v, body.size(last)));
        BodyWriter inner = row.inner(true);
        inner.enter(pass, order.depth());
        for (Running each : running) {
            Code x = inner.operand(each.reduction().inputs().getFirst()).spread();
            out.add(each.how().addVector(each.lanes(), x));
        }
        pass.writes().forEach((port, value) -> inner.store(value, port));
        out.close();
        out.open("for (; " + v + " < " + body.size(last) + "; " + v + "++)");
        elements(pass, row, running, out);
        out.close();
    }

    private void elements(RowPass pass, BodyWriter row, List<Running> running, Lines out) {
        BodyWriter inner = row.inner(false);
        inner.enter(pass, order.depth());
        for (Running each : running) {
            Code x = inner.operand(each.reduction().inputs().getFirst()).code();
            out.add(each.how().add(each.accumulator(), x));
        }
        pass.writes().forEach((port, value) -> inner.store(value, port));
    }

    private static void close(Lines out, int loops) {
        for (int i = 0; i < loops; i++) {
            out.close();
        }
    }
}
