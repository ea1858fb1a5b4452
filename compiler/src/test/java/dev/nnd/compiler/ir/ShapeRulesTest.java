package dev.nnd.compiler.ir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ShapeRulesTest {

    private static final Op.Window WINDOW = TestGraphs.window(3, 2, 1);

    /** An op, its operands as text, and its outputs as text or the reason why it has none. */
    private record Case(Op op, String operands, String expected) {}

    private static final List<Case> GOOD = List.of(
            new Case(new Op.Constant(2, DType.F32), "", "f32"),
            new Case(new Op.Size(Dim.variable("N"), DType.F32), "", "f32"),
            new Case(new Op.Unary(Op.UnaryFunction.EXP), "f32[N,3]", "f32[N, 3]"),
            new Case(new Op.Binary(Op.BinaryFunction.ADD), "f32[N,1] f32[4]", "f32[N, 4]"),
            new Case(new Op.Compare(Op.Comparison.LESS), "i32[N] i32", "bool[N]"),
            new Case(new Op.Select(), "bool[N,1] f32[3] f32", "f32[N, 3]"),
            new Case(new Op.Cast(DType.BOOL), "f32[N]", "bool[N]"),
            new Case(new Op.Reshape(dims("N,12")), "f32[N,3,4]", "f32[N, 12]"),
            new Case(new Op.Transpose(List.of(2, 0, 1)), "f32[N,3,4]", "f32[4, N, 3]"),
            new Case(new Op.Broadcast(dims("N,3")), "f32[3]", "f32[N, 3]"),
            new Case(new Op.Reduce(Op.ReduceFunction.SUM, List.of(0, 2), false), "f32[N,3,4]", "f32[3]"),
            new Case(new Op.Reduce(Op.ReduceFunction.MEAN, List.of(0, 2), true), "f32[N,3,4]", "f32[1, 3, 1]"),
            new Case(new Op.MatMul(false, false), "f32[N,1,2,3] f32[7,3,5]", "f32[N, 7, 2, 5]"),
            new Case(new Op.MatMul(true, true), "f32[3,2] f32[5,3]", "f32[2, 5]"),
            new Case(
                    new Op.MatMul(false, true, List.of(0, 2, 1, 3), List.of(1, 0, 2, 3), List.of(0, 2, 1, 3)),
                    "f32[N,5,2,3] f32[2,N,7,3]",
                    "f32[N, 5, 2, 7]"),
            new Case(new Op.InnerProduct(true, false), "f32[N,2,3] f32[5,2,3] f32[5]", "f32[N, 5]"),
            new Case(new Op.InnerProduct(false, false), "f32[N,2,3] f32[5,6]", "f32[N, 5]"),
            new Case(new Op.InnerProductBackwardData(dims("N,2,3")), "f32[N,5] f32[5,6]", "f32[N, 2, 3]"),
            new Case(new Op.InnerProductBackwardWeights(dims("5,6"), true), "f32[N,5] f32[N,2,3]", "f32[5, 6] f32[5]"),
            new Case(new Op.Convolution(WINDOW, 2, true, true), "f32[N,4,9,8] f32[6,2,3,3] f32[6]", "f32[N, 6, 5, 4]"),
            new Case(
                    new Op.Convolution(WINDOW, 2, false, true, true, true),
                    "f32[N,4,9,8] f32[6,2,3,3] f32[6] f32[6] f32[N,6,5,4]",
                    "f32[N, 6, 5, 4]"),
            new Case(
                    new Op.ConvolutionBackwardData(WINDOW, 2, dims("N,4,9,8")),
                    "f32[N,6,5,4] f32[6,2,3,3]",
                    "f32[N, 4, 9, 8]"),
            new Case(
                    new Op.ConvolutionBackwardWeights(WINDOW, 2, dims("6,2,3,3"), true),
                    "f32[N,6,5,4] f32[N,4,9,8]",
                    "f32[6, 2, 3, 3] f32[6]"),
            new Case(
                    new Op.Pool(Op.PoolFunction.MAXIMUM, WINDOW, true),
                    "f32[N,4,9,8]",
                    "f32[N, 4, 5, 4] i32[N, 4, 5, 4]"),
            new Case(
                    new Op.PoolBackward(Op.PoolFunction.MAXIMUM, WINDOW, dims("N,4,9,8")),
                    "f32[N,4,5,4] i32[N,4,5,4]",
                    "f32[N, 4, 9, 8]"),
            new Case(
                    new Op.Pool(Op.PoolFunction.AVERAGE, TestGraphs.window(3, 2, 0), false),
                    "f32[N,4,H,8]",
                    "f32[N, 4, ((H + 1) / 2) - 1, 3]"),
            new Case(
                    new Op.PoolBackward(Op.PoolFunction.AVERAGE, WINDOW, dims("N,4,9,8")),
                    "f32[N,4,5,4]",
                    "f32[N, 4, 9, 8]"),
            new Case(new Op.BatchNorm(1e-5, true), "f32[N,4,H] f32[4] f32[4] f32[4] f32[4]", "f32[N, 4, H]"),
            new Case(new Op.BatchNormTraining(1e-5, false), "f32[N,4,H]", "f32[N, 4, H] f32[4] f32[4]"),
            new Case(
                    new Op.BatchNormBackward(1e-5, true),
                    "f32[N,4,H] f32[N,4,H] f32[4] f32[4] f32[4]",
                    "f32[N, 4, H] f32[4] f32[4]"),
            new Case(new Op.Call(function()), "f32[N,3] f32[3]", "f32[N, 3] f32[N]"),
            new Case(new Op.Scan(function(), 1, 0, Dim.variable("T"), false), "f32[N,3] f32[3]", "f32[N, 3] f32[T, N]"),
            new Case(new Op.Softmax(), "f32[N,3]", "f32[N, 3]"),
            new Case(new Op.LogSoftmax(), "f32[N,3]", "f32[N, 3]"),
            new Case(new Op.Pick(), "f32[N,3] i32[N]", "f32[N]"),
            new Case(new Op.OneHot(Dim.of(3), DType.F32), "i32[N]", "f32[N, 3]"),
            new Case(new Op.ArgMax(), "f32[N,3]", "i32[N]"),
            new Case(new Op.SoftmaxCrossEntropy(), "f32[N,3] i32[N]", "f32[N] f32[N, 3]"),
            new Case(new Op.SoftmaxCrossEntropyBackward(), "f32[N,3] i32[N] f32[N]", "f32[N, 3]"),
            new Case(new Op.Iota(dims("N,3"), 1, DType.I64), "", "i64[N, 3]"),
            new Case(new Op.Slice(dims("0,2"), List.of(1, -1), dims("N,2")), "f32[N,3]", "f32[N, 2]"),
            new Case(new Op.Pad(dims("1,0"), dims("0,2"), List.of(0, 1), 0), "f32[N,3]", "f32[N + 1, 7]"),
            new Case(new Op.Concat(1), "f32[N,3] f32[N,4] f32[N,5]", "f32[N, 12]"),
            new Case(new Op.Gather(1, false), "f32[N,3,4] i64[2,N]", "f32[N, 2, N, 4]"),
            new Case(new Op.Gather(1, true), "f32[N,3,4] i32[N,5,4]", "f32[N, 5, 4]"),
            new Case(
                    new Op.Scatter(1, false, Op.ScatterMode.ADD, dims("N,3,4")),
                    "f32 i32[5] f32[N,5,4]",
                    "f32[N, 3, 4]"),
            new Case(new Op.Cumulate(Op.CumulateFunction.SUM, 0, true, false), "f32[N,3]", "f32[N, 3]"),
            new Case(new Op.Recurrence(0, false), "f32[N,3] f32[N,3]", "f32[N, 3]"),
            new Case(new Op.Sort(1, true, Dim.of(2)), "f32[N,3]", "f32[N, 2] i32[N, 2]"),
            new Case(new Op.Random(dims("N,3"), Op.Distribution.NORMAL, Dim.ZERO, DType.F32), "i64 i64", "f32[N, 3]"));

    private static final List<Case> BAD = List.of(
            new Case(new Op.Unary(Op.UnaryFunction.EXP), "i32[N]", "should be a float"),
            new Case(new Op.Unary(Op.UnaryFunction.NOT), "f32[N]", "should be of dtype bool"),
            new Case(new Op.Unary(Op.UnaryFunction.EXP), "f32 f32", "takes 1 operands"),
            new Case(new Op.Binary(Op.BinaryFunction.ADD), "f32[N,3] f32[N]", "don't broadcast"),
            new Case(new Op.Binary(Op.BinaryFunction.ADD), "f32[N] f64[N]", "should be of dtype f32"),
            new Case(new Op.Call(function()), "f32[N,3] f32[4]", "operand 1 is f32[4], not f32[3]"),
            new Case(new Op.Call(function()), "f32[N,3]", "takes 2 operands"),
            new Case(new Op.Scan(function(), 0, 1, Dim.variable("T"), false), "f32[N,3] f32[3]", "not f32[T, N, 3]"),
            new Case(new Op.Reshape(dims("N,11")), "f32[N,3,4]", "another number of elements"),
            new Case(new Op.Transpose(List.of(0, 0)), "f32[N,3]", "not a permutation"),
            new Case(new Op.Broadcast(dims("3")), "f32[N,3]", "does not broadcast"),
            new Case(new Op.Reduce(Op.ReduceFunction.SUM, List.of(1, 0), false), "f32[N,3]", "not sorted axes"),
            new Case(new Op.Reduce(Op.ReduceFunction.SUM, List.of(2), false), "f32[N,3]", "not sorted axes"),
            new Case(new Op.Slice(dims("0"), List.of(0), dims("N")), "f32[N]", "has a step of 0"),
            new Case(new Op.Concat(0), "f32[N,3] f32[N,4]", "should have the dims"),
            new Case(new Op.Gather(0, false), "f32[N] f32[3]", "should be i32 or i64"),
            new Case(
                    new Op.Scatter(0, false, Op.ScatterMode.SET, dims("4")),
                    "f32[3] i32[2] f32[2]",
                    "should be a scalar"),
            new Case(new Op.Cumulate(Op.CumulateFunction.MAX, 0, true, false), "f32[N]", "start with nothing"),
            new Case(new Op.Reduce(Op.ReduceFunction.ANY, List.of(0), false), "f32[N]", "should be of dtype bool"),
            new Case(new Op.MatMul(false, false), "f32[2,3] f32[4,5]", "inner dims differ"),
            new Case(
                    new Op.MatMul(false, false, List.of(0, 2, 1), List.of(), List.of()),
                    "f32[N,3,4] f32[N,3,5]",
                    "no order of the axes"),
            new Case(
                    new Op.MatMul(false, false, List.of(1, 0, 2), List.of(), List.of()),
                    "f32[3,N,4] f32[4,5]",
                    "no order of the axes"),
            new Case(new Op.InnerProduct(false, false), "f32[N,6] f32[5,2,3]", "features differ"),
            new Case(
                    new Op.Convolution(WINDOW, 1, false, false), "f32[N,4,9,8] f32[6,2,3,3]", "don't fit the channels"),
            new Case(new Op.Convolution(WINDOW, 2, false, false), "f32[N,4,9,8] f32[5,2,3,3]", "don't divide"),
            new Case(new Op.Convolution(WINDOW, 2, false, false), "f32[N,4,9,8] f32[6,2,3,5]", "another kernel"),
            new Case(new Op.Convolution(WINDOW, 2, false, false), "f32[N,4,9,8] f32[6,2,5,3]", "another kernel"),
            new Case(
                    new Op.Pool(Op.PoolFunction.MAXIMUM, TestGraphs.window(5, 1, 0), false),
                    "f32[N,4,3,8]",
                    "larger than the padded input"),
            new Case(new Op.Pick(), "f32[N,3] i32[M]", "should have the dims"),
            new Case(new Op.Pick(), "f32[N,3] f32[N]", "should be of dtype i32"),
            new Case(new Op.ArgMax(), "f32", "rank of at least 1"));

    @TestFactory
    Stream<DynamicTest> typesOfOutputs() {
        return GOOD.stream()
                .map(c -> DynamicTest.dynamicTest(OpText.of(c.op) + " of " + c.operands, () -> {
                    List<TensorType> types = ShapeRules.outputs(c.op, types(c.operands), TestGraphs.ORIGIN);
                    assertEquals(
                            c.expected,
                            String.join(
                                    " ",
                                    types.stream().map(TensorType::toString).toList()));
                }));
    }

    @TestFactory
    Stream<DynamicTest> operandsThatDoNotFit() {
        return BAD.stream()
                .map(c -> DynamicTest.dynamicTest(OpText.of(c.op) + " of " + c.operands, () -> {
                    String message = TestGraphs.message(assertThrows(
                            GraphException.class,
                            () -> ShapeRules.outputs(c.op, types(c.operands), TestGraphs.ORIGIN)));
                    assertTrue(message.contains(c.expected), message);
                }));
    }

    /** (x [N, 3], w [3]) -> x w and its sums over rows. */
    private static Function function() {
        var to = TestGraphs.builder();
        Value x = to.input(Port.Role.INPUT, "x", types("f32[N,3]").getFirst());
        Value w = to.input(Port.Role.PARAMETER, "w", types("f32[3]").getFirst());
        Value y = to.multiply(x, w);
        to.output(Port.Role.OUTPUT, "y", y);
        to.output(Port.Role.OUTPUT, "sum", to.reduceSum(y, List.of(1), false));
        return new Function(to.build());
    }

    @Test
    void everyOpHasACase() {
        List<String> covered = GOOD.stream()
                .map(c -> c.op.getClass().getSimpleName())
                .distinct()
                .sorted()
                .toList();
        List<String> ops = TestGraphs.ops().map(Class::getSimpleName).sorted().toList();
        assertEquals(ops, covered);
    }

    private static List<TensorType> types(String text) {
        return Arrays.stream(text.split(" ", -1))
                .filter(t -> !t.isEmpty())
                .map(ShapeRulesTest::type)
                .toList();
    }

    private static TensorType type(String text) {
        int bracket = text.indexOf('[');
        String dtype = bracket < 0 ? text : text.substring(0, bracket);
        List<Dim> dims = bracket < 0 ? List.of() : dims(text.substring(bracket + 1, text.length() - 1));
        return new TensorType(DType.named(dtype).orElseThrow(), dims);
    }

    private static List<Dim> dims(String text) {
        return Arrays.stream(text.split(",", -1))
                .map(d -> Character.isLetter(d.charAt(0)) ? Dim.variable(d) : Dim.of(Long.parseLong(d)))
                .toList();
    }
}
