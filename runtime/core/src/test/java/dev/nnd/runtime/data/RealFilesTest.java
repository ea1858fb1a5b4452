package dev.nnd.runtime.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The files of MNIST and CIFAR-10 themselves, where a folder {@code shared/data} is beside the repository. */
class RealFilesTest {
    private static final List<String> TEN = List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");

    private static Path shared(String folder) {
        var path = Path.of("..", "..", "..", "shared", "data", folder)
                .toAbsolutePath()
                .normalize();
        assumeTrue(Files.isDirectory(path), "skipped: there is no folder " + path);
        return path;
    }

    @Test
    void readsMnist() {
        var folder = shared("mnist");
        var source = new SourceSpec(
                "train", Format.IDX, List.of("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"), List.of());
        var parts = List.of(new SplitSpec.Part("train", 90), new SplitSpec.Part("validation", 10));
        var split = new SplitSpec("train", parts, false, null, 0);
        var mnist = new TestDatasets.Images(List.of(source), List.of(split), new long[] {1, 28, 28}, TEN);
        try (var session = DataSession.open(mnist, folder, 1L << 30)) {
            var rows = session.split("train").orElseThrow();
            assertEquals(54_000, rows.size());
            assertEquals(6_000, session.split("validation").orElseThrow().size());
            // The first digits of the training set are known: 5, 0, 4, 1, 9.
            var row = rows.cursor();
            assertEquals(
                    List.of(5, 0, 4, 1, 9),
                    List.of(0, 1, 2, 3, 4).stream()
                            .map(i -> row.seek(i).label())
                            .toList());
        }
    }

    @Test
    void readsCifar() {
        var folder = shared("cifar10");
        var source = new SourceSpec("train", Format.CIFAR, List.of("data_batch_*.bin"), List.of());
        var cifar = new TestDatasets.Images(List.of(source), List.of(), new long[] {3, 32, 32}, TEN);
        try (var session = DataSession.open(cifar, folder, 1L << 30)) {
            var rows = session.split("train").orElseThrow();
            assertEquals(3000, rows.size());
            // The first picture of data_batch_1 is a frog.
            assertEquals(6, rows.cursor().seek(0).label());
        }
    }
}
