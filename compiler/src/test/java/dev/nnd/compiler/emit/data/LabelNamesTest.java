package dev.nnd.compiler.emit.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LabelNamesTest {

    @Test
    void spellsNumbersUpToTwenty() {
        List<String> numbers =
                IntStream.range(0, 23).mapToObj(Integer::toString).toList();
        List<String> constants = LabelNames.constants(numbers, false);
        assertEquals("ZERO", constants.getFirst());
        assertEquals("TWENTY", constants.get(20));
        assertEquals("CLASS_22", constants.get(22));
    }

    @Test
    void keepsNamesLegalAndApart() {
        assertEquals(
                List.of("BOSTON_TERRIER", "BOSTON_TERRIER_2", "CLASS_5_STARS", "GRÖSSE", "CLASS_4", "A_B"),
                LabelNames.constants(
                        List.of("BostonTerrier", "boston terrier", "5 stars", "größe", "?!", "--a...b--"), true));
    }
}
