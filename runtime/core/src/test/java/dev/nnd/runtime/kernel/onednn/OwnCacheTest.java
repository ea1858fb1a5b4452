package dev.nnd.runtime.kernel.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OwnCacheTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"2048K, 2097152", "1M, 1048576", "512, 512", "'', 0", "none, 0", "99999999999K, 0", "-1K, 0"})
    void isWhatTheSystemSays(String text, long bytes) throws IOException {
        Path file = Files.writeString(folder.resolve("size"), text + "\n");
        assertEquals(bytes, OwnCache.bytes(file));
    }

    @Test
    void isNothingWhereTheSystemSaysNothing() {
        assertEquals(0, OwnCache.bytes(folder.resolve("size")));
        assertEquals(0, OwnCache.bytes(folder));
    }
}
