package dev.nnd.compiler.emit.kernel;

import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.plan.Step.Kind;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Kernel bodies of every form, over every op that may stand in one. */
final class KernelCases {

    private static final Set<Op.UnaryFunction> POSITIVE = EnumSet.of(
            Op.UnaryFunction.SQRT,
            Op.UnaryFunction.RSQRT,
            Op.UnaryFunction.RECIPROCAL,
            Op.UnaryFunction.LOG,
            Op.UnaryFunction.LOG1P);

    private KernelCases() {}

    static List<KernelCase> all() {
        var cases = new ArrayList<KernelCase>();
        for (Op.UnaryFunction f : Op.UnaryFunction.values()) {
            if (f != Op.UnaryFunction.NOT) {
                boolean arc = f == Op.UnaryFunction.ASIN || f == Op.UnaryFunction.ACOS;
                KernelCase.Body body = arc
                        ? g -> g.out(
                                "y",
                                g.unary(
                                        f,
                                        g.builder()
                                                .multiply(g.c(0.9), g.unary(Op.UnaryFunction.SIN, g.in("x", "COUNT")))))
                        : g -> g.out("y", g.unary(f, g.in("x", "COUNT")));
                String name = f.name().toLowerCase(Locale.ROOT) + "Of";
                cases.add(
                        POSITIVE.contains(f)
                                ? KernelCase.positive(name, Kind.MAP, body)
                                : KernelCase.of(name, Kind.MAP, body));
            }
        }
        for (Op.BinaryFunction f : Op.BinaryFunction.values()) {
            if (f != Op.BinaryFunction.AND && f != Op.BinaryFunction.OR) {
                binary(cases, f);
            }
        }
        cases.addAll(maps());
        cases.addAll(broadcasts());
        cases.addAll(reductions());
        cases.addAll(RowCases.all());
        cases.addAll(singles());
        return cases;
    }

    private static void binary(List<KernelCase> cases, Op.BinaryFunction f) {
        String name = f.name().toLowerCase(Locale.ROOT);
        cases.add(KernelCase.positive(
                name + "Tensors",
                Kind.MAP,
                g -> g.out("y", g.builder().binary(f, g.in("a", "COUNT"), g.in("b", "COUNT")))));
        cases.add(KernelCase.positive(
                name + "Left", Kind.MAP, g -> g.out("y", g.builder().binary(f, g.c(1.5), g.in("b", "COUNT")))));
        cases.add(KernelCase.positive(
                name + "Right", Kind.MAP, g -> g.out("y", g.builder().binary(f, g.in("a", "COUNT"), g.in("b")))));
    }

    private static List<KernelCase> maps() {
        return List.of(
                KernelCase.of("reluBackward", Kind.MAP, g -> {
                    Value y = g.in("y", "COUNT");
                    Value dy = g.in("dy", "COUNT");
                    g.out("dx", g.builder().select(g.builder().compare(Op.Comparison.GREATER, y, g.c(0)), dy, g.c(0)));
                }),
                KernelCase.of("gelu", Kind.MAP, g -> {
                    Value x = g.in("x", "COUNT");
                    Value erf = g.unary(Op.UnaryFunction.ERF, g.builder().multiply(x, g.c(Math.sqrt(0.5))));
                    Value half = g.builder().multiply(g.c(0.5), x);
                    g.out("y", g.builder().multiply(half, g.builder().add(g.c(1), erf)));
                }),
                KernelCase.of("masks", Kind.MAP, g -> {
                    Value x = g.in("x", "COUNT");
                    Value y = g.in("y", "COUNT");
                    Value less = g.builder().compare(Op.Comparison.LESS_EQUAL, g.c(0.25), x);
                    Value more = g.builder().compare(Op.Comparison.NOT_EQUAL, x, y);
                    Value both = g.builder().binary(Op.BinaryFunction.AND, less, more);
                    Value either = g.builder().binary(Op.BinaryFunction.OR, both, g.unary(Op.UnaryFunction.NOT, less));
                    g.out(
                            "z",
                            g.builder()
                                    .add(
                                            g.builder().cast(either, DType.F32),
                                            g.builder().select(both, g.c(2), y)));
                }),
                // Times a power of two, which is exact: else what is near a whole number could be cut to another one.
                KernelCase.of("wholeNumbers", Kind.MAP, g -> {
                    Value x = g.in("x", "COUNT");
                    Value i = g.builder().cast(g.builder().multiply(x, g.c(8)), DType.I32);
                    Value flag = g.builder().compare(Op.Comparison.LESS, i, g.in(DType.I32, "limit", "COUNT"));
                    g.out("flag", flag);
                    g.out("whole", i);
                    g.out("wide", g.builder().cast(i, DType.I64));
                }),
                KernelCase.of("chosen", Kind.MAP, g -> {
                    Value flag = g.in(DType.BOOL, "flag", "COUNT");
                    g.out("y", g.builder().select(flag, g.in("a", "COUNT"), g.in("b", "COUNT")));
                }),
                KernelCase.of("shared", Kind.MAP, g -> {
                    Value x = g.in("x", "COUNT");
                    Value scale = g.builder().divide(g.in("factor"), g.builder().size(Dim.variable("N"), DType.F32));
                    Value y = g.builder().multiply(x, scale);
                    g.out("y", y);
                    g.out("z", g.builder().add(g.unary(Op.UnaryFunction.TANH, y), g.unary(Op.UnaryFunction.SQUARE, y)));
                }),
                KernelCase.of("cell", Kind.MAP, KernelCases::cell),
                KernelCase.of(
                        "numbersAlone", Kind.MAP, g -> g.out("y", g.builder().add(g.in("a"), g.in("b")))),
                adam());
    }

