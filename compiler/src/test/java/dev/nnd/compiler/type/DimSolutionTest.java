package dev.nnd.compiler.type;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class DimSolutionTest {

    private static final Dim H = Dim.variable("H");
    private static final Dim T = Dim.variable("T");
    private static final Dim S = Dim.variable("S");

    @Test
    void writesMultiplesInTheirQuotient() {
        var solution = DimSolution.of(List.of(DimCondition.divisible(H, Dim.of(16))));
        assertEquals("2 * (H / 16)", solution.apply(H.floorDivide(Dim.of(8))).toString());
        assertEquals("16 * (H / 16)", solution.apply(H).toString());
        Dim window = solution.apply(H).plus(Dim.ONE).floorDivide(Dim.of(2)).floorDivide(Dim.of(2));
        assertEquals(solution.apply(H.floorDivide(Dim.of(4))), window);
    }

    @Test
    void writesEqualDimsAlike() {
        var solution = DimSolution.of(List.of(DimCondition.divisible(S, Dim.of(4)), DimCondition.equal(T, S.times(2))));
        assertEquals(solution.apply(S.times(2)), solution.apply(T));
        assertEquals(solution.apply(S.floorDivide(Dim.of(2))), solution.apply(T.floorDivide(Dim.of(4))));
    }

    @Test
    void leavesOtherDimsAlone() {
        var solution = DimSolution.of(List.of(DimCondition.atMost(T, Dim.of(512))));
        assertTrue(solution.isEmpty());
        assertEquals(T, solution.apply(T));
    }
}
