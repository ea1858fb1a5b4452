package dev.nnd.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SeedTest {

    private final @Nullable String seed = System.getProperty("nnd.seed");
    private final @Nullable String seeds = System.getProperty("nnd.seeds");

    @BeforeEach
    void noneIsTold() {
        set("nnd.seed", null);
        set("nnd.seeds", null);
    }

    @AfterEach
    void asBefore() {
        set("nnd.seed", seed);
        set("nnd.seeds", seeds);
    }

    private static void set(String property, @Nullable String value) {
        if (value == null) {
            System.clearProperty(property);
        } else {
            System.setProperty(property, value);
        }
    }

    /** For the tests that call it. */
    private static long drawnElsewhere() {
        return Seed.fresh();
    }

    @Test
    void freshUnlessTold() {
        assertNotEquals(Seed.fresh(), Seed.fresh());
        assertEquals(9, Seed.several(9).distinct().count());
    }

    @Test
    void aToldSeedIsTheOnlyOne() {
        set("nnd.seeds", "5");
        set("nnd.seed", "-7");
        assertEquals(-7, Seed.fresh());
        assertArrayEquals(new long[] {-7}, Seed.several(9).toArray());
    }

    @Test
    void derivedSeedsAreThoseOfTheTest() {
        set("nnd.seeds", "5");
        String test = "dev.nnd.runtime.SeedTest.derivedSeedsAreThoseOfTheTest";
        assertEquals(Seed.of(5, test, 0), Seed.fresh());
        assertEquals(Seed.of(5, test, 1), drawnElsewhere());
        assertArrayEquals(
                LongStream.of(2, 3, 4).map(i -> Seed.of(5, test, (int) i)).toArray(),
                Seed.several(3).toArray());
    }

    @Test
    void derivedSeedsHaveNothingToDoWithOneAnother() {
        var all = new HashSet<Long>();
        for (long number : new long[] {0, 1, 5, 3_427_953_542L, -1}) {
            for (String test : new String[] {"A.b", "A.c", "B.b", ""}) {
                for (int drawn = 0; drawn < 1000; drawn++) {
                    all.add(Seed.of(number, test, drawn));
                }
            }
        }
        assertEquals(20_000, all.size());
        assertTrue(all.stream().filter(s -> s < 0).count() > 9_000);
        assertTrue(all.stream().filter(s -> s % 2 == 0).count() > 9_000);
    }
}
