package dev.nnd.compiler.rewrite;

import static dev.nnd.compiler.rewrite.RuleCase.graph;
import static dev.nnd.compiler.rewrite.RuleCase.input;
import static dev.nnd.compiler.rewrite.RuleCase.parameter;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nnd.compiler.Seed;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.BinaryFunction;
import dev.nnd.compiler.ir.Op.ReduceFunction;
import dev.nnd.compiler.ir.Op.UnaryFunction;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.plan.SampleGraphs;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each rule of the passes fires in the passes, on a graph that is written for it, and the graph keeps its values. */
class EveryRuleTest {

    private static final Dim N = Dim.variable("N");

    private static Value x(GraphBuilder to) {
        return input(to, "x", "N", 4);
    }

    private static Value c(GraphBuilder to, double number) {
        return to.constant(number, DType.F32);
    }

    private static Value f(GraphBuilder to, UnaryFunction function, Value x) {
        return to.unary(function, x);
    }

    private static Value row(GraphBuilder to, ReduceFunction function, Value x) {
        return to.reduce(function, x, List.of(x.type().rank() - 1), true);
    }

    private static List<Function<GraphBuilder, Value>> formulas() {
        return List.of(
                to -> to.binary(BinaryFunction.POWER, x(to), c(to, 2)),
                to -> {
                    Value x = x(to);
                    return f(to, UnaryFunction.TANH, to.multiply(x, x));
                },
                to -> to.divide(c(to, 1), to.add(c(to, 1), f(to, UnaryFunction.EXP, to.negate(x(to))))),
                to -> f(to, UnaryFunction.LOG1P, f(to, UnaryFunction.EXP, x(to))),
                to -> {
                    Value e = f(to, UnaryFunction.EXP, x(to));
                    return to.divide(e, row(to, ReduceFunction.SUM, e));
                },
                to -> {
                    Value x = x(to);
                    Value sum = row(to, ReduceFunction.SUM, f(to, UnaryFunction.EXP, x));
                    return to.subtract(x, f(to, UnaryFunction.LOG, sum));
                },
                to -> to.divide(row(to, ReduceFunction.SUM, x(to)), c(to, 4)),
                to -> {
                    Value x = x(to);
                    Value squares = row(to, ReduceFunction.MEAN, f(to, UnaryFunction.SQUARE, x));
                    return to.subtract(squares, f(to, UnaryFunction.SQUARE, row(to, ReduceFunction.MEAN, x)));
                },
                to -> to.divide(x(to), f(to, UnaryFunction.SQRT, f(to, UnaryFunction.EXP, input(to, "z", "N", 4)))),
                to -> to.divide(x(to), c(to, 3)),
                to -> f(to, UnaryFunction.LOG, to.apply(new Op.Softmax(), x(to))),
                to -> {
                    Value label = to.input(Port.Role.INPUT, "label", SampleGraphs.type(DType.I32, "N"));
                    return to.apply(new Op.Pick(), to.apply(new Op.LogSoftmax(), x(to)), label);
                },
                to -> to.reduceSum(to.negate(x(to)), List.of(1), false),
                to -> to.binary(BinaryFunction.MAXIMUM, x(to), c(to, 0)),
                to -> f(to, UnaryFunction.STOP_GRADIENT, x(to)));
    }