    /** Five functions of the exponential in one kernel: the cell of an LSTM. */
    private static void cell(KernelCase.Shorthand g) {
        Value in = g.unary(Op.UnaryFunction.SIGMOID, g.in("i", "COUNT"));
        Value forget = g.unary(Op.UnaryFunction.SIGMOID, g.in("f", "COUNT"));
        Value candidate = g.unary(Op.UnaryFunction.TANH, g.in("g", "COUNT"));
        Value out = g.unary(Op.UnaryFunction.SIGMOID, g.in("o", "COUNT"));
        Value kept = g.builder().multiply(forget, g.in("c", "COUNT"));
        Value cell = g.builder().add(kept, g.builder().multiply(in, candidate));
        g.out("cell", cell);
        g.out("h", g.builder().multiply(out, g.unary(Op.UnaryFunction.TANH, cell)));
    }

    /** Adam as in PyTorch, over one slab. */
    static KernelCase adam() {
        return KernelCase.positive("adamUpdate", Kind.MAP, g -> {
            Value p = g.in("p", "COUNT");
            Value gradient = g.in("g", "COUNT");
            Value m = g.in("m", "COUNT");
            Value v = g.in("v", "COUNT");
            Value lr = g.scalar("lr");
            Value step = g.scalar("step");
            Value one = g.builder().constant(1, DType.F64);
            Value decay =
                    g.builder().binary(Op.BinaryFunction.POWER, g.builder().constant(0.9, DType.F64), step);
            Value rate = g.builder().divide(lr, g.builder().subtract(one, decay));
            Value nextM = g.builder()
                    .add(g.builder().multiply(g.c(0.9), m), g.builder().multiply(g.c(0.1), gradient));
            Value square = g.builder().multiply(gradient, gradient);
            Value nextV = g.builder()
                    .add(g.builder().multiply(g.c(0.999), v), g.builder().multiply(g.c(0.001), square));
            Value denominator = g.builder().add(g.unary(Op.UnaryFunction.SQRT, nextV), g.c(1e-8));
            Value change = g.builder()
                    .multiply(g.builder().cast(rate, DType.F32), g.builder().divide(nextM, denominator));
            g.builder().output(Port.Role.UPDATED, "p", g.builder().subtract(p, change));
            g.builder().output(Port.Role.UPDATED, "m", nextM);
            g.builder().output(Port.Role.UPDATED, "v", nextV);
        });
    }

    private static List<KernelCase> broadcasts() {
        return List.of(
                KernelCase.of("biasRelu", Kind.BROADCAST, g -> {
                    Value sum = g.builder().add(g.in("x", "ROWS", "COLUMNS"), g.in("bias", "1", "COLUMNS"));
                    g.out("y", g.unary(Op.UnaryFunction.RELU, sum));
                }),
                KernelCase.of("scaleRows", Kind.BROADCAST, g -> {
                    Value scale = g.unary(Op.UnaryFunction.EXP, g.in("scale", "ROWS", "1"));
                    g.out("y", g.builder().multiply(g.in("x", "ROWS", "COLUMNS"), scale));
                }),
                KernelCase.of("channelBias", Kind.BROADCAST, g -> {
                    Value x = g.in("x", "D0", "D1", "D2");
                    g.out("y", g.builder().subtract(x, g.in("bias", "1", "D1", "1")));
                }),
                KernelCase.of("outer", Kind.BROADCAST, g -> {
                    g.out("y", g.builder().multiply(g.in("a", "ROWS", "1"), g.in("b", "1", "COLUMNS")));
                }),
                KernelCase.of("spreadRows", Kind.BROADCAST, g -> {
                    Value x = g.in("x", "ROWS", "1");
                    g.out("y", g.builder().broadcast(x, List.of(Dim.variable("ROWS"), Dim.variable("COLUMNS"))));
                }),
                KernelCase.of("spreadNumber", Kind.BROADCAST, g -> {
                    Value mean = g.builder().divide(g.in("x"), g.builder().size(Dim.variable("COUNT"), DType.F32));
                    g.out("y", g.builder().broadcast(mean, List.of(Dim.variable("COUNT"))));
                }),
                KernelCase.of("fourAxes", Kind.BROADCAST, g -> {
                    Value x = g.in("x", "D0", "D1", "D2", "D3");
                    Value a = g.builder().add(x, g.in("a", "1", "D1", "1", "D3"));
                    g.out("y", g.builder().multiply(a, g.in("b", "D0", "1", "D2", "1")));
                }));
    }

