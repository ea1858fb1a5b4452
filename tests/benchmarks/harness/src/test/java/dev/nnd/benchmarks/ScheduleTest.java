package dev.nnd.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.benchmarks.Measurement.Status;
import dev.nnd.benchmarks.Measurement.Times;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is asked how often, and what the tables make of ceilings and floors. */
class ScheduleTest {

    private static final Options OPTIONS = Options.of("home", "--only", "T1", "--threads", "1");

    private static Measurement measurement(Library library, double millis) {
        return measurement(library, millis, 0);
    }

    private static Measurement measurement(Library library, double millis, int repetition) {
        var times = new Times(10, 30, millis, millis, millis, millis);
        return new Measurement(
                "T1", library.id(), 1, repetition, Status.MEASURED, "", "1", times, 0, 1, -1, 3, new double[] {1});
    }

    @Test
    void asksTheOthersOnceAndTheFastAgain(@TempDir Path folder) throws IOException {
        var results = new Results(folder.resolve("measurements.jsonl"), false);
        var schedule = new Schedule(OPTIONS, results);
        assertEquals(
                List.of(Library.NND, Library.NND_JAVA, Library.LIBTORCH, Library.DJL, Library.TENSORFLOW, Library.DL4J),
                schedule.of(0).stream().map(Question::library).toList());
        assertEquals(Library.DL4J, schedule.of(1).getFirst().library(), "the other way round");
        results.add(measurement(Library.NND, 1));
        results.add(measurement(Library.LIBTORCH, 10));
        results.add(measurement(Library.TENSORFLOW, 7));
        results.add(measurement(Library.DJL, 14));
        results.add(measurement(Library.NND_JAVA, 2));
        results.add(measurement(Library.DL4J, 3));
        assertEquals(
                List.of(Library.NND, Library.LIBTORCH, Library.TENSORFLOW),
                schedule.of(2).stream()
                        .filter(schedule::worth)
                        .map(Question::library)
                        .toList());
        assertTrue(schedule.of(0).stream().noneMatch(schedule::worth), "all of these are known");
    }

    @Test
    void asksMoreWhereRatiosDiffer(@TempDir Path folder) throws IOException {
        var results = new Results(folder.resolve("measurements.jsonl"), false);
        var schedule = new Schedule(OPTIONS, results);
        results.add(measurement(Library.NND, 10));
        results.add(measurement(Library.LIBTORCH, 20));
        assertEquals(List.of(), schedule.more(1), "one ratio says nothing of its spread");
        results.add(measurement(Library.NND, 10, 1));
        results.add(measurement(Library.LIBTORCH, 21, 1));
        assertEquals(List.of(), schedule.more(2), "2.0 and 2.1");
        results.add(measurement(Library.NND, 10, 2));
        results.add(measurement(Library.LIBTORCH, 23, 2));
        assertEquals(
                List.of(Library.LIBTORCH, Library.NND),
                schedule.more(3).stream()
                        .filter(schedule::worth)
                        .map(Question::library)
                        .toList(),
                "2.0, 2.1 and 2.3, the other way round");
    }

    @Test
    void measuresShortStepsLongEnough() {
        assertFalse(Pace.FULL.warm(1000, 4.9));
        assertFalse(Pace.FULL.warm(2, 9));
        assertTrue(Pace.FULL.warm(3, 5));
        assertFalse(Pace.FULL.enough(29, 4.9));
        assertTrue(Pace.FULL.enough(30, 1));
        assertTrue(Pace.FULL.enough(5, 5), "few, and the table says so");
        assertEquals(6.0, Pace.FULL.seconds(0.001, 5), 0.01);
        assertEquals(5 + 5, Pace.FULL.seconds(0.5, 5), 0.01);
        // Two that are compared, one more, then three.
        assertEquals(6 * 4.0, Pace.FULL.seconds(4, 2), 0.01);
    }

    @Test
    void knowsHowLongAProcessTakes(@TempDir Path folder) throws IOException {
        var results = new Results(folder.resolve("measurements.jsonl"), false);
        var question = new Question(Workload.T1, Library.TENSORFLOW, 1, 0);
        double usual = new Durations(results).of(question, Pace.FULL);
        assertTrue(usual > 7 && usual < 11, "from the list of usual ones: " + usual);
        results.add(measurement(Library.TENSORFLOW, 50));
        // 3 s of which 40 steps took 2; then 100 for 5 s and 30.
        assertEquals(1 + 130 * 0.05, new Durations(results).of(question, Pace.FULL), 0.01);
    }

    @Test
    void saysWhatIsBeyondTheMachine() {
        // 1 GFLOP at 100 GFLOP/s is 10 ms at least.
        var figures = new Figures(Map.of(
                "flops.T1", 1e9, "weights.T1", 1e6, "fma.f32.1", 100.0, "product.f32.1", 90.0, "triad.L3.1", 50.0));
        var found = new Found(List.of(measurement(Library.NND, 20), measurement(Library.TENSORFLOW, 16)));
        String table = new CeilingTable(found, figures).workloads();
        assertTrue(
                table.contains(
                        "| T1 | 1 | 1.000 | 1.0 | 10.000 | arithmetic | 50.0 | 0.50 | tensorflow | 62.5 | 0.63 | 9.412 | 1.06 |"
                                + " **beyond this machine** |"),
                table);
    }

    @Test
    void saysWhichKernelIsUnderItsFloor() {
        var good = new KernelTime("relu", 1000, 8000, 100, 500, 0, 4);
        var slow = new KernelTime("gelu", 1000, 8000, 100, 300, 0, 4);
        var greedy = new KernelTime("sums", 1000, 8000, 100, 500, 16, 4);
        String table = KernelTable.of(List.of(good, slow, greedy), new Figures(Map.of("triad.L1.1", 160.0)));
        assertTrue(table.startsWith("**UNDER THE FLOOR: gelu, sums**"), table);
        assertTrue(table.contains("| relu | 1,000 | 0.100 | 80.0 | 0.50 | 0.500 | 5.0 | 4.0 | 0 | holds |"), table);
        assertTrue(table.contains("| gelu | 1,000 | 0.100 | 80.0 | 0.50 | 0.300 | 3.0 | 4.0 | 0 | **FAILS** |"), table);
    }
}