    private static List<Function<GraphBuilder, Value>> arithmetic() {
        return List.of(
                to -> to.multiply(
                        f(to, UnaryFunction.TANH, x(to)), f(to, UnaryFunction.TANH, to.add(x2(to), c(to, 0)))),
                to -> {
                    Value x = x(to);
                    return to.multiply(f(to, UnaryFunction.TANH, x), to.add(f(to, UnaryFunction.TANH, x), c(to, 1)));
                },
                to -> to.multiply(x(to), to.apply(new Op.Size(Dim.of(3), DType.F32))),
                to -> to.multiply(x(to), to.add(c(to, 2), c(to, 1.5))),
                to -> to.reshape(to.reshape(x(to), List.of(Dim.of(4), N)), List.of(N, Dim.of(2), Dim.of(2))),
                to -> to.apply(new Op.Reshape(List.of(N, Dim.of(4))), x(to)),
                to -> to.add(x(to), to.broadcast(input(to, "b", 4), List.of(N, Dim.of(4)))),
                to -> {
                    Value one = to.reshape(to.reduceSum(x(to), List.of(0, 1), false), List.of(Dim.ONE));
                    return to.add(one, input(to, "s"));
                },
                to -> to.negate(to.negate(x(to))),
                to -> f(to, UnaryFunction.ABS, f(to, UnaryFunction.SQUARE, x(to))),
                to -> to.select(to.constant(1, DType.BOOL), x(to), x2(to)),
                to -> to.multiply(to.multiply(x(to), c(to, 2)), c(to, 3)),
                to -> to.reduceSum(input(to, "x", "N", 1), List.of(1), false),
                to -> to.reduceSum(to.broadcast(input(to, "b", 4), List.of(N, Dim.of(4))), List.of(0), false),
                to -> f(to, UnaryFunction.TANH, to.broadcast(input(to, "b", 4), List.of(N, Dim.of(4)))),
                to -> f(to, UnaryFunction.TANH, to.reshape(x(to), List.of(N.times(Dim.of(4))))),
                to -> to.subtract(x(to), to.negate(x2(to))),
                to -> to.cast(
                        to.cast(to.input(Port.Role.INPUT, "i", SampleGraphs.type(DType.I32, "N")), DType.I64),
                        DType.F32));
    }

    private static Value x2(GraphBuilder to) {
        return input(to, "x2", "N", 4);
    }

    private static Value slice(GraphBuilder to, Value x, int from, int count) {
        List<Dim> dims = List.of(x.type().dim(0), Dim.of(count));
        return to.apply(new Op.Slice(List.of(Dim.ZERO, Dim.of(from)), List.of(1, 1), dims), x);
    }

    private static Value pad(GraphBuilder to, Value x) {
        List<Dim> frame = List.of(Dim.ZERO, Dim.ONE);
        return to.apply(new Op.Pad(frame, frame, List.of(0, 0), 0), x);
    }

    private static Value turned(GraphBuilder to, String name) {
        return to.transpose(input(to, name, "N", 3, 2), List.of(0, 2, 1));
    }

    private static List<Function<GraphBuilder, Value>> moves() {
        return List.of(
                to -> slice(to, x(to), 0, 4),
                to -> slice(to, slice(to, x(to), 1, 3), 1, 1),
                to -> slice(to, to.apply(new Op.Concat(1), x(to), x2(to)), 5, 2),
                to -> to.apply(new Op.Concat(1), to.apply(new Op.Concat(1), x(to), x2(to)), input(to, "x3", "N", 1)),
                to -> pad(to, pad(to, x(to))),
                to -> to.transpose(input(to, "x", "N", 1, 4), List.of(0, 2, 1)),
                to -> to.add(turned(to, "a"), turned(to, "b")),
                to -> to.matMul(turned(to, "a"), input(to, "b", 3, 5), false, false),
                to -> to.transpose(
                        to.matMul(input(to, "a", "N", 2, 3, 4), input(to, "b", "N", 2, 4, 5), false, false),
                        List.of(0, 2, 1, 3)),
                to -> to.matMul(
                        input(to, "a", "N", 2, 3),
                        to.broadcast(input(to, "b", 3, 4), List.of(N, Dim.of(3), Dim.of(4))),
                        false,
                        false));
    }

    private static Value convolution(GraphBuilder to, Value x) {
        var op = new Op.Convolution(SampleGraphs.window(3, 1, 1), 1, false, false);
        return to.apply(op, x, parameter(to, "w", 2, 2, 3, 3));
    }

    private static Value image(GraphBuilder to) {
        return input(to, "x", "N", 2, 4, 4);
    }

