package dev.nnd.runtime.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.Seed;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SplitTest {
    private static final List<String> KINDS = List.of("a", "b", "c");

    @TempDir
    Path folder;

    private final long seed = Seed.fresh();
    private final Random random = new Random(seed);

    private int[] kinds(int n) {
        var kinds = random.ints(n, 0, 10).map(k -> k < 6 ? 0 : k < 9 ? 1 : 2).toArray();
        var text = new StringBuilder("x,y,kind\n");
        for (int i = 0; i < n; i++) {
            text.append(i).append(",0,").append(kinds[i]).append('\n');
        }
        TestFiles.write(folder.resolve("t.csv"), text.toString());
        return kinds;
    }

    private static SplitSpec split(boolean inOrder, boolean stratified, long seed, double... percents) {
        var names = List.of("train", "validation", "test");
        var parts = IntStream.range(0, percents.length)
                .mapToObj(i -> new SplitSpec.Part(names.get(i), percents[i]))
                .toList();
        return new SplitSpec("train", parts, inOrder, stratified ? "kind" : null, seed);
    }

    private List<List<Integer>> rows(SplitSpec split) {
        return rows(split, 1);
    }

    private List<List<Integer>> rows(SplitSpec split, int fold) {
        var dataset = new TestDatasets.Table("t.csv", List.of(split), KINDS, false);
        try (var session = DataSession.open(dataset, folder, 1 << 24, fold)) {
            var parts = new ArrayList<List<Integer>>();
            for (var part : split.parts()) {
                var rows = session.split(part.name()).orElseThrow();
                parts.add(IntStream.range(0, rows.size()).mapToObj(rows::row).toList());
            }
            return parts;
        }
    }

    @RepeatedTest(10)
    void everyRowIsInExactlyOnePart() {
        int n = random.nextInt(20, 3000);
        kinds(n);
        for (boolean stratified : new boolean[] {false, true}) {
            for (boolean inOrder : new boolean[] {false, true}) {
                var seen = new BitSet();
                var parts = rows(split(inOrder, stratified, random.nextLong(), 70, 17.5, 12.5));
                parts.forEach(part -> part.forEach(row -> {
                    assertTrue(!seen.get(row), () -> "row " + row + " twice, seed " + seed);
                    seen.set(row);
                }));
                assertEquals(n, seen.cardinality(), "seed " + seed);
                assertEquals(n, seen.length());
                assertEquals(0.70 * n, parts.get(0).size(), 1, "seed " + seed);
                assertEquals(0.175 * n, parts.get(1).size(), 2, "seed " + seed);
            }
        }
    }

    @RepeatedTest(5)
    void classesHaveTheSameShareInEveryPart() {
        int n = random.nextInt(200, 3000);
        var kinds = kinds(n);
        var parts = rows(split(false, true, random.nextLong(), 80, 20));
        for (int c = 0; c < KINDS.size(); c++) {
            int kind = c;
            long all = IntStream.of(kinds).filter(k -> k == kind).count();
            long inFirst =
                    parts.getFirst().stream().filter(r -> kinds[r] == kind).count();
            assertEquals(0.8 * all, inFirst, 1.5, "class " + kind + ", seed " + seed);
        }
    }

    @RepeatedTest(5)
    void everyRowIsLeftOutOnceByFolds() {
        int n = random.nextInt(60, 1000);
        var kinds = kinds(n);
        int folds = random.nextInt(2, 9);
        for (String by : new String[] {"plain", "in order", "stratified"}) {
            var split = new SplitSpec(
                    "train",
                    List.of(new SplitSpec.Part("train", 50), new SplitSpec.Part("validation", 50)),
                    by.equals("in order"),
                    by.equals("stratified") ? "kind" : null,
                    random.nextLong(),
                    null,
                    folds);
            var seen = new BitSet();
            for (int fold = 1; fold <= folds; fold++) {
                var parts = rows(split, fold);
                var left = parts.get(1);
                assertEquals(n, parts.get(0).size() + left.size(), "seed " + seed);
                assertEquals((double) n / folds, left.size(), 2, "seed " + seed);
                left.forEach(row -> {
                    assertTrue(!seen.get(row), () -> by + ": row " + row + " twice, seed " + seed);
                    assertTrue(!parts.get(0).contains(row), () -> by + ": row " + row + " in both, seed " + seed);
                    seen.set(row);
                });
                if (by.equals("stratified")) {
                    long all = IntStream.of(kinds).filter(k -> k == 0).count();
                    assertEquals(
                            (double) all / folds,
                            left.stream().filter(r -> kinds[r] == 0).count(),
                            1.5,
                            "seed " + seed);
                }
            }
            assertEquals(n, seen.cardinality(), "seed " + seed);
        }
        var table = new TestDatasets.Table("t.csv", List.of(split(false, false, 0, 50, 50)), KINDS, false);
        assertThrows(NndException.class, () -> DataSession.open(table, folder, 1 << 24, 2));
    }

    @Test
    void inOrderKeepsTheOrder() {
        kinds(100);
        var parts = rows(split(true, false, 0, 90, 10));
        assertEquals(IntStream.range(0, 90).boxed().toList(), parts.get(0));
        assertEquals(IntStream.range(90, 100).boxed().toList(), parts.get(1));
    }

    @Test
    void theSeedDecides() {
        kinds(1000);
        assertEquals(rows(split(false, false, 7, 50, 50)), rows(split(false, false, 7, 50, 50)));
        assertNotEquals(rows(split(false, false, 7, 50, 50)), rows(split(false, false, 8, 50, 50)));
        var first = rows(split(false, false, 7, 50, 50)).getFirst();
        long low = first.stream().filter(r -> r < 500).count();
        assertEquals(250, low, 60, "a draw that is not even");
    }

    @Test
    void anEmptyPartIsAnError() {
        kinds(3);
        var e = assertThrows(NndException.class, () -> rows(split(false, false, 0, 90, 10)));
        assertTrue(
                e.getMessage().startsWith("The split `validation` of Rows is empty: 10.0% of the 3 rows of `train`"),
                e.getMessage());
    }

    @Test
    void twoSplitsOfOneNameAreAnError() {
        kinds(10);
        var sources = List.of(
                new SourceSpec("train", Format.CSV, List.of("t.csv"), TestDatasets.Table.columns()),
                new SourceSpec("test", Format.CSV, List.of("t.csv"), TestDatasets.Table.columns()));
        var dataset = new TestDatasets.Table(sources, List.of(split(false, false, 0, 80, 10, 10)), KINDS, false);
        var e = assertThrows(NndException.class, () -> DataSession.open(dataset, folder, 1));
        assertEquals("Two splits of Rows are named `test`.", e.getMessage());
    }
}
