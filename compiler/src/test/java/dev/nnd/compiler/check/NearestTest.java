package dev.nnd.compiler.check;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NearestTest {

    @Test
    void countsInsertionsDeletionsReplacementsAndSwaps() {
        assertEquals(0, Nearest.distance("relu", "relu"));
        assertEquals(1, Nearest.distance("rleu", "relu"));
        assertEquals(1, Nearest.distance("rel", "relu"));
        assertEquals(1, Nearest.distance("relus", "relu"));
        assertEquals(1, Nearest.distance("rela", "relu"));
        assertEquals(4, Nearest.distance("", "relu"));
    }

    @Test
    void findsTheNearestAndOnlyIfItIsNear() {
        assertEquals(Optional.of("Dense"), Nearest.to("Dens", List.of("Conv2d", "Dense")));
        assertEquals(Optional.of("Conv2d"), Nearest.to("conv_2d", List.of("Conv2d", "Dense")));
        assertEquals(Optional.empty(), Nearest.to("Transformer", List.of("Conv2d", "Dense")));
        assertEquals(Optional.empty(), Nearest.to("x", List.of("y")));
    }
}
