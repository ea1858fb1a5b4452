package dev.nnd.compiler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nnd.runtime.train.EpochResult;
import dev.nnd.runtime.train.ProgressListener;
import dev.nnd.runtime.train.RunSettings;
import dev.nnd.runtime.train.TrainingStart;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ProgressTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private static TrainingStart start() {
        var settings = new RunSettings(
                OptionalLong.of(10), OptionalLong.empty(), 64, 1, List.of(), Optional.empty(), Map.of("lr", 1e-3));
        var rows = new LinkedHashMap<String, Integer>();
        rows.put("train", 54_000);
        rows.put("test", 10_000);
        return new TrainingStart(
                "MnistTraining", Path.of("runs/m"), settings, 2, rows, 216_650, 844, 8440, 844, 1 << 20);
    }

    private static EpochResult epoch() {
        var metrics = new LinkedHashMap<String, Double>();
        metrics.put("train.loss", 0.2345678);
        metrics.put("validation.accuracy", 0.97125);
        metrics.put("validation.loss", Double.NaN);
        return new EpochResult(2, 1688, metrics, 12.5, 23456.7);
    }

    private void tell(ProgressListener listener) {
        listener.started(start());
        listener.warning("a column never varies");
        listener.epoch(epoch(), true);
    }

    @Test
    void tellsPeopleOneLineAnEpoch() {
        tell(new TextProgress(Terminal.plain(new PrintWriter(out), new PrintWriter(err)), () -> 0));
        assertEquals("""
                MnistTraining: 216,650 parameters; examples: 54,000 train, 10,000 test; 844 steps an epoch; 1,024 KiB for a step; 2 threads
                going on after step 844
                epoch  2/10  loss 0.2346  validation.accuracy 0.9713  validation.loss NaN  23,457 samples/s  0.0 s left  best so far
                """, out.toString());
        assertEquals("warning: a column never varies\n", err.toString());
    }

    @Test
    void countsStepsWhereTheSectionDoes() {
        var progress = new TextProgress(Terminal.plain(new PrintWriter(out), new PrintWriter(err)), () -> 0);
        var epochs = start();
        var settings = new RunSettings(
                OptionalLong.empty(), OptionalLong.of(2000), 64, 1, List.of(), Optional.empty(), Map.of());
        progress.started(new TrainingStart(
                "Gpt", epochs.directory(), settings, 1, epochs.rows(), 10, 100_000, 2000, 0, 1 << 20));
        progress.epoch(new EpochResult(1, 500, Map.of("train.loss", 2.0), 12.5, 100), false);
        progress.epoch(new EpochResult(1, 2000, Map.of("train.loss", 1.0), 50, 100), true);
        assertEquals(
                List.of(
                        "step  500/2000  loss 2.000  100 samples/s  0.0 s left",
                        "step 2000/2000  loss 1.000  100 samples/s  best so far"),
                out.toString().lines().skip(1).toList());
    }

    @Test
    void tellsProgramsJson() {
        tell(new JsonProgress(new PrintWriter(out)));
        assertEquals(
                "{\"kind\":\"start\",\"name\":\"MnistTraining\",\"directory\":\""
                        + Path.of("runs/m").toString().replace("\\", "\\\\")
                        + "\",\"parameters\":216650,\"threads\":2,\"steps\":8440,\"stepsPerEpoch\":844,\"resumedAt\":844,"
                        + "\"rows\":{\"train\":54000,\"test\":10000}}\n"
                        + "{\"kind\":\"warning\",\"message\":\"a column never varies\"}\n"
                        + "{\"kind\":\"epoch\",\"epoch\":2,\"step\":1688,\"seconds\":12.5,\"samplesPerSecond\":23456.7,"
                        + "\"best\":true,\"metrics\":{\"train.loss\":0.2345678,\"validation.accuracy\":0.97125,"
                        + "\"validation.loss\":null}}\n",
                out.toString());
    }
}
