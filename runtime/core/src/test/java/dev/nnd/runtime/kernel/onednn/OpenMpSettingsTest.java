package dev.nnd.runtime.kernel.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OpenMpSettingsTest {

    @Test
    void spinsShortlyUnlessTheUserHasChosen() {
        assertEquals(Map.of("GOMP_SPINCOUNT", "1000"), OpenMpSettings.changes(Map.of("OMP_NUM_THREADS", "7"), "1000"));
        assertEquals(Map.of(), OpenMpSettings.changes(Map.of("GOMP_SPINCOUNT", "infinity"), "1000"));
        assertEquals(Map.of(), OpenMpSettings.changes(Map.of("OMP_WAIT_POLICY", "passive"), "1000"));
    }

    @Test
    void whatWouldTakeThreadsFromAnOpIsNotThere() {
        var expected = new HashMap<String, String>();
        expected.put("GOMP_SPINCOUNT", "1000");
        assertEquals(
                Collections.singleton("OMP_THREAD_LIMIT"),
                OpenMpSettings.changes(Map.of("OMP_THREAD_LIMIT", "1", "GOMP_SPINCOUNT", "5"), "1000")
                        .keySet());
        assertEquals(expected, OpenMpSettings.changes(Map.of(), "1000"));
    }

    @ParameterizedTest
    @CsvSource({
        "amd64, 1048576, 1000",
        "amd64, 2097152, 3400",
        "x86_64, 2097152, 3400",
        "aarch64, 2097152, 1000",
        "amd64, 0, 1000"
    })
    void moreTurnsWhereTheyAreShort(String architecture, long cache, String turns) {
        assertEquals(turns, OpenMpSettings.turns(cache, architecture));
    }

    /** A new process, since OpenMP reads them once; with one thread too few an op would never end. */
    @ParameterizedTest
    @ValueSource(strings = {"OMP_THREAD_LIMIT=1", "OMP_DYNAMIC=true", "OMP_MAX_ACTIVE_LEVELS=0", "OMP_NUM_THREADS=1"})
    @Timeout(value = 1200, unit = TimeUnit.SECONDS)
    void opsHaveTheirThreadsWhateverTheEnvironmentSays(String setting) throws IOException, InterruptedException {
        assumeTrue(OneDnnProvider.failure().isEmpty() && Region.possible());
        var builder = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Meeting.class.getName()))
                .redirectErrorStream(true);
        String[] parts = setting.split("=");
        builder.environment().put(parts[0], parts[1]);
        Process process = builder.start();
        process.getOutputStream().close();
        String text = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), text);
        assertTrue(text.contains("both, and " + parts[0] + " is still " + parts[1]), text);
    }
}
