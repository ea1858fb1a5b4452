package dev.nnd.runtime.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LearnedTest {
    private static final List<String> KINDS = List.of("a", "b");

    @TempDir
    Path folder;

    @Test
    void meanAndDeviationAreThoseOfTwoPasses() {
        long seed = Seed.fresh();
        var values = new Random(seed).doubles(1000, 1e6, 1e6 + 3).toArray();
        var learned = new Learned.Standardizer("x", 2);
        double sum = 0;
        for (double v : values) {
            learned.accept(0, v);
            learned.accept(1, -v);
            sum += v;
        }
        assertTrue(learned.finish().isEmpty());
        double mean = sum / values.length;
        double squares = 0;
        for (double v : values) {
            squares += (v - mean) * (v - mean);
        }
        double std = Math.sqrt(squares / values.length);
        assertEquals(mean, learned.mean(0), 1e-6, "seed " + seed);
        assertEquals(-mean, learned.mean(1), 1e-6, "seed " + seed);
        assertEquals(std, learned.std(0), 1e-9, "seed " + seed);
        assertEquals((1e6f + 1 - mean) / std, learned.apply(0, 1e6f + 1), 1e-6, "seed " + seed);
    }

    @Test
    void aConstantColumnBecomesZeroWithAWarning() {
        var learned = new Learned.Standardizer("age", 1);
        for (int i = 0; i < 10; i++) {
            learned.accept(0, 0.1);
        }
        assertEquals(
                List.of("`age` is 0.1 in every training row: it is standardized to 0 and tells the model nothing."),
                learned.finish());
        assertEquals(0, learned.apply(0, 0.1f), 1e-6);
    }

    private TestDatasets.Table table() {
        var split = new SplitSpec(
                "train", List.of(new SplitSpec.Part("train", 50), new SplitSpec.Part("validation", 50)), true, null, 0);
        return new TestDatasets.Table("t.csv", List.of(split), KINDS, true);
    }

    @Test
    void learnsFromTheTrainingSplitOnlyAndTravelsAsJson() throws IOException {
        TestFiles.write(folder.resolve("t.csv"), "x,y,kind\n1,0,a\n3,0,a\n100,0,a\n-999,0,b\n");
        var dataset = table();
        try (var session = DataSession.open(dataset, folder, 1 << 20)) {
            assertFalse(dataset.standardizer().ready());
            assertEquals(
                    List.of("No row of `train` has the label b of `kind`, so that a model can't learn it."),
                    session.learn());
            session.learn();
        }
        assertEquals(2, dataset.standardizer().mean(0));
        assertEquals(1, dataset.standardizer().std(0));
        DataJson.write(folder.resolve("data.json"), dataset);
        var other = table();
        DataJson.read(folder.resolve("data.json"), other);
        assertTrue(other.standardizer().ready());
        assertEquals(2, other.standardizer().mean(0));
        assertEquals(1, other.standardizer().std(0));
    }

    private void assertRefused(String json, String expected) throws IOException {
        Files.writeString(folder.resolve("data.json"), json);
        var e = assertThrows(NndException.class, () -> DataJson.read(folder.resolve("data.json"), table()));
        assertTrue(e.getMessage().contains(expected), e.getMessage());
    }

    @Test
    void refusesJsonOfAnotherDataSection() throws IOException {
        assertRefused("{\"learned\": []}", "holds statistics of [], and the data section learns those of [x]");
        assertRefused(
                "{\"labels\": {\"kind\": [\"a\", \"z\"]}, \"learned\": []}",
                "was trained with other labels for `kind`: a, z, and Rows now has a, b");
        assertRefused(
                "{\"learned\": [{\"field\": \"x\", \"mean\": [1, 2], \"std\": [1, 2]}]}", "`x` has 1 elements, not 2");
        assertRefused("{\"learned\": [{\"field\": \"x\", \"mean\": [1], \"std\": [0]}]}", "is no number");
        assertRefused("{\"learned\": 3", "is damaged");
        assertRefused("[]", "is damaged: an object was expected");
        assertRefused("", "is damaged");
    }
}