    private static List<KernelCase> reductions() {
        var cases = new ArrayList<KernelCase>();
        for (Op.ReduceFunction f : Op.ReduceFunction.values()) {
            if (f == Op.ReduceFunction.ANY || f == Op.ReduceFunction.ALL || f == Op.ReduceFunction.PRODUCT) {
                continue; // of bools; leaves the range of floats. See ops.txt
            }
            String name = f.name().toLowerCase(Locale.ROOT);
            cases.add(reduce(name + "All", f, List.of(0), "COUNT"));
            cases.add(reduce(name + "Rows", f, List.of(1), "ROWS", "COLUMNS"));
            cases.add(reduce(name + "Columns", f, List.of(0), "ROWS", "COLUMNS"));
            cases.add(reduce(name + "Outside", f, List.of(0, 2), "D0", "D1", "D2"));
            cases.add(reduce(name + "Middle", f, List.of(1), "D0", "D1", "D2"));
        }
        cases.add(KernelCase.of("inverseDeviation", Kind.REDUCE, g -> {
            Value square = g.unary(Op.UnaryFunction.SQUARE, g.in("x", "ROWS", "COLUMNS"));
            Value mean = g.builder().reduce(Op.ReduceFunction.MEAN, square, List.of(1), false);
            g.out("y", g.unary(Op.UnaryFunction.RSQRT, g.builder().add(mean, g.c(1e-5))));
        }));
        cases.add(KernelCase.of("productSum", Kind.REDUCE, g -> {
            Value product = g.builder().multiply(g.in("dy", "ROWS", "COLUMNS"), g.in("scale", "1", "COLUMNS"));
            Value sum = g.builder()
                    .reduceSum(g.builder().multiply(product, g.in("x", "ROWS", "COLUMNS")), List.of(0), false);
            g.out("y", g.builder().multiply(sum, g.c(0.5)));
        }));
        cases.add(KernelCase.of("accuracy", Kind.REDUCE, g -> {
            Value hit = g.builder()
                    .compare(Op.Comparison.EQUAL, g.in(DType.I32, "a", "COUNT"), g.in(DType.I32, "b", "COUNT"));
            Value number = g.builder().cast(hit, DType.F32);
            g.out("y", g.builder().reduce(Op.ReduceFunction.MEAN, number, List.of(0), false));
        }));
        return cases;
    }

    private static KernelCase reduce(String name, Op.ReduceFunction f, List<Integer> axes, String... dims) {
        return KernelCase.of(name, Kind.REDUCE, g -> g.out("y", g.builder().reduce(f, g.in("x", dims), axes, false)));
    }

    private static List<KernelCase> singles() {
        return List.of(
                KernelCase.of(
                        "softmax", Kind.SINGLE, g -> g.out("y", g.builder().apply(new Op.Softmax(), matrix(g)))),
                KernelCase.of(
                        "logSoftmax", Kind.SINGLE, g -> g.out("y", g.builder().apply(new Op.LogSoftmax(), matrix(g)))),
                KernelCase.of("argMax", Kind.SINGLE, g -> g.out("y", g.builder().apply(new Op.ArgMax(), matrix(g)))),
                KernelCase.of(
                        "pick", Kind.SINGLE, g -> g.out("y", g.builder().apply(new Op.Pick(), matrix(g), labels(g)))),
                KernelCase.of("oneHot", Kind.SINGLE, g -> {
                    g.out("y", g.builder().apply(new Op.OneHot(Dim.variable("COLUMNS"), DType.F32), labels(g)));
                }),
                KernelCase.of("crossEntropy", Kind.SINGLE, g -> {
                    List<Value> both =
                            g.builder().applyAll("loss", new Op.SoftmaxCrossEntropy(), List.of(matrix(g), labels(g)));
                    g.out("loss", both.get(0));
                    g.out("probabilities", both.get(1));
                }),
                KernelCase.of("crossEntropyBackward", Kind.SINGLE, g -> {
                    Value dLoss = g.in("dLoss", "ROWS");
                    g.out("dx", g.builder().apply(new Op.SoftmaxCrossEntropyBackward(), matrix(g), labels(g), dLoss));
                }),
                KernelCase.of("transposed", Kind.SINGLE, g -> {
                    g.out("y", g.builder().transpose(matrix(g), List.of(1, 0)));
                }),
                KernelCase.of("headsFirst", Kind.SINGLE, g -> {
                    g.out("y", g.builder().transpose(g.in("x", "D0", "D1", "D2", "D3"), List.of(0, 2, 1, 3)));
                }));
    }

    private static Value matrix(KernelCase.Shorthand g) {
        return g.in("x", "ROWS", "COLUMNS");
    }

    private static Value labels(KernelCase.Shorthand g) {
        return g.in(DType.I32, "labels", "ROWS");
    }
}
