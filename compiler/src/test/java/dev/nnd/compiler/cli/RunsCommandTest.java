package dev.nnd.compiler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.runtime.NndException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code nnd runs}, and what {@code nnd train --live} serves. */
class RunsCommandTest {

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int nnd(String... words) {
        return Nnd.run(Terminal.plain(new PrintWriter(out), new PrintWriter(err)), words);
    }

    private void run(String name, String started, String state, double lr, double loss) throws IOException {
        Path directory = Files.createDirectories(folder.resolve(name));
        Files.writeString(directory.resolve("run.json"), """
                {"name": "Fit", "state": "%s", "started": "%s", "seconds": 75.5, "epoch": 3, "step": 27,
                 "configuration": {"epochs": "3", "batch": "16", "keep best by": "validation.loss"},
                 "values": {"lr": %s}, "rows": {"train": 100}, "environment": {"cores": "2"},
                 "metrics": {"validation.loss": %s}}
                """.formatted(state, started, lr, loss));
    }

    @Test
    void listsAndComparesRuns() throws IOException {
        run("a", "2026-01-02T03:04:05Z", "FINISHED", 0.1, 0.5);
        run("deeper/b", "2026-01-01T03:04:05Z", "RUNNING", 0.01, 0.25);
        run("a/best", "2026-01-01T03:04:05Z", "FINISHED", 0.01, 0.25); // part of a, no run
        assertEquals(0, nnd("runs", folder.toString()), err::toString);
        String listed = out.toString().replace(folder + "/", "");
        assertEquals(spaced("""
                run       section  started (UTC)        state     epochs  time  best
                deeper/b  Fit      2026-01-01 03:04:05  killed    3       1:16  validation.loss 0.2500
                a         Fit      2026-01-02 03:04:05  finished  3       1:16  validation.loss 0.5000
                """), spaced(listed));
        out.getBuffer().setLength(0);
        assertEquals(
                0,
                nnd(
                        "runs",
                        folder.resolve("a").toString(),
                        folder.resolve("deeper/b").toString()));
        String compared = out.toString().replace(folder + "/", "");
        assertEquals(spaced("""
                                 a         deeper/b
                lr               0.1       0.01
                state            finished  killed
                epochs           3         3
                time             1:16      1:16
                validation.loss  0.5000    0.2500
                """), spaced(compared));
    }

    @Test
    void sortsByWhatTheRunSaysIsBetter() throws IOException {
        for (String direction : new String[] {"highest", "lowest"}) {
            for (String name : new String[] {"few", "many"}) {
                Path directory =
                        Files.createDirectories(folder.resolve(direction).resolve(name));
                Files.writeString(
                        directory.resolve("run.json"), """
                        {"name": "Fit", "state": "FINISHED", "started": "2026-01-01T03:04:05Z", "seconds": 1,
                         "metrics": {"validation.surprise": %s}, "directions": {"surprise": "%s"}}
                        """.formatted(name.equals("few") ? 0.1 : 0.9, direction));
            }
            out.getBuffer().setLength(0);
            assertEquals(
                    0,
                    nnd(
                            "runs",
                            "--by",
                            "validation.surprise",
                            folder.resolve(direction).toString()),
                    err::toString);
            String listed = out.toString();
            assertEquals(direction.equals("lowest"), listed.indexOf("/few") < listed.indexOf("/many"), listed);
        }
    }

    /** How wide columns are depends on the folder's name. */
    private static String spaced(String table) {
        return table.replaceAll(" +", " ");
    }

    @Test
    void saysWhatIsWrong() throws IOException {
        assertEquals(1, nnd("runs", folder.resolve("none").toString()));
        assertTrue(err.toString().startsWith("error: There is no folder " + folder.resolve("none")), err::toString);
        assertEquals(0, nnd("runs", folder.toString()));
        assertEquals("no runs\n", out.toString());
        run("a", "2026-01-02T03:04:05Z", "FINISHED", 0.1, 0.5);
        assertEquals(1, nnd("runs", "--by", "validation.accuracy", folder.toString()));
        assertTrue(err.toString().contains("No run has a metric `validation.accuracy`."), err::toString);
        Files.writeString(folder.resolve("a/run.json"), "{\"name\": 1");
        assertEquals(1, nnd("runs", folder.toString()));
        assertTrue(err.toString().contains("run.json is damaged: "), err::toString);
        assertFalse(err.toString().contains("nnd itself failed"), err::toString);
    }

    @Test
    void servesTheReportAndNothingElse() throws Exception {
        try (var report = LiveReport.of(folder, "0");
                var client = HttpClient.newHttpClient()) {
            assertTrue(report.address().startsWith("http://127.0.0.1:"), report.address());
            assertTrue(get(client, report.address()).body().contains("not done yet"));
            Files.writeString(folder.resolve("report.html"), "<p>a page</p>");
            Files.writeString(folder.resolve("secret"), "s");
            assertEquals("<p>a page</p>", get(client, report.address()).body());
            for (String path : new String[] {"secret", "../secret", "last/run.json", "%2e%2e/secret"}) {
                assertEquals(404, get(client, report.address() + path).statusCode(), path);
            }
            String port = report.address().replaceAll(".*:(\\d+)/", "$1");
            var taken = assertThrows(NndException.class, () -> LiveReport.of(folder, port));
            assertTrue(String.valueOf(taken.getMessage()).startsWith("The report can't be shown at "));
            assertThrows(NndException.class, () -> LiveReport.of(folder, "many"));
            assertThrows(NndException.class, () -> LiveReport.of(folder, "70000"));
        }
    }

    private static HttpResponse<String> get(HttpClient client, String address) throws Exception {
        return client.send(HttpRequest.newBuilder(URI.create(address)).build(), HttpResponse.BodyHandlers.ofString());
    }
}
