package dev.nnd.compiler.ir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The reference against values derived by hand. */
class EvaluatorTest {

    private static final double EXACT = 1e-12;

    private final GraphBuilder b = TestGraphs.builder();
    private final Map<String, double[]> inputs = new HashMap<>();

    @Test
    void functionsOfOneNumber() {
        Value x = given("x", DType.F64, new int[] {4}, -1.5, -0.5, 0.5, 2.5);
        check(b.unary(Op.UnaryFunction.ROUND, x), -2, -0.0, 0, 2);
        check(b.unary(Op.UnaryFunction.FLOOR, x), -2, -1, 0, 2);
        check(b.unary(Op.UnaryFunction.RELU, x), 0, 0, 0.5, 2.5);
        check(b.unary(Op.UnaryFunction.SIGN, x), -1, -1, 1, 1);
        check(
                b.unary(Op.UnaryFunction.SIGMOID, x),
                0.182425523806356,
                0.377540668798145,
                0.622459331201855,
                0.924141819978757);
        check(
                b.unary(Op.UnaryFunction.SOFTPLUS, x),
                0.201413277982752,
                0.474076984180107,
                0.974076984180107,
                2.57888973429255);
    }

    /** Values of erf from Abramowitz and Stegun, table 7.1. */
    @Test
    void erf() {
        Value x = given("x", DType.F64, new int[] {6}, 0, 0.5, 1, 2, -2, 9);
        check(b.unary(Op.UnaryFunction.ERF, x), 0, 0.5204998778, 0.8427007929, 0.9953222650, -0.9953222650, 1);
    }

    @Test
    void softplusOfALargeNumberIsTheNumber() {
        check(b.unary(Op.UnaryFunction.SOFTPLUS, given("x", DType.F64, new int[] {2}, 1000, -1000)), 1000, 0);
    }

    @Test
    void integersDivideTowardsZero() {
        Value x = given("x", DType.I32, new int[] {3}, 7, -7, 6);
        check(b.divide(x, b.constant(2, DType.I32)), 3, -3, 3);
        check(b.cast(given("f", DType.F32, new int[] {2}, 1.9, -1.9), DType.I32), 1, -1);
        check(b.cast(given("g", DType.F32, new int[] {3}, 0, 0.5, -2), DType.BOOL), 0, 1, 1);
    }

    @Test
    void broadcastingAlignsAtTheEnd() {
        Value column = given("column", DType.F64, new int[] {2, 1}, 10, 20);
        Value row = given("row", DType.F64, new int[] {3}, 1, 2, 3);
        check(b.add(column, row), 11, 12, 13, 21, 22, 23);
        check(b.broadcast(row, List.of(Dim.of(2), Dim.of(3))), 1, 2, 3, 1, 2, 3);
        check(
                b.select(b.compare(Op.Comparison.GREATER, row, b.constant(1, DType.F64)), column, row),
                1,
                10,
                10,
                1,
                20,
                20);
    }

    @Test
    void transposeAndReduce() {
        Value x = given("x", DType.F64, new int[] {2, 3}, 1, 2, 3, 4, 5, 6);
        check(b.transpose(x, List.of(1, 0)), 1, 4, 2, 5, 3, 6);
        check(b.reduceSum(x, List.of(0), false), 5, 7, 9);
        check(b.reduce(Op.ReduceFunction.MEAN, x, List.of(1), true), 2, 5);
        check(b.reduce(Op.ReduceFunction.MAX, x, List.of(0, 1), false), 6);
        check(b.reduce(Op.ReduceFunction.MIN, x, List.of(1), false), 1, 4);
        Value cube = given("cube", DType.F64, new int[] {2, 1, 3}, 1, 2, 3, 4, 5, 6);
        check(b.transpose(cube, List.of(2, 0, 1)), 1, 4, 2, 5, 3, 6);
    }

    @Test
    void matMulReadsTransposedOperands() {
        Value a = given("a", DType.F64, new int[] {2, 3}, 1, 2, 3, 4, 5, 6);
        Value c = given("c", DType.F64, new int[] {3, 2}, 7, 8, 9, 10, 11, 12);
        check(b.matMul(a, c, false, false), 58, 64, 139, 154);
        check(b.matMul(c, a, true, true), 58, 139, 64, 154);
        check(b.matMul(a, a, false, true), 14, 32, 32, 77);
        check(b.matMul(a, a, true, false), 17, 22, 27, 22, 29, 36, 27, 36, 45);
    }

    /** Two heads of two steps, read where they lie beside each other, and their products written so. */
    @Test
    void matMulReadsAndWritesAxesInOtherOrders() {
        List<Integer> heads = List.of(0, 2, 1, 3);
        Value a = given("a", DType.F64, new int[] {1, 2, 2, 1}, 1, 2, 3, 4);
        check(b.apply(new Op.MatMul(false, true, heads, heads, List.of()), a, a), 1, 3, 3, 9, 4, 8, 8, 16);
        check(b.apply(new Op.MatMul(false, true, heads, heads, heads), a, a), 1, 3, 4, 8, 3, 9, 8, 16);
        check(b.apply(new Op.MatMul(true, false, heads, List.of(), List.of()), a, a), 7, 22);
    }

