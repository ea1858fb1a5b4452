package dev.nnd.compiler.rewrite;

import static dev.nnd.compiler.rewrite.RuleCase.builder;
import static dev.nnd.compiler.rewrite.RuleCase.count;
import static dev.nnd.compiler.rewrite.RuleCase.doesNotFire;
import static dev.nnd.compiler.rewrite.RuleCase.fires;
import static dev.nnd.compiler.rewrite.RuleCase.graph;
import static dev.nnd.compiler.rewrite.RuleCase.input;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.BinaryFunction;
import dev.nnd.compiler.ir.Op.ReduceFunction;
import dev.nnd.compiler.ir.Op.UnaryFunction;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules that find functions in formulas. */
class FormulaRulesTest {

    private static Value x(GraphBuilder to) {
        return input(to, "x", "N", 4);
    }

    private static Value c(GraphBuilder to, double number) {
        return to.constant(number, DType.F32);
    }

    /** Above 0, so that roots and logarithms are numbers. */
    private static Value positive(GraphBuilder to) {
        return to.add(to.unary(UnaryFunction.SQUARE, x(to)), c(to, 0.5));
    }

    private static UnaryFunction function(Graph graph) {
        return ((Op.Unary) graph.nodes().getLast().op()).function();
    }

    @ParameterizedTest
    @ValueSource(doubles = {3, 1.4142135, 8, -0.5})
    void quotientsByNumbersBecomeProducts(double by) {
        Graph after = fires(new DivisionByConstant(), 1, graph(to -> to.divide(x(to), c(to, by))));
        assertEquals(
                new Op.Binary(BinaryFunction.MULTIPLY), after.nodes().getLast().op());
    }

    @Test
    void quotientsThatStepFunctionsReadStay() {
        doesNotFire(new DivisionByConstant(), graph(to -> to.unary(UnaryFunction.FLOOR, to.divide(x(to), c(to, 49)))));
        doesNotFire(
                new DivisionByConstant(),
                graph(to -> to.cast(to.add(to.divide(x(to), c(to, 49)), c(to, 0.5)), DType.I32)));
        doesNotFire(new DivisionByConstant(), graph(to -> to.divide(x(to), c(to, 0))));
        doesNotFire(new DivisionByConstant(), graph(to -> to.divide(x(to), input(to, "y", "N", 4))));
        fires(new DivisionByConstant(), 1, graph(to -> to.unary(UnaryFunction.FLOOR, to.divide(x(to), c(to, 4)))));
    }

    @ParameterizedTest
    @CsvSource({"2, SQUARE", "0.5, SQRT", "-0.5, RSQRT", "-1, RECIPROCAL"})
    void powersThatHaveNamesGetThem(double power, UnaryFunction expected) {
        Graph after = fires(
                new PowerByConstant(), 1, graph(to -> to.binary(BinaryFunction.POWER, positive(to), c(to, power))));
        assertEquals(expected, function(after));
    }

    @Test
    void cubesBecomeProductsAndOtherPowersStay() {
        Graph after = fires(new PowerByConstant(), 1, graph(to -> to.binary(BinaryFunction.POWER, x(to), c(to, 3))));
        assertEquals(2, after.nodes().size());
        doesNotFire(new PowerByConstant(), graph(to -> to.binary(BinaryFunction.POWER, positive(to), c(to, 2.5))));
        doesNotFire(new PowerByConstant(), graph(to -> to.binary(BinaryFunction.POWER, c(to, 2), x(to))));
    }

    @Test
    void aProductWithItselfIsASquare() {
        Graph after = fires(new ProductWithItself(), 1, graph(to -> {
            Value x = x(to);
            return to.multiply(x, x);
        }));
        assertEquals(UnaryFunction.SQUARE, function(after));
        doesNotFire(new ProductWithItself(), graph(to -> to.multiply(x(to), input(to, "y", "N", 4))));
    }

