package dev.nnd.runtime.kernel.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DnnlFilesTest {

    @BeforeAll
    static void oneDnnMustBeThere() {
        assumeTrue(
                OneDnnProvider.failure().isEmpty(),
                () -> "oneDNN is not here: " + OneDnnProvider.failure().orElse(""));
    }

    @Test
    void extractsOnceRepairsDamageAndLeavesNothingElse(@TempDir Path cache)
            throws IOException, InterruptedException, ExecutionException {
        String before = System.getProperty("nnd.cache");
        System.setProperty("nnd.cache", cache.toString());
        try (var threads = Executors.newFixedThreadPool(3)) {
            var tasks = new ArrayList<Callable<DnnlFiles.Located>>();
            for (int i = 0; i < 3; i++) {
                tasks.add(DnnlFiles::locate);
            }
            var found = new HashSet<DnnlFiles.Located>();
            for (var each : threads.invokeAll(tasks)) {
                found.add(each.get());
            }
            assertEquals(1, found.size(), "everybody has to find the same files");
            var library = found.iterator().next().dnnl();
            assertTrue(library.startsWith(cache));
            long size = Files.size(library);

            var modified = Files.getLastModifiedTime(library);
            assertEquals(library, locate().dnnl());
            assertEquals(modified, Files.getLastModifiedTime(library), "an intact file is used as it is");

            Files.write(library, new byte[] {1, 2, 3}, StandardOpenOption.WRITE);
            locate();
            assertFalse(Files.readAllBytes(library)[0] == 1, "a damaged file has to be replaced");
            assertEquals(size, Files.size(library));
            try (var all = Files.list(library.getParent())) {
                assertTrue(all.noneMatch(file -> file.toString().endsWith(".tmp")));
            }
        } finally {
            if (before == null) {
                System.clearProperty("nnd.cache");
            } else {
                System.setProperty("nnd.cache", before);
            }
        }
    }

    private static DnnlFiles.Located locate() {
        try {
            return DnnlFiles.locate();
        } catch (DnnlFiles.Unavailable unavailable) {
            throw new AssertionError(unavailable);
        }
    }
}
