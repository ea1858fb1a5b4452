package dev.nnd.compiler.ir;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import java.util.List;
import org.junit.jupiter.api.Test;

class FlopCountTest {

    private static final Dim N = Dim.variable("N");

    private final GraphBuilder b = TestGraphs.builder();
    private int given;

    @Test
    void aMultiplyAddCountsAsTwo() {
        check("120 * N", new Op.MatMul(false, false), given(N, Dim.of(3), Dim.of(4)), given(Dim.of(4), Dim.of(5)));
        check("120 * N", new Op.MatMul(true, true), given(N, Dim.of(4), Dim.of(3)), given(Dim.of(5), Dim.of(4)));
    }

    @Test
    void theOrderOfAxesDoesNotCount() {
        List<Integer> heads = List.of(0, 2, 1, 3);
        Value x = given(N, Dim.of(3), Dim.of(2), Dim.of(4));
        check("144 * N", new Op.MatMul(false, true, heads, heads, List.of()), x, x);
        check("192 * N", new Op.MatMul(true, false, heads, heads, heads), x, x);
    }

    @Test
    void biasAndReluCountOnceAnOutput() {
        check("80 * N", new Op.InnerProduct(false, false), given(N, Dim.of(2), Dim.of(4)), given(Dim.of(5), Dim.of(8)));
        check(
                "90 * N",
                new Op.InnerProduct(true, true),
                given(N, Dim.of(8)),
                given(Dim.of(5), Dim.of(8)),
                given(Dim.of(5)));
    }

    @Test
    void backwardOpsOfAnInnerProductCostWhatItCosts() {
        Value dy = given(N, Dim.of(5));
        check("80 * N", new Op.InnerProductBackwardData(List.of(N, Dim.of(8))), dy, given(Dim.of(5), Dim.of(8)));
        check(
                "85 * N",
                new Op.InnerProductBackwardWeights(List.of(Dim.of(5), Dim.of(8)), true),
                dy,
                given(N, Dim.of(8)));
    }

    /** 6 outputs of 2 channels of each group by 3x3, at 5x4 places. */
    @Test
    void convolutionCountsTheChannelsOfAGroup() {
        Op.Window window = TestGraphs.window(3, 2, 1);
        Value x = given(N, Dim.of(4), Dim.of(9), Dim.of(8));
        Value w = given(Dim.of(6), Dim.of(2), Dim.of(3), Dim.of(3));
        int expected = 2 * 6 * 5 * 4 * 2 * 9;
        check(expected + " * N", new Op.Convolution(window, 2, false, false), x, w);
        Value dy = given(N, Dim.of(6), Dim.of(5), Dim.of(4));
        check(
                expected + " * N",
                new Op.ConvolutionBackwardData(window, 2, x.type().dims()),
                dy,
                w);
        check(
                expected + " * N",
                new Op.ConvolutionBackwardWeights(window, 2, w.type().dims(), false),
                dy,
                x);
    }

    @Test
    void aGraphIsTheSumOfItsNodes() {
        Value x = given(N, Dim.of(3));
        Value row = given(Dim.of(3));
        b.reduceSum(b.reshape(b.multiply(x, row), List.of(N.times(Dim.of(3)))), List.of(0), false);
        assertEquals("6 * N", FlopCount.of(b.build()).toString());
    }

    private Value given(Dim... dims) {
        return b.input(Port.Role.INPUT, "x" + given++, TensorType.of(DType.F32, dims));
    }

    private void check(String expected, Op op, Value... operands) {
        b.apply(op, operands);
        assertEquals(expected, FlopCount.of(b.nodes().getLast()).toString());
    }
}
