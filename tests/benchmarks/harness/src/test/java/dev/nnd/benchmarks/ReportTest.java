package dev.nnd.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.benchmarks.Measurement.Status;
import dev.nnd.benchmarks.Measurement.Times;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

    private static final Machine MACHINE = new Machine("a processor", 2, true, "avx2", "Linux", "a JVM", "0.1");

    private static Measurement measurement(Library library, int repetition, double millis, double... check) {
        var times = new Times(10, 30, millis, millis, millis, millis);
        return new Measurement("T1", library.id(), 1, repetition, Status.MEASURED, "", "1", times, 0, 1, -1, 0, check);
    }

    private static String report(Measurement... all) {
        return new Report(List.of(all), MACHINE, "", new Figures(Map.of()), List.of()).text();
    }

    @Test
    void comparesWithTheFastestPeerOfEachRepetition() {
        String text = report(
                measurement(Library.NND, 0, 1, 2.0),
                measurement(Library.LIBTORCH, 0, 3, 2.0),
                measurement(Library.TENSORFLOW, 0, 4, 2.0),
                measurement(Library.DL4J, 0, 50, 2.0),
                measurement(Library.NND, 1, 2, 2.0),
                measurement(Library.LIBTORCH, 1, 5, 2.0),
                measurement(Library.TENSORFLOW, 1, 4, 2.0));
        assertTrue(text.contains("| T1 | 1 | tensorflow | 2.00 2.00 3.00 (2x) | 1.7 | met |"), text);
        assertTrue(text.contains("| T1 | 1 | 50.00 50.00 50.00 (1x) | 10 | met |"), text);
    }

    @Test
    void tellsStartsBesideTheirTarget() {
        String text = report(start(0, 0.4, 0.6, 0.9), start(1, 0.3, 0.5, 0.7), start(2, 0.45, 0.51, 0.6));
        assertTrue(text.contains("| S1-nnd | 0.30 0.51 0.90 | 0.5 | **missed** |"), text);
    }

    private static Measurement start(int repetition, double fastest, double middle, double slowest) {
        var times = new Times(0, Starts.STARTS, 1000 * middle, 1000 * fastest, 1000 * slowest, 0);
        return new Measurement(
                "S1-nnd", "nnd", 1, repetition, Status.MEASURED, "", "", times, 0, 0, -1, 0, new double[0]);
    }

    @Test
    void givesNoRatioToAPeerThatComputesSomethingElse() {
        String text = report(
                measurement(Library.NND, 0, 1, 2.0, 1.5),
                measurement(Library.LIBTORCH, 0, 3, 2.0, 1.6),
                measurement(Library.TENSORFLOW, 0, 4, 2.0, 1.5001));
        assertTrue(text.contains("| T1 | 1 | tensorflow | 4.00 4.00 4.00 (1x) |"), text);
        assertTrue(text.contains("3.000 (differs)"), text);
        assertFalse(text.contains("4.000 (differs)"), text);
    }

    @Test
    void keepsWhatAnInterruptedRunHasMeasured(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("measurements.jsonl");
        var first = new Results(file, false);
        first.add(Measurement.without(Workload.T1, Library.NND, 1, Status.FAILED, "a reason"));
        assertFalse(first.has("T1", "nnd", 1, 0), "what failed is tried again");
        first.add(measurement(Library.NND, 0, 1, 2.0));
        Files.writeString(file, "{\"workload\":\"T1\",\"libr", StandardOpenOption.APPEND);

        var second = new Results(file, false);
        assertTrue(second.has("T1", "nnd", 1, 0));
        assertFalse(second.has("T1", "nnd", 2, 0));
        assertFalse(second.has("T1", "nnd", 1, 1));
        assertEquals(1, second.all().size(), "the later answer counts");
        assertTrue(new Results(file, true).all().isEmpty());
    }

    @Test
    void readsTheCommandLine() {
        Options options = Options.of("home", "--only", "T2,I1b64", "--peers", "torch,ort", "--repeat", "1");
        assertTrue(options.wants(Workload.T2_B4));
        assertTrue(options.wants(Workload.I1_B64));
        assertFalse(options.wants(Workload.I1_B1));
        assertFalse(options.wants(Compilation.RESNET50));
        assertFalse(options.wants(Start.NND));
        assertTrue(Options.of("home", "--only", "S1-nnd-aot", "--peers", "none").wants(Start.NND_AOT));
        assertFalse(Options.of("home", "--only", "S1", "--peers", "none").wants(Start.LIBTORCH));
        assertEquals(List.of(Library.NND, Library.LIBTORCH, Library.ONNXRUNTIME), List.copyOf(options.libraries()));
        assertEquals(1, options.repetitions());
        assertFalse(options.wantsKernels());
        Options planned = Options.of("home", "--plan", "--only", "K", "--minutes", "50");
        assertTrue(planned.has(Options.Flag.PLAN) && planned.wantsKernels() && planned.minutes() == 50);
        assertThrows(IllegalArgumentException.class, () -> Options.of("home", "--repeat", "0"));
        assertThrows(IllegalArgumentException.class, () -> Options.of("home", "--only"));
        assertThrows(IllegalArgumentException.class, () -> Options.of("home", "--onyl", "T1"));
        assertThrows(IllegalArgumentException.class, () -> Options.of("home", "--peers", "pytorch3"));
    }

    @Test
    void refusesWorkloadsThatAreNotThere() {
        assertThrows(IllegalArgumentException.class, () -> Options.of("home", "--only", "T9"));
    }
}
