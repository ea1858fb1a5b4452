package dev.nnd.runtime.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.nnd.runtime.kernel.Provider;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The time to a service's first prediction goes into what the JVM has to load and link for it: things that it can do without stay out. */
class FirstPredictionTest {

    @Test
    void loadsWhatItNeedsOnly(@TempDir Path folder) throws IOException, InterruptedException {
        assumeTrue(Provider.best(1).name().equals("onednn"));
        Path weights = folder.resolve("weights.safetensors");
        try (var parameters = FirstPrediction.weights()) {
            parameters.initialize(1);
            parameters.save(weights);
        }
        List<String> lines = run(folder.resolve("log"), weights);
        assertTrue(lines.stream().anyMatch(l -> l.startsWith("predicted by onednn")), () -> String.join("\n", lines));
        assertEquals(
                1, count(lines, "foreign.abi.DowncallStub"), "kinds of native functions, of which each takes 20 ms");
        assertEquals(0, count(lines, "tools.jackson"), "classes of the JSON library");
        assertEquals(0, count(lines, "java.security.Provider"), "classes for signatures");
        long own = count(lines, "dev.nnd.runtime");
        assertTrue(own > 50 && own < 200, () -> own + " classes of the runtime");
    }

    private static long count(List<String> lines, String type) {
        return lines.stream()
                .filter(l -> l.contains("[class,load]"))
                .filter(l -> l.contains(" " + type) || l.contains("." + type))
                .count();
    }

    private static List<String> run(Path log, Path weights) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xlog:class+load",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FirstPrediction.class.getName(),
                        weights.toString())
                .redirectErrorStream(true)
                .redirectOutput(new File(log.toString()))
                .start();
        assertEquals(0, process.waitFor(), () -> read(log));
        return Files.readAllLines(log);
    }

    private static String read(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException failed) {
            return failed.toString();
        }
    }
}
