package dev.nnd.runtime.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchFeedTest {
    private static final List<String> KINDS = List.of("a", "b");
    private static final int ROWS = 25;

    @TempDir
    Path folder;

    private final TestDatasets.Table table = new TestDatasets.Table("t.csv", List.of(), KINDS, false);

    @BeforeEach
    void write() {
        var text = new StringBuilder("x,y,kind\n");
        IntStream.range(0, ROWS).forEach(i -> text.append(i + "," + -i + "," + i % 2 + "\n"));
        TestFiles.write(folder.resolve("t.csv"), text.toString());
    }

    private static List<MemorySegment> inputs(Arena arena, int n) {
        return List.of(arena.allocate(4L * n, 4), arena.allocate(4L * n, 4), arena.allocate(4L * n, 4));
    }

    /** Takes a pass; checks that the fields of a row stay together. */
    private static List<Integer> pass(BatchFeed feed, int batch, int batches) throws InterruptedException {
        var rows = new ArrayList<Integer>();
        try (var arena = Arena.ofConfined()) {
            var inputs = inputs(arena, batch);
            for (int b = 0; b < batches; b++) {
                int n = feed.next();
                feed.take(inputs);
                for (int i = 0; i < n; i++) {
                    int x = (int) inputs.get(0).getAtIndex(ValueLayout.JAVA_FLOAT, i);
                    assertEquals(-x, (int) inputs.get(1).getAtIndex(ValueLayout.JAVA_FLOAT, i));
                    assertEquals(x % 2, inputs.get(2).getAtIndex(ValueLayout.JAVA_INT, i));
                    rows.add(x);
                }
            }
        }
        return rows;
    }

    @Test
    void inOrderGivesEveryRowOnce() throws InterruptedException {
        try (var session = DataSession.open(table, folder, 1 << 24);
                var feed = BatchFeed.inOrder(table, session.split("train").orElseThrow(), 10)) {
            assertEquals(3, BatchFeed.batches(ROWS, 10));
            assertEquals(IntStream.range(0, ROWS).boxed().toList(), pass(feed, 10, 3));
        }
    }

    @Test
    void shuffledPassesAreDifferentOrdersOfAllRowsAndFollowFromTheSeed() throws InterruptedException {
        var all = IntStream.range(0, ROWS).boxed().toList();
        try (var session = DataSession.open(table, folder, 1 << 24)) {
            var rows = session.split("train").orElseThrow();
            try (var feed = BatchFeed.shuffled(table, rows, 4, 11, 1, 0);
                    var same = BatchFeed.shuffled(table, rows, 4, 11, 1, 0);
                    var later = BatchFeed.shuffled(table, rows, 4, 11, 2, 3);
                    var other = BatchFeed.shuffled(table, rows, 4, 12, 1, 0)) {
                var first = pass(feed, 4, 7);
                var second = pass(feed, 4, 7);
                assertEquals(all, first.stream().sorted().toList());
                assertEquals(all, second.stream().sorted().toList());
                assertNotEquals(first, second);
                assertEquals(first, pass(same, 4, 7));
                assertEquals(second, pass(same, 4, 7));
                assertEquals(second.subList(12, ROWS), pass(later, 4, 4));
                assertNotEquals(first, pass(other, 4, 7));
            }
        }
    }

    @Test
    void aBatchLargerThanTheSplitIsTheSplit() throws InterruptedException {
        try (var session = DataSession.open(table, folder, 1 << 24);
                var feed = BatchFeed.shuffled(table, session.split("train").orElseThrow(), 100, 0, 1, 0)) {
            assertEquals(1, BatchFeed.batches(ROWS, 100));
            assertEquals(ROWS, feed.next());
        }
    }

    @Test
    void whatFailsInTheLoaderIsThrownToTheTaker() throws InterruptedException {
        var broken = new Broken(table);
        try (var session = DataSession.open(broken, folder, 1 << 24)) {
            var rows = session.split("train").orElseThrow();
            broken.failAt = 17;
            try (var feed = BatchFeed.inOrder(broken, rows, 10)) {
                assertEquals(10, pass(feed, 10, 1).size());
                var e = assertThrows(IllegalStateException.class, feed::next);
                assertEquals("row 17", e.getMessage());
            }
        }
    }

    @Test
    void closingEarlyEndsTheThread() {
        var others = Thread.getAllStackTraces().keySet();
        try (var session = DataSession.open(table, folder, 1 << 24)) {
            var rows = session.split("train").orElseThrow();
            for (int i = 0; i < 20; i++) {
                BatchFeed.shuffled(table, rows, 3, i, 1, 0).close();
            }
        }
        assertFalse(Thread.getAllStackTraces().keySet().stream()
                .anyMatch(t -> t.getName().startsWith("nnd Rows") && !others.contains(t)));
    }

    @Test
    void waitingCanBeInterrupted() {
        var slow = new Broken(table);
        try (var session = DataSession.open(slow, folder, 1 << 24)) {
            var rows = session.split("train").orElseThrow();
            slow.waits = true;
            try (var feed = BatchFeed.inOrder(slow, rows, 10)) {
                Thread.currentThread().interrupt();
                try {
                    assertThrows(InterruptedException.class, feed::next);
                } finally {
                    slow.mayGoOn.countDown();
                }
            }
        }
        assertTrue(!Thread.interrupted());
    }

    /** Fails or waits on request. */
    private static final class Broken implements Dataset {
        private final Dataset sound;
        private volatile int failAt = -1;
        private volatile boolean waits;
        private final CountDownLatch mayGoOn = new CountDownLatch(1);

        Broken(Dataset sound) {
            this.sound = sound;
        }

        @Override
        public String name() {
            return sound.name();
        }

        @Override
        public List<SourceSpec> sources() {
            return sound.sources();
        }

        @Override
        public List<SplitSpec> splits() {
            return sound.splits();
        }

        @Override
        public List<FieldSpec> fields() {
            return sound.fields();
        }

        @Override
        public void encode(int field, Row row, MemorySegment out, long at) {
            if (row.number() == failAt) {
                throw new IllegalStateException("row " + failAt);
            }
            if (waits) {
                try {
                    mayGoOn.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
            sound.encode(field, row, out, at);
        }

        @Override
        public List<Learned> learned() {
            return sound.learned();
        }

        @Override
        public void observe(int learned, Row row) {
            sound.observe(learned, row);
        }
    }
}
