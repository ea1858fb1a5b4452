package dev.nnd.runtime.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class BoundedMemoryTest {
    private static final int ROWS = 6_000_000;

    @TempDir
    Path folder;

    @Test
    void aTableOf200MegabytesStaysOffTheHeap() throws IOException {
        try (var out = Files.newBufferedWriter(folder.resolve("t.csv"))) {
            out.write("x,y,kind,unused\n");
            for (int i = 0; i < ROWS; i++) {
                out.write(i + "," + i * 0.5 + "," + (i & 1) + ",some text here\n");
            }
        }
        assertTrue(Files.size(folder.resolve("t.csv")) > 180L << 20);
        var split = new SplitSpec(
                "train",
                List.of(new SplitSpec.Part("train", 90), new SplitSpec.Part("validation", 10)),
                false,
                "kind",
                1);
        var table = new TestDatasets.Table("t.csv", List.of(split), List.of("a", "b"), true);
        long before = liveHeap();
        try (var session = DataSession.open(table, folder, 16L << 20)) {
            var rows = session.split("train").orElseThrow();
            session.learn();
            assertEquals(ROWS * 0.9, rows.size(), 1);
            assertTrue(session.memoryBytes() <= 16L << 20);
            long growth = liveHeap() - before;
            assertTrue(growth < 8L << 20, () -> "the live heap grew by " + growth + " bytes");
        }
    }

    private static long liveHeap() {
        System.gc();
        System.gc();
        var runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