    @Test
    void matMulBroadcastsLeadingDims() {
        Value a = given("a", DType.F64, new int[] {2, 1, 1, 2}, 1, 2, 3, 4);
        Value c = given("c", DType.F64, new int[] {2, 2, 1}, 10, 20, 30, 40);
        check(b.matMul(a, c, false, false), 50, 110, 110, 250);
    }

    @Test
    void innerProductJoinsFeatures() {
        Value x = given("x", DType.F64, new int[] {1, 2, 2}, 1, 2, 3, 4);
        Value w = given("w", DType.F64, new int[] {2, 4}, 1, 0, 1, 0, -1, -1, -1, -1);
        Value bias = given("bias", DType.F64, new int[] {2}, 0.5, 1);
        check(b.apply(new Op.InnerProduct(true, false), x, w, bias), 4.5, -9);
        check(b.apply(new Op.InnerProduct(true, true), x, w, bias), 4.5, 0);
    }

    /** 3x3 input 1..9, 2x2 kernel 1 2 3 4. */
    @Test
    void convolutionIsCrossCorrelation() {
        Value x = given("x", DType.F64, new int[] {1, 1, 3, 3}, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        Value w = given("w", DType.F64, new int[] {1, 1, 2, 2}, 1, 2, 3, 4);
        Value bias = given("bias", DType.F64, new int[] {1}, -50);
        Op.Window plain = TestGraphs.window(2, 1, 0);
        // 1*1 + 2*2 + 3*4 + 4*5 = 37, and so on.
        check(b.apply(new Op.Convolution(plain, 1, false, false), x, w), 37, 47, 67, 77);
        check(b.apply(new Op.Convolution(plain, 1, true, true), x, w, bias), 0, 0, 17, 27);
        Value added = given("added", DType.F64, new int[] {1, 1, 2, 2}, 1, 20, -30, 4);
        check(b.apply(new Op.Convolution(plain, 1, true, false, true, true), x, w, bias, added), 0, 17, 0, 31);
    }

    @Test
    void convolutionWithStridePaddingAndDilation() {
        Value x = given("x", DType.F64, new int[] {1, 1, 3, 3}, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        Value w = given("w", DType.F64, new int[] {1, 1, 2, 2}, 1, 2, 3, 4);
        // Stride 2, padding 1: the windows start at rows and columns -1 and 1.
        check(
                b.apply(new Op.Convolution(TestGraphs.window(2, 2, 1), 1, false, false), x, w),
                4 * 1,
                3 * 2 + 4 * 3,
                2 * 4 + 4 * 7,
                77);
        // Dilation 2: the four corners.
        var dilated = TestGraphs.window(List.of(2, 2), List.of(1, 1), List.of(0, 0), List.of(0, 0), List.of(2, 2));
        check(b.apply(new Op.Convolution(dilated, 1, false, false), x, w), 1 + 2 * 3 + 3 * 7 + 4 * 9);
        // Dilation 2 down and 1 across: rows 1 and 3.
        var tall = TestGraphs.window(List.of(2, 2), List.of(1, 1), List.of(0, 0), List.of(0, 0), List.of(2, 1));
        check(
                b.apply(new Op.Convolution(tall, 1, false, false), x, w),
                1 + 2 * 2 + 3 * 7 + 4 * 8,
                2 + 2 * 3 + 3 * 8 + 4 * 9);
        // Padding at the top and the right only, a kernel of 1x2, stride 3 along the rows.
        var uneven = TestGraphs.window(List.of(1, 2), List.of(3, 1), List.of(1, 0), List.of(0, 1), List.of(1, 1));
        Value flat = given("flat", DType.F64, new int[] {1, 1, 1, 2}, 1, 10);
        check(b.apply(new Op.Convolution(uneven, 1, false, false), x, flat), 0, 0, 0, 4 * 0 + 7 + 80, 98, 9);
    }

    @Test
    void convolutionInGroups() {
        Value x = given("x", DType.F64, new int[] {1, 2, 1, 2}, 1, 2, 3, 4);
        Value w = given("w", DType.F64, new int[] {4, 1, 1, 1}, 1, 10, 100, 1000);
        check(
                b.apply(new Op.Convolution(TestGraphs.window(1, 1, 0), 2, false, false), x, w),
                1,
                2,
                10,
                20,
                300,
                400,
                3000,
                4000);
    }

    @Test
    void maxPoolingNeverChoosesPadding() {
        Value x = given("x", DType.F64, new int[] {1, 1, 3, 3}, -1, -2, -3, -4, -5, -6, -7, -8, -9);
        List<Value> pooled = b.applyAll(
                "pooled", new Op.Pool(Op.PoolFunction.MAXIMUM, TestGraphs.window(2, 2, 1), true), List.of(x));
        check(pooled.get(0), -1, -2, -4, -5);
        check(pooled.get(1), 0, 1, 3, 4);
    }

    @Test
    void maxPoolingTakesTheFirstOfEqualsAndItsGradientGoesThere() {
        Value x = given("x", DType.F64, new int[] {1, 2, 2, 3}, 1, 1, 0, 1, 1, 0, 5, 9, 9, 9, 0, 2);
        List<Value> pooled = b.applyAll(
                "pooled", new Op.Pool(Op.PoolFunction.MAXIMUM, TestGraphs.window(2, 1, 0), true), List.of(x));
        check(pooled.get(0), 1, 1, 9, 9);
        check(pooled.get(1), 0, 1, 1, 1);
        Value dy = given("dy", DType.F64, new int[] {1, 2, 1, 2}, 1, 2, 3, 4);
        Op backward = new Op.PoolBackward(
                Op.PoolFunction.MAXIMUM, TestGraphs.window(2, 1, 0), x.type().dims());
        check(b.apply(backward, dy, pooled.get(1)), 1, 2, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0);
    }

    @Test
    void softmaxFamilyOfLargeNumbers() {
        Value x = given("x", DType.F64, new int[] {2, 2}, 1000, 1000, 0, Math.log(3));
        check(b.apply(new Op.Softmax(), x), 0.5, 0.5, 0.25, 0.75);
        check(b.apply(new Op.LogSoftmax(), x), -Math.log(2), -Math.log(2), -Math.log(4), Math.log(0.75));
        Value label = given("label", DType.I32, new int[] {2}, 1, 0);
        List<Value> loss = b.applyAll("loss", new Op.SoftmaxCrossEntropy(), List.of(x, label));
        check(loss.get(0), Math.log(2), Math.log(4));
        check(loss.get(1), 0.5, 0.5, 0.25, 0.75);
        Value dLoss = given("dLoss", DType.F64, new int[] {2}, 2, 4);
        check(b.apply(new Op.SoftmaxCrossEntropyBackward(), loss.get(1), label, dLoss), 1, -1, -3, 3);
    }

    @Test
    void indices() {
        Value x = given("x", DType.F64, new int[] {2, 3}, 1, 5, 5, 9, 8, 7);
        Value index = given("index", DType.I32, new int[] {2}, 2, 0);
        check(b.apply(new Op.ArgMax(), x), 1, 0);
        check(b.apply(new Op.Pick(), x, index), 5, 9);
        check(b.apply(new Op.OneHot(Dim.of(3), DType.F64), index), 0, 0, 1, 1, 0, 0);
    }

    @Test
    void anIndexOutOfRangeIsAnError() {
        Value x = given("x", DType.F64, new int[] {1, 3}, 1, 2, 3);
        Value index = given("index", DType.I32, new int[] {1}, 3);
        Value picked = b.apply(new Op.Pick(), x, index);
        var problem = assertThrows(IllegalArgumentException.class, () -> check(picked, 0));
        assertEquals("index 3 is not in 0..2", problem.getMessage());
    }

    @Test
    void freeDimsAreGivenPerRun() {
        Dim n = Dim.variable("N");
        Value x = b.input(Port.Role.INPUT, "x", TensorType.of(DType.F64, n));
        b.output(Port.Role.OUTPUT, "y", b.divide(b.reduceSum(x, List.of(0), false), b.size(n, DType.F64)));
        Graph graph = b.build();
        for (int size : new int[] {1, 4}) {
            double[] values = IntStream.range(0, size).asDoubleStream().toArray();
            double[] y = Evaluator.evaluate(graph, Map.of("N", (long) size), Map.of("x", values))
                    .output(Port.Role.OUTPUT, "y");
            assertArrayEquals(new double[] {(size - 1) / 2.0}, y, EXACT);
        }
        var problem = assertThrows(
                IllegalArgumentException.class,
                () -> Evaluator.evaluate(graph, Map.of("N", 2L), Map.of("x", new double[3])));
        assertEquals("the input x needs 2 values (f64[N]), got 3", problem.getMessage());
    }

    private Value given(String name, DType dtype, int[] dims, double... elements) {
        inputs.put(name, elements);
        List<Dim> sizes = IntStream.of(dims).mapToObj(Dim::of).toList();
        return b.input(Port.Role.INPUT, name, new TensorType(dtype, sizes));
    }

    private void check(Value value, double... expected) {
        double[] actual = Evaluator.evaluate(b.build(), Map.of(), inputs).value(value);
        double tolerance = value.name().equals("erf") ? 1e-10 : EXACT * 1000;
        assertArrayEquals(expected, actual, tolerance, value.toString());
    }
}