    private static Value batchNorm(GraphBuilder to, Value x) {
        Value mean = parameter(to, "mean", 2);
        Value variance = f(to, UnaryFunction.SQUARE, parameter(to, "deviation", 2));
        return to.apply(new Op.BatchNorm(1e-5, false), x, mean, variance);
    }

    private static Value dense(GraphBuilder to, Value x) {
        int features = (int) x.type().dim(-1).constant().orElseThrow();
        Value w = parameter(to, "v", 5, features);
        return to.add(to.matMul(x, to.transpose(w, List.of(1, 0)), false, false), parameter(to, "b", 5));
    }

    private static List<Function<GraphBuilder, Value>> networks() {
        List<Dim> zero = List.of(Dim.ZERO, Dim.ZERO, Dim.ONE, Dim.ONE);
        return List.of(
                to -> f(to, UnaryFunction.RELU, dense(to, x(to))),
                to -> MoveRulesTest.padded(to, input(to, "a", 3, 2), 0, 1),
                PlaceRulesTest::layers,
                to -> PlaceRulesTest.one(to, f(to, UnaryFunction.TANH, x(to)), 1),
                to -> PlaceRulesTest.one(to, PlaceRulesTest.dense(to, input(to, "x", "N", 5, 6), 3), 1),
                to -> BiasBeforeScanTest.recurrence(to, new BiasBeforeScanTest.Case(false, true, true, false)),
                to -> ScanRulesTest.projected(to, true, false),
                to -> {
                    Value index = to.input(Port.Role.INPUT, "index", SampleGraphs.type(DType.I32, 4, 5));
                    Value rows = to.apply(new Op.Gather(0, false), parameter(to, "table", 2, 16), index);
                    return GatherRulesTest.projected(to, GatherRulesTest.turned(to, rows));
                },
                to -> ScanRulesTest.summed(to, ScanRulesTest::product, false, true),
                to -> f(to, UnaryFunction.RELU, to.add(convolution(to, image(to)), parameter(to, "b", 2, 1, 1))),
                to -> convolution(to, to.apply(new Op.Pad(zero, zero, List.of(0, 0, 0, 0), 0), image(to))),
                to -> batchNorm(to, convolution(to, image(to))),
                to -> {
                    Value x = image(to);
                    return to.add(convolution(to, x), f(to, UnaryFunction.TANH, x));
                },
                to -> batchNorm(to, input(to, "x", "N", 2)),
                to -> dense(
                        to, to.reshape(f(to, UnaryFunction.RELU, convolution(to, image(to))), List.of(N, Dim.of(32)))));
    }

    @Test
    void everyRuleFires() {
        var fired = new TreeSet<String>();
        Stream.of(formulas(), arithmetic(), moves(), networks())
                .flatMap(List::stream)
                .forEach(body -> fired.addAll(fired(graph(body))));
        Set<String> all = new TreeSet<>();
        Passes.rules().forEach(r -> all.add(r.name()));
        all.removeAll(fired);
        // Replacing a node drops what only it used, so that no rule has to: nodes that are dead from the start are a
        // case of
        // their own.
        all.removeAll(firedOnDead());
        assertEquals(Set.of(), all);
    }

    private static Set<String> firedOnDead() {
        GraphBuilder to = RuleCase.builder();
        Value x = x(to);
        f(to, UnaryFunction.TANH, x);
        to.output(Port.Role.OUTPUT, "y", f(to, UnaryFunction.SIN, x));
        return fired(to.build());
    }

    private static Set<String> fired(Graph graph) {
        var before = RewriteDriver.run(Passes.BEFORE_AUTODIFF, graph);
        var after = RewriteDriver.run(Passes.AFTER_AUTODIFF, before.graph());
        RuleCase.sameValues(graph, after.graph(), RuleCase.SIZES, Seed.fresh());
        var names = new TreeSet<String>();
        Stream.concat(before.trace().steps().stream(), after.trace().steps().stream())
                .forEach(s -> names.add(s.rule()));
        return names;
    }
}
