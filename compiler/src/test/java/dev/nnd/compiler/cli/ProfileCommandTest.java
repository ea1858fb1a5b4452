package dev.nnd.compiler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where time goes, as a user asks for it. */
class ProfileCommandTest {

    private static final String PROGRAM = """
            package demo

            block Layer() {
              input x: f32[N, D]
              output x + (x -> Dense(D) -> gelu)
            }

            model Net() {
              input  x: f32[N, 2]
              output y: f32[N, 1] = x -> Layer() * 3 -> Dense(1)
            }

            data Points {
              source train = csv("points.csv")
              field x: f32[2] = concat(column("a"), column("b"))
              field y: f32[1] = column("y")
            }

            train Fit {
              model net = Net()
              data  Points
              minimize mse(net(x), y) using sgd(lr: 0.01)
              epochs 1
              batch  10
            }
            """;

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int nnd(String... words) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Nnd.run(Terminal.plain(new PrintWriter(out), new PrintWriter(err)), words);
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    @BeforeEach
    void writeFiles() throws IOException {
        Files.writeString(folder.resolve("net.nnd"), PROGRAM);
        var rows = new StringBuilder("a,b,y\n");
        for (int i = 0; i < 25; i++) {
            rows.append("1,2,").append(i).append('\n');
        }
        Files.writeString(folder.resolve("points.csv"), rows);
    }

    @Test
    void trainStep() throws IOException {
        Path chart = folder.resolve("chart.svg");
        int code = nnd(
                "profile",
                path("net.nnd"),
                "--data",
                folder.toString(),
                "--threads",
                "1",
                "--runs",
                "3",
                "--warmup",
                "1",
                "--chart",
                chart.toString());
        assertEquals(Nnd.FINE, code, err.toString());
        String table = out.toString();
        assertTrue(table.startsWith("Fit: 3 runs of 10 examples, 1 thread, "), table);
        assertTrue(table.contains("\noptimizer "), table);
        assertTrue(table.contains("inner product backward weights"), table);
        // The second and third use of the block are one entry with two calls a run; the line is the block's.
        assertTrue(table.lines().anyMatch(l -> l.matches(".* 2 .* inner product +net.nnd:5")), table);
        String svg = Files.readString(chart);
        assertTrue(svg.startsWith("<svg ") && svg.endsWith("</svg>\n"), svg);
        assertTrue(svg.contains("net.nnd:5"), svg);
        assertFalse(Files.exists(Path.of("runs", "Fit")), "a profile leaves no run");
    }

    @Test
    void prediction() {
        int code = nnd("profile", path("net.nnd"), "--model", "Net", "--dims", "N=4", "--runs", "2", "--warmup", "0");
        assertEquals(Nnd.FINE, code, err.toString());
        assertTrue(out.toString().startsWith("Net N=4: 2 runs, "), out.toString());
        assertTrue(out.toString().contains("prediction "), out.toString());
        assertEquals(
                Nnd.FINE,
                nnd(
                        "profile",
                        path("net.nnd"),
                        "--model",
                        "Net",
                        "--precision",
                        "bf16",
                        "--runs",
                        "1",
                        "--warmup",
                        "0"));
        assertEquals(Nnd.USER_ERROR, nnd("profile", path("net.nnd"), "--precision", "bf16"));
        assertTrue(err.toString().contains("a train section says its own"), err.toString());
    }

    @Test
    void forOtherPrograms() throws IOException {
        Path json = folder.resolve("profile.json");
        int code = nnd(
                "profile",
                path("net.nnd"),
                "--model",
                "Net",
                "--dims",
                "N=4",
                "--runs",
                "3",
                "--warmup",
                "0",
                "--json",
                json.toString());
        assertEquals(Nnd.FINE, code, err.toString());
        String read = Files.readString(json);
        assertTrue(read.startsWith("{\"title\":\"Net N=4\",\"runs\":3,"), read);
        assertTrue(read.contains("\"parts\":[{\"name\":\"prediction\",\"ms\":"), read);
        // [4, 2] times [2, 2], three times; the bias is counted with the product.
        long flops = Pattern.compile("\"kind\":\"inner product[^\"]*\".*?\"flops\":(\\d+)")
                .matcher(read)
                .results()
                .mapToLong(found -> Long.parseLong(found.group(1)))
                .sum();
        assertEquals(3 * (2 * 4 * 4 + 8), flops, read);
    }

    @Test
    void wrongWords() {
        assertEquals(Nnd.USER_ERROR, nnd("profile", path("net.nnd"), "--model", "Nt"));
        assertTrue(err.toString().contains("did you mean `Net`?"), err.toString());
        assertEquals(Nnd.USER_ERROR, nnd("profile", path("net.nnd"), "--model", "Net", "--dims", "T=4"));
        assertTrue(err.toString().contains("Net has no free dim T; it has N."), err.toString());
        assertEquals(Nnd.USER_ERROR, nnd("profile", path("net.nnd"), "--dims", "N=4"));
        assertTrue(err.toString().contains("name the model with --model"), err.toString());
        assertEquals(Nnd.USER_ERROR, nnd("profile", path("net.nnd"), "--runs", "0", "--data", folder.toString()));
        assertTrue(err.toString().contains("--runs needs a number of at least 1, not 0."), err.toString());
        assertEquals(Nnd.WRONG_USAGE, nnd("profile", path("net.nnd"), "--model", "Net", "--dims", "N"));
    }
}
