package dev.nnd.compiler.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code nnd tune}, and the optimizers and ends of runs that only whole programs show. */
class TuneCommandTest {

    private static final String PROGRAM = """
            model Net(width: int = 4) { input x: f32[N, 1] output y: f32[N, 1] = x -> Dense(width) -> tanh -> Dense(1) }
            data Points {
              source all = csv("points.csv")
              split all into train 70%, validation 30% seed 3
              field x: f32[1] = column("x")
              field y: f32[1] = column("y")
            }
            train Fit(lr: float = 1e-2, width: int = 4) {
              model net = Net(width)
              data Points
              minimize mse(net(x), y) using OPTIMIZER
              epochs 6
              batch 16
              keep best 2 by validation.loss
            }
            tune Search {
              train Fit
              search lr in log_uniform(1e-3, 1e-1)
              search width in [2, 5]
              minimize validation.loss
              trials 4
            }
            tune Guided {
              train Fit
              search lr in log_uniform(1e-3, 1e-1)
              search width in 2..5
              minimize validation.loss
              trials 7
              strategy tpe(startup: 3)
            }
            tune Rungs {
              train Fit
              search lr in log_uniform(1e-3, 1e-1)
              minimize validation.loss
              trials 6
              strategy asha(factor: 2, least: 1)
            }
            tune Half {
              train Fit
              search lr in log_uniform(1e-3, 1e-1)
              minimize validation.loss
              trials 4
              strategy halving(factor: 2, least: 1)
            }
            """;

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void data() throws IOException {
        var random = new Random(7);
        var text = new StringBuilder("x,y\n");
        for (int i = 0; i < 120; i++) {
            double x = random.nextDouble() * 2 - 1;
            text.append(x).append(',').append(x * x).append('\n');
        }
        Files.writeString(folder.resolve("points.csv"), text);
        write("adam(lr: lr)");
    }

    private void write(String optimizer) throws IOException {
        Files.writeString(folder.resolve("fit.nnd"), PROGRAM.replace("OPTIMIZER", optimizer));
    }

