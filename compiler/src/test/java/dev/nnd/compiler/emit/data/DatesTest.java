package dev.nnd.compiler.emit.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dates as pandas, Python and JSON write them. Seconds since 1970 are those of Python's {@code datetime.timestamp()}. */
class DatesTest {
    @TempDir
    Path folder;

    private float[] read(String function, String... dates) throws Exception {
        write(dates);
        return CompiledData.floats(
                CompiledData.of("source train = csv(\"t.csv\")\nfield x: f32[1] = column(\"t\") -> " + function + "()"),
                folder,
                "train",
                0);
    }

    private void write(String... dates) throws IOException {
        Files.writeString(folder.resolve("t.csv"), "t\n" + String.join("\n", dates) + "\n");
    }

    @Test
    void readsZonesAndFractions() throws Exception {
        String[] dates = {
            "1970-01-02",
            "1970-01-02 03:04",
            "1970-01-02T03:04:05",
            "1970-01-02 03:04:05.25",
            "1970-01-02 03:04:05.123456789",
            "1970-01-02T03:04:05Z",
            "1970-01-02 03:04:05+02:00",
            "1970-01-02T03:04:05.5-01:30"
        };
        assertArrayEquals(
                new float[] {86400, 97440, 97445, 97445, 97445, 97445, 90245, 102845}, read("timestamp", dates));
        assertArrayEquals(new float[] {0, 3, 3, 3, 3, 3, 3, 3}, read("hour", dates));
    }

    @Test
    void refusesOthers() throws Exception {
        write("1970-01-02T25:00");
        String error = CompiledData.error(
                "source train = csv(\"t.csv\")\nfield x: f32[1] = column(\"t\") -> hour() -> standardize", folder);
        assertTrue(error.contains("which is no date in the format ISO 8601"), error);
    }
}
