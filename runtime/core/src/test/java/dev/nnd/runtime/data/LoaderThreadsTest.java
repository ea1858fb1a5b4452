package dev.nnd.runtime.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.memory.ElementType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Batches that take long enough are made by several threads, and are the same whoever makes them. */
class LoaderThreadsTest {
    private static final int ROWS = 200;
    private static final int BATCH = 32;

    @TempDir
    Path folder;

    /** Rows that take a while, with noise; {@code bad} is a row that fails. */
    private record Slow(int bad, Set<String> threads) implements Dataset {
        @Override
        public String name() {
            return "Slow";
        }

        @Override
        public List<SourceSpec> sources() {
            return List.of(new SourceSpec("train", Format.CSV, List.of("t.csv"), List.of("x")));
        }

        @Override
        public List<SplitSpec> splits() {
            return List.of();
        }

        @Override
        public List<FieldSpec> fields() {
            return List.of(new FieldSpec("x", ElementType.F32, new long[] {4}, null));
        }

        @Override
        public void encode(int field, Row row, MemorySegment out, long at) {
            float x = row.value(0);
            if (x >= bad) {
                throw new NndException("row " + x);
            }
            long end = System.nanoTime() + 100_000;
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            if (!row.file().equals(RowUse.NO_FILE)) {
                threads.add(Thread.currentThread().getName());
            }
            for (int i = 0; i < 4; i++) {
                out.setAtIndex(ValueLayout.JAVA_FLOAT, at + i, x * (i + 1));
            }
        }

        @Override
        public void augment(MemorySegment[] fields, long at, ExampleDraws draws) {
            for (long i = 4 * at; i < 4 * at + 4; i++) {
                float x = fields[0].getAtIndex(ValueLayout.JAVA_FLOAT, i);
                fields[0].setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) (x + draws.normal()));
            }
        }

        @Override
        public List<Learned> learned() {
            return List.of();
        }

        @Override
        public void observe(int learned, Row row) {
            throw new AssertionError();
        }
    }

    private void write() {
        var text = new StringBuilder("x\n");
        IntStream.range(0, ROWS).forEach(i -> text.append(i).append('\n'));
        TestFiles.write(folder.resolve("t.csv"), text.toString());
    }

    private List<Float> batches(Slow data, int threads) throws InterruptedException {
        var all = new ArrayList<Float>();
        try (var session = DataSession.open(data, folder, 1 << 24);
                var arena = Arena.ofConfined();
                var feed = BatchFeed.shuffled(data, session.split("train").orElseThrow(), BATCH, 7, 0, 1, threads)) {
            var into = arena.allocate(16L * BATCH, 8);
            for (int b = 0; b < 20; b++) {
                int n = feed.next();
                feed.take(List.of(into));
                for (int i = 0; i < 4 * n; i++) {
                    all.add(into.getAtIndex(ValueLayout.JAVA_FLOAT, i));
                }
            }
        }
        return all;
    }

    @Test
    void theNumberOfThreadsChangesNothing() throws InterruptedException {
        write();
        var one = new Slow(ROWS, ConcurrentHashMap.newKeySet());
        List<Float> expected = batches(one, 1);
        assertEquals(Set.of("nnd Slow.train"), one.threads);
        for (int threads : new int[] {2, 3, 8, 40}) {
            var several = new Slow(ROWS, ConcurrentHashMap.newKeySet());
            assertEquals(expected, batches(several, threads), threads + " threads");
            assertTrue(several.threads.size() > 1, "the rows were shared");
        }
    }

    @Test
    void theFirstRowThatFailsIsTold() throws InterruptedException {
        write();
        var data = new Slow(150, ConcurrentHashMap.newKeySet());
        String one = assertThrows(NndException.class, () -> batches(data, 1)).getMessage();
        assertEquals(
                one, assertThrows(NndException.class, () -> batches(data, 5)).getMessage());
    }
}