    @Test
    void quotientsByRootsBecomeProducts() {
        Graph after = fires(
                new QuotientByRoot(), 1, graph(to -> to.divide(x2(to), to.unary(UnaryFunction.SQRT, positive(to)))));
        assertTrue(after.nodes().stream().anyMatch(n -> n.op().equals(new Op.Unary(UnaryFunction.RSQRT))));
        Graph one = fires(
                new QuotientByRoot(), 1, graph(to -> to.divide(c(to, 1), to.unary(UnaryFunction.SQRT, positive(to)))));
        assertEquals(UnaryFunction.RSQRT, function(one));
        Graph reciprocal = fires(
                new QuotientByRoot(),
                1,
                graph(to -> to.unary(UnaryFunction.RECIPROCAL, to.unary(UnaryFunction.SQRT, positive(to)))));
        assertEquals(UnaryFunction.RSQRT, function(reciprocal));
        fires(new QuotientByRoot(), 1, graph(to -> to.divide(x(to), to.unary(UnaryFunction.EXP, x2(to)))));
    }

    private static Value x2(GraphBuilder to) {
        return input(to, "x2", "N", 4);
    }

    @Test
    void rootsThatSomethingElseReadsStay() {
        GraphBuilder to = builder();
        Value root = to.unary(UnaryFunction.SQRT, positive(to));
        to.output(Port.Role.OUTPUT, "root", root);
        to.output(Port.Role.OUTPUT, "y", to.divide(x2(to), root));
        doesNotFire(new QuotientByRoot(), to.build());
    }

    @Test
    void sumsOverTheirCountAreMeans() {
        List<Integer> last = List.of(1);
        Graph after = fires(new MeanOfSum(), 1, graph(to -> to.divide(to.reduceSum(x(to), last, true), c(to, 4))));
        assertEquals(1, count(after, Op.Reduce.class));
        assertEquals(1, after.nodes().size());
        fires(new MeanOfSum(), 1, graph(to -> to.multiply(c(to, 0.25), to.reduceSum(x(to), last, false))));
        fires(
                new MeanOfSum(),
                1,
                graph(to -> to.divide(to.reduceSum(x(to), List.of(0), false), to.size(Dim.variable("N"), DType.F32))));
        fires(
                new MeanOfSum(),
                1,
                graph(to -> to.divide(
                        to.reshape(to.reduceSum(x(to), last, false), List.of(Dim.variable("N"), Dim.ONE)), c(to, 4))));
    }

    @Test
    void sumsOverOtherNumbersAreNoMeans() {
        List<Integer> last = List.of(1);
        doesNotFire(new MeanOfSum(), graph(to -> to.divide(to.reduceSum(x(to), last, true), c(to, 3))));
        doesNotFire(new MeanOfSum(), graph(to -> to.multiply(to.reduceSum(x(to), last, true), c(to, 4))));
        doesNotFire(
                new MeanOfSum(),
                graph(to -> to.divide(to.reduceSum(x(to), last, true), to.size(Dim.variable("N"), DType.F32))));
    }