    private int nnd(String command, String... words) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        var all = new java.util.ArrayList<>(
                List.of(command, folder.resolve("fit.nnd").toString()));
        all.addAll(List.of(words));
        all.addAll(List.of("--data", folder.toString(), "--threads", "1"));
        return Nnd.run(Terminal.plain(new PrintWriter(out), new PrintWriter(err)), all.toArray(String[]::new));
    }

    private String at(String name) {
        return folder.resolve(name).toString();
    }

    private byte[] weights(String trial) throws IOException {
        return Files.readAllBytes(folder.resolve(trial).resolve("last/weights.safetensors"));
    }

    @Test
    void triesAndGoesOn() throws IOException {
        assertEquals(0, nnd("tune", "Search", "--out", at("a"), "--parallel", "2"), err::toString);
        var trials = Files.readAllLines(folder.resolve("a/trials.csv"));
        assertEquals("trial,lr,width,validation.loss,epochs,seconds", trials.getFirst());
        assertEquals(5, trials.size());
        assertTrue(
                trials.stream().anyMatch(t -> t.split(",")[2].equals("2"))
                        && trials.stream().anyMatch(t -> t.split(",")[2].equals("5")),
                trials::toString);
        assertTrue(Files.readString(folder.resolve("a/tune.html")).contains("validation.loss over lr"));
        // One thread and one at a time give the same: trials know nothing of each other.
        assertEquals(0, nnd("tune", "Search", "--out", at("b"), "--parallel", "1"), err::toString);
        for (int i = 1; i <= 4; i++) {
            assertArrayEquals(weights("a/trial-00" + i), weights("b/trial-00" + i), "trial " + i);
        }
        assertEquals(1, nnd("tune", "Search", "--out", at("a")));
        assertTrue(err.toString().contains("holds a search already"), err::toString);
        // As a kill leaves it: one trial is missing, and is done again.
        try (var files = Files.walk(folder.resolve("a/trial-003"))) {
            for (var file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
        assertEquals(0, nnd("tune", "Search", "--out", at("a"), "--resume"), err::toString);
        assertArrayEquals(weights("a/trial-003"), weights("b/trial-003"));
        assertEquals(1, nnd("tune", "Half", "--out", at("a"), "--resume"));
        assertTrue(err.toString().contains("tries other values than Half does now"), err::toString);
        assertEquals(1, nnd("tune", "Serch"));
        assertTrue(err.toString().contains("did you mean `Search`?"), err::toString);
    }

    @Test
    void halvingEndsInWhatAWholeRunGives() throws IOException {
        assertEquals(0, nnd("tune", "Half", "--out", at("half")), err::toString);
        var best = Files.readAllLines(folder.resolve("half/trials.csv")).stream()
                .skip(1)
                .min(java.util.Comparator.comparingDouble(t -> Double.parseDouble(t.split(",")[2])))
                .orElseThrow()
                .split(",");
        assertEquals("6", best[3], out::toString);
        long whole = Files.readAllLines(folder.resolve("half/trials.csv")).stream()
                .skip(1)
                .filter(t -> t.split(",")[3].equals("6"))
                .count();
        assertTrue(whole < 4, () -> "nothing was saved:\n" + out);
        assertEquals(0, nnd("train", "Fit", "--set", "lr=" + best[1], "--out", at("alone")), err::toString);
        assertArrayEquals(weights("half/" + best[0]), weights("alone"));
        try (var kept = Files.list(folder.resolve("alone/kept"))) {
            assertEquals(2, kept.count());
        }
    }

    @Test
    void theOptimizersOfTheRuntimeLearnAndResume() throws IOException {
        for (String optimizer : List.of(
                "lamb(lr: cosine(lr, warmup: 10%), no_decay: [\"net.**.bias\"])",
                "muon(lr: lr, clip_norm: 1.0)", "adafactor(lr: lr, weight_decay: 0.01)")) {
            write(optimizer);
            String name = optimizer.substring(0, 3);
            assertEquals(0, nnd("train", "Fit", "--out", at(name)), err::toString);
            var losses = Files.readAllLines(folder.resolve(name).resolve("metrics.csv")).stream()
                    .skip(1)
                    .map(l -> Double.parseDouble(l.split(",")[3]))
                    .toList();
            assertTrue(losses.getLast() < losses.getFirst(), () -> optimizer + ": " + losses);
            assertEquals(0, nnd("train", "Fit", "--out", at(name + "part"), "--set", "epochs=6"), err::toString);
            assertArrayEquals(weights(name), weights(name + "part"), optimizer);
        }
    }

    @Test
    void namesTheOpThatDiverges() throws IOException {
        Files.writeString(
                folder.resolve("fit.nnd"),
                PROGRAM.replace("OPTIMIZER", "adam(lr: lr)")
                        .replace("mse(net(x), y)", "mean(square(net(x) - log(y)))"));
        Files.writeString(folder.resolve("points.csv"), "x,y\n" + "0.5,1\n".repeat(20) + "0.5,0\n".repeat(20));
        assertEquals(1, nnd("train", "Fit", "--out", at("bad")));
        String message = err.toString();
        assertTrue(
                message.contains("Training has diverged at step 1 (epoch 1): the loss of the batch is Infinity"),
                message);
        assertTrue(
                message.contains("The first value that is not finite is -Infinity in `log(y)` (fit.nnd:11)"), message);
        assertTrue(message.contains("it is computed from numbers from 0.000 to 1.000"), message);
        assertFalse(message.contains("nnd itself failed"), message);
    }

    private void remove(String name) throws IOException {
        try (var files = Files.walk(folder.resolve(name))) {
            for (var file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** The table without the times. */
    private List<String> table(String search) throws IOException {
        return Files.readAllLines(folder.resolve(search).resolve("trials.csv")).stream()
                .map(l -> l.substring(0, l.lastIndexOf(',')))
                .toList();
    }

    @Test
    void aGuidedSearchIsTheSameAgainAndGoesOn() throws IOException {
        assertEquals(0, nnd("tune", "Guided", "--out", at("a"), "--parallel", "2"), err::toString);
        assertEquals(0, nnd("tune", "Guided", "--out", at("b"), "--parallel", "2"), err::toString);
        assertEquals(8, table("a").size());
        assertEquals(table("a"), table("b"));
        // As a kill leaves it: the sixth and seventh were not begun.
        remove("b/trial-006");
        remove("b/trial-007");
        assertEquals(0, nnd("tune", "Guided", "--out", at("b"), "--resume"), err::toString);
        assertEquals(table("a"), table("b"));
        assertEquals(1, nnd("tune", "Guided", "--out", at("b"), "--resume", "--parallel", "1"));
        assertTrue(err.toString().contains("--parallel"), err::toString);
    }

    @Test
    void rungsWaitForNobodyAndGoOn() throws IOException {
        assertEquals(0, nnd("tune", "Rungs", "--out", at("a"), "--parallel", "1"), err::toString);
        var lines = Files.readAllLines(folder.resolve("a/rungs.txt"));
        long begun = lines.stream().filter(l -> l.split(" ")[1].equals("0")).count();
        long second = lines.stream().filter(l -> l.split(" ")[1].equals("1")).count();
        long third = lines.stream().filter(l -> l.split(" ")[1].equals("2")).count();
        assertEquals(List.of(6L, 3L, 1L), List.of(begun, second, third), lines::toString);
        assertEquals("1 0", lines.getFirst().substring(0, 3));
        assertEquals("2 0", lines.get(1).substring(0, 3));
        assertTrue(lines.get(2).split(" ")[1].equals("1"), lines::toString);
        // What the last five jobs did is lost, as after a kill; they are done again, to the same end.
        assertEquals(0, nnd("tune", "Rungs", "--out", at("b"), "--parallel", "1"), err::toString);
        Files.write(folder.resolve("b/rungs.txt"), lines.subList(0, lines.size() - 5));
        assertEquals(0, nnd("tune", "Rungs", "--out", at("b"), "--resume", "--parallel", "1"), err::toString);
        assertEquals(lines, Files.readAllLines(folder.resolve("b/rungs.txt")));
        assertEquals(0, nnd("tune", "Rungs", "--out", at("c"), "--parallel", "3"), err::toString);
        assertEquals(
                6,
                Files.readAllLines(folder.resolve("c/rungs.txt")).stream()
                        .filter(l -> l.split(" ")[1].equals("0"))
                        .count());
    }
}
