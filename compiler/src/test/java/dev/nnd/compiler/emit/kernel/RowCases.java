package dev.nnd.compiler.emit.kernel;

import dev.nnd.compiler.emit.kernel.KernelCase.Shorthand;
import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.ReduceFunction;
import dev.nnd.compiler.ir.Op.UnaryFunction;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.plan.Step.Kind;
import dev.nnd.compiler.type.DType;
import java.util.List;

/** Kernel bodies over rows. */
final class RowCases {

    private RowCases() {}

    static List<KernelCase> all() {
        return List.of(
                rows("softmaxRows", g -> g.out("y", softmax(g, g.in("x", "ROWS", "COLUMNS")))),
                rows("softmaxDoubles", g -> g.out("y", softmax(g, g.in(DType.F64, "x", "ROWS", "COLUMNS")))),
                rows("logSoftmaxRows", g -> {
                    Value x = g.in("x", "ROWS", "COLUMNS");
                    g.out("y", g.builder().apply(new Op.LogSoftmax(), x));
                }),
                rows("maskedScores", RowCases::maskedScores),
                rows("layerNorm", g -> layerNorm(g, false)),
                rows("layerNormKept", g -> layerNorm(g, true)),
                rows("layerNormBackward", RowCases::layerNormBackward),
                rows("softmaxBackward", RowCases::softmaxBackward),
                rows("maskedBackward", RowCases::maskedBackward),
                rows("twoReducedAxes", RowCases::twoAxes),
                rows("manyReductions", RowCases::manyReductions),
                rows("onlyNarrow", RowCases::onlyNarrow),
                rows("waitingPower", RowCases::waitingPower));
    }

    private static KernelCase rows(String name, KernelCase.Body body) {
        return KernelCase.of(name, Kind.ROWS, body);
    }

    private static Value softmax(Shorthand g, Value x) {
        return g.builder().apply(new Op.Softmax(), x);
    }

    private static Value reduce(Shorthand g, ReduceFunction f, Value x) {
        return g.builder().reduce(f, x, List.of(x.type().rank() - 1), true);
    }

    /** Scores of [D0, D1, D2] under a mask that each head shares. */
    private static void maskedScores(Shorthand g) {
        GraphBuilder b = g.builder();
        Value scaled = b.multiply(g.in("x", "D0", "D1", "D2"), g.c(0.125));
        Value limited = b.binary(Op.BinaryFunction.MINIMUM, scaled, g.in("mask", "D0", "1", "D2"));
        g.out("y", softmax(g, b.add(limited, g.in("bias", "1", "D1", "D2"))));
    }

    private static void layerNorm(Shorthand g, boolean kept) {
        GraphBuilder b = g.builder();
        Value x = b.add(g.in("a", "ROWS", "COLUMNS"), g.in("b", "ROWS", "COLUMNS"));
        Value centered = b.subtract(x, reduce(g, ReduceFunction.MEAN, x));
        Value variance = reduce(g, ReduceFunction.MEAN, g.unary(UnaryFunction.SQUARE, centered));
        Value scale = g.unary(UnaryFunction.RSQRT, b.add(variance, g.c(1e-5)));
        Value y = b.multiply(b.multiply(centered, scale), g.in("w", "1", "COLUMNS"));
        g.out("y", b.add(y, g.in("bias", "1", "COLUMNS")));
        if (kept) {
            g.out("x", x);
            g.out("centered", centered);
            g.out("scale", scale);
        }
    }

    private static void layerNormBackward(Shorthand g) {
        GraphBuilder b = g.builder();
        Value centered = g.in("centered", "ROWS", "COLUMNS");
        Value scale = g.in("scale", "ROWS", "1");
        Value dt = b.multiply(g.in("dy", "ROWS", "COLUMNS"), g.in("w", "1", "COLUMNS"));
        Value dScale = reduce(g, ReduceFunction.SUM, b.multiply(dt, centered));
        Value cube = b.multiply(scale, g.unary(UnaryFunction.SQUARE, scale));
        Value share = b.divide(b.multiply(dScale, cube), b.size(centered.type().dim(1), DType.F32));
        Value dc = b.subtract(b.multiply(dt, scale), b.multiply(centered, share));
        g.out("dx", b.subtract(dc, reduce(g, ReduceFunction.MEAN, dc)));
    }

    private static void softmaxBackward(Shorthand g) {
        GraphBuilder b = g.builder();
        Value y = g.in("y", "ROWS", "COLUMNS");
        Value dy = g.in("dy", "ROWS", "COLUMNS");
        g.out("dx", b.multiply(y, b.subtract(dy, reduce(g, ReduceFunction.SUM, b.multiply(dy, y)))));
    }

    /** Comparisons and a choice behind the reduction. */
    private static void maskedBackward(Shorthand g) {
        GraphBuilder b = g.builder();
        Value y = g.in("y", "D0", "D1", "D2");
        Value dy = g.in("dy", "D0", "D1", "D2");
        Value dx = b.multiply(y, b.subtract(dy, reduce(g, ReduceFunction.SUM, b.multiply(dy, y))));
        Value wins = b.compare(Op.Comparison.LESS, g.in("scores", "D0", "D1", "D2"), g.in("limit", "D0", "1", "D2"));
        g.out("dx", b.multiply(b.select(wins, dx, g.c(0)), g.c(0.125)));
    }

    /** Over [D1, D2] of [D0, D1, D2], with a weight for each entry of D1. */
    private static void twoAxes(Shorthand g) {
        GraphBuilder b = g.builder();
        Value x = g.in("x", "D0", "D1", "D2");
        Value mean = b.reduce(ReduceFunction.MEAN, x, List.of(1, 2), true);
        Value centered = b.subtract(x, mean);
        Value square = b.reduce(ReduceFunction.MEAN, g.unary(UnaryFunction.SQUARE, centered), List.of(1, 2), true);
        g.out("y", b.multiply(b.multiply(centered, square), g.in("w", "1", "D1", "1")));
    }

    private static void manyReductions(Shorthand g) {
        GraphBuilder b = g.builder();
        Value x = g.in("x", "ROWS", "COLUMNS");
        Value range = b.subtract(reduce(g, ReduceFunction.MAX, x), reduce(g, ReduceFunction.MIN, x));
        Value all = reduce(g, ReduceFunction.PRODUCT, b.multiply(x, b.add(range, g.c(1))));
        g.out("range", range);
        g.out("y", b.add(b.multiply(x, range), reduce(g, ReduceFunction.SUM, x)));
        g.out("all", g.unary(UnaryFunction.TANH, all));
    }

    private static void onlyNarrow(Shorthand g) {
        GraphBuilder b = g.builder();
        Value x = g.in("x", "ROWS", "COLUMNS");
        Value centered = b.subtract(x, reduce(g, ReduceFunction.MEAN, x));
        g.out(
                "deviation",
                g.unary(UnaryFunction.SQRT, reduce(g, ReduceFunction.MEAN, g.unary(UnaryFunction.SQUARE, centered))));
    }

    /** An exponential that two passes need, and a result that is written in the first of them. */
    private static void waitingPower(Shorthand g) {
        GraphBuilder b = g.builder();
        Value x = g.in("x", "ROWS", "COLUMNS");
        Value power = g.unary(UnaryFunction.EXP, x);
        Value sum = reduce(g, ReduceFunction.SUM, power);
        Value share = b.divide(power, sum);
        Value spread = reduce(g, ReduceFunction.SUM, g.unary(UnaryFunction.SQUARE, share));
        g.out("double", b.add(x, x));
        g.out("y", b.multiply(power, spread));
    }
}