    private static Value mean(GraphBuilder to, Value x, int axis, boolean keep) {
        return to.reduce(ReduceFunction.MEAN, x, List.of(axis), keep);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theVarianceOfMomentsIsCentered(boolean keep) {
        Graph after = fires(new VarianceOfMoments(), 1, graph(to -> {
            Value x = x(to);
            Value squares = mean(to, to.unary(UnaryFunction.SQUARE, x), 1, keep);
            return to.subtract(squares, to.unary(UnaryFunction.SQUARE, mean(to, x, 1, keep)));
        }));
        assertEquals(2, count(after, Op.Reduce.class));
    }

    @Test
    void momentsOfOtherValuesOrAxesAreNoVariance() {
        doesNotFire(new VarianceOfMoments(), graph(to -> {
            Value squares = mean(to, to.unary(UnaryFunction.SQUARE, x(to)), 1, true);
            return to.subtract(squares, to.unary(UnaryFunction.SQUARE, mean(to, x2(to), 1, true)));
        }));
        doesNotFire(new VarianceOfMoments(), graph(to -> {
            Value x = input(to, "x", 4, 4);
            Value squares = mean(to, to.unary(UnaryFunction.SQUARE, x), 1, true);
            return to.subtract(squares, to.unary(UnaryFunction.SQUARE, mean(to, x, 0, true)));
        }));
    }

    private static Value logistic(GraphBuilder to, Value x) {
        return to.add(c(to, 1), to.unary(UnaryFunction.EXP, to.negate(x)));
    }

    @Test
    void theLogisticFunctionIsFound() {
        Graph quotient = fires(new SigmoidOfParts(), 1, graph(to -> to.divide(c(to, 1), logistic(to, x(to)))));
        assertEquals(UnaryFunction.SIGMOID, function(quotient));
        fires(new SigmoidOfParts(), 1, graph(to -> to.unary(UnaryFunction.RECIPROCAL, logistic(to, x(to)))));
        Graph silu = fires(new SigmoidOfParts(), 1, graph(to -> {
            Value x = x(to);
            return to.divide(x, logistic(to, x));
        }));
        assertEquals(2, silu.nodes().size());
        fires(
                new SigmoidOfParts(),
                1,
                graph(to -> to.multiply(
                        c(to, 0.5), to.add(to.unary(UnaryFunction.TANH, to.multiply(x(to), c(to, 0.5))), c(to, 1)))));
    }

    @Test
    void otherQuotientsAreNotLogistic() {
        doesNotFire(
                new SigmoidOfParts(),
                graph(to -> to.divide(c(to, 1), to.add(c(to, 2), to.unary(UnaryFunction.EXP, to.negate(x(to)))))));
        doesNotFire(
                new SigmoidOfParts(),
                graph(to -> to.divide(c(to, 1), to.add(c(to, 1), to.unary(UnaryFunction.EXP, x(to))))));
        GraphBuilder to = builder();
        Value sum = logistic(to, x(to));
        to.output(Port.Role.OUTPUT, "sum", sum);
        to.output(Port.Role.OUTPUT, "y", to.divide(c(to, 1), sum));
        doesNotFire(new SigmoidOfParts(), to.build());
    }

    @Test
    void softplusIsFound() {
        Graph after = fires(
                new SoftplusOfParts(),
                1,
                graph(to -> to.unary(UnaryFunction.LOG, to.add(c(to, 1), to.unary(UnaryFunction.EXP, x(to))))));
        assertEquals(UnaryFunction.SOFTPLUS, function(after));
        fires(new SoftplusOfParts(), 1, graph(to -> to.unary(UnaryFunction.LOG1P, to.unary(UnaryFunction.EXP, x(to)))));
        fires(
                new SoftplusOfParts(),
                1,
                graph(to -> to.unary(UnaryFunction.LOG, to.unary(UnaryFunction.SIGMOID, x(to)))));
        doesNotFire(
                new SoftplusOfParts(),
                graph(to -> to.unary(UnaryFunction.LOG, to.add(c(to, 2), to.unary(UnaryFunction.EXP, x(to))))));
    }

    private static Value powers(GraphBuilder to, boolean shifted) {
        Value x = x(to);
        return to.unary(
                UnaryFunction.EXP, shifted ? to.subtract(x, to.reduce(ReduceFunction.MAX, x, List.of(1), true)) : x);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void softmaxIsFound(boolean shifted) {
        Graph quotient = fires(new SoftmaxOfParts(), 1, graph(to -> {
            Value e = powers(to, shifted);
            return to.divide(e, to.reduceSum(e, List.of(1), true));
        }));
        assertEquals(1, quotient.nodes().size());
        assertEquals(1, count(quotient, Op.Softmax.class));
        fires(new SoftmaxOfParts(), 1, graph(to -> {
            Value e = powers(to, shifted);
            Value sum = to.reshape(to.reduceSum(e, List.of(1), false), List.of(Dim.variable("N"), Dim.ONE));
            return to.multiply(to.unary(UnaryFunction.RECIPROCAL, sum), e);
        }));
    }

    @Test
    void softmaxOfLogSoftmaxIsFound() {
        Graph after = fires(
                new SoftmaxOfParts(),
                1,
                graph(to -> to.unary(UnaryFunction.EXP, to.apply(new Op.LogSoftmax(), x(to)))));
        assertEquals(1, count(after, Op.Softmax.class));
    }

    @Test
    void otherSharesAreNoSoftmax() {
        doesNotFire(new SoftmaxOfParts(), graph(to -> {
            Value e = powers(to, true);
            return to.divide(e, to.reduceSum(e, List.of(0), true));
        }));
        doesNotFire(new SoftmaxOfParts(), graph(to -> {
            Value e = powers(to, true);
            return to.divide(e, to.reduce(ReduceFunction.MAX, e, List.of(1), true));
        }));
        GraphBuilder to = builder();
        Value e = powers(to, true);
        to.output(Port.Role.OUTPUT, "e", e);
        to.output(Port.Role.OUTPUT, "y", to.divide(e, to.reduceSum(e, List.of(1), true)));
        doesNotFire(new SoftmaxOfParts(), to.build());
    }

    private static Value logSum(GraphBuilder to, Value z, boolean kept) {
        Value sum = to.reduceSum(to.unary(UnaryFunction.EXP, z), List.of(1), kept);
        Value log = to.unary(UnaryFunction.LOG, sum);
        return kept ? log : to.reshape(log, List.of(Dim.variable("N"), Dim.ONE));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void logSoftmaxIsFound(boolean kept) {
        Graph plain = fires(new LogSoftmaxOfParts(), 1, graph(to -> {
            Value x = x(to);
            return to.subtract(x, logSum(to, x, kept));
        }));
        assertEquals(1, plain.nodes().size());
        Graph shifted = fires(new LogSoftmaxOfParts(), 1, graph(to -> {
            Value x = x(to);
            Value z = to.subtract(x, to.reduce(ReduceFunction.MAX, x, List.of(1), true));
            return to.subtract(z, logSum(to, z, kept));
        }));
        assertEquals(1, shifted.nodes().size());
        Graph together = fires(new LogSoftmaxOfParts(), 1, graph(to -> {
            Value x = x(to);
            Value m = to.reduce(ReduceFunction.MAX, x, List.of(1), true);
            return to.subtract(x, to.add(m, logSum(to, to.subtract(x, m), kept)));
        }));
        assertEquals(1, together.nodes().size());
    }

    @Test
    void otherDifferencesAreNoLogSoftmax() {
        doesNotFire(new LogSoftmaxOfParts(), graph(to -> to.subtract(x(to), logSum(to, x2(to), true))));
        doesNotFire(new LogSoftmaxOfParts(), graph(to -> {
            Value x = input(to, "x", 4, 4);
            Value sum = to.reduceSum(to.unary(UnaryFunction.EXP, x), List.of(0), true);
            return to.subtract(x, to.unary(UnaryFunction.LOG, sum));
        }));
    }

    @ParameterizedTest
    @CsvSource({"EXP, LOG", "EXPM1, LOG1P", "SQUARE, SQRT", "ABS, SQUARE", "RELU, RELU", "NEGATE, ABS", "EXP, RELU"})
    void functionsThatUndoEachOtherGo(UnaryFunction inner, UnaryFunction outer) {
        Graph after = fires(new InverseFunctions(), 1, graph(to -> to.unary(outer, to.unary(inner, x(to)))));
        assertTrue(after.nodes().size() < 2);
    }

    @ParameterizedTest
    @CsvSource({"LOG, EXP", "SQRT, SQUARE", "TANH, RELU", "SIN, ABS"})
    void functionsThatDoNotUndoEachOtherStay(UnaryFunction inner, UnaryFunction outer) {
        doesNotFire(new InverseFunctions(), graph(to -> to.unary(outer, to.unary(inner, x(to)))));
    }

    @Test
    void theLargerOfANumberAndZeroIsRelu() {
        Graph after = fires(new MaximumAsRelu(), 1, graph(to -> to.binary(BinaryFunction.MAXIMUM, c(to, 0), x(to))));
        assertEquals(UnaryFunction.RELU, function(after));
        fires(new MaximumAsRelu(), 1, graph(to -> to.binary(BinaryFunction.MAXIMUM, x(to), c(to, 0))));
        doesNotFire(new MaximumAsRelu(), graph(to -> to.binary(BinaryFunction.MAXIMUM, x(to), c(to, 1))));
        doesNotFire(new MaximumAsRelu(), graph(to -> to.binary(BinaryFunction.MINIMUM, x(to), c(to, 0))));
    }
}
