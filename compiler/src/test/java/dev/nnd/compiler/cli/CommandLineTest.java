package dev.nnd.compiler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandLineTest {

    private static final String LINEAR = """
            package quickstart

            model Linear {
              input  x: f32[N, 1]
              output y: f32[N, 1] = x -> Dense(1)
            }
            """;

    private static final String BROKEN =
            "model Linear {\n  input x f32[N, 1]\n  ouput y: f32[N, 1] = x -> Dense(1)\n}\n";

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int nnd(String... words) {
        return Nnd.run(Terminal.plain(new PrintWriter(out), new PrintWriter(err)), words);
    }

    private Path file(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.resolveSibling(""));
        return Files.writeString(file, text);
    }

    @Test
    void checkAcceptsAGoodFile() throws IOException {
        assertEquals(0, nnd("check", file("linear.nnd", LINEAR).toString()), err::toString);
        assertEquals("no problems\n", out.toString());
        assertEquals("", err.toString());
    }

    @Test
    void checkShowsSyntaxErrors() throws IOException {
        Path file = file("broken.nnd", BROKEN);
        assertEquals(1, nnd("check", file.toString()));
        assertEquals("", out.toString());
        assertEquals("""
                error[NND0001]: expected `:`, found `f32`
                 --> FILE:2:11
                  |
                2 |   input x f32[N, 1]
                  |           ^^^
                  |
                help: write `:` behind `x`

                error[NND0001]: expected a statement, found `ouput`
                 --> FILE:3:3
                  |
                3 |   ouput y: f32[N, 1] = x -> Dense(1)
                  |   ^^^^^
                  |
                help: did you mean `output`?

                2 errors; `nnd explain NND0001` says more
                """, err.toString().replace(file.toString().replace('\\', '/'), "FILE"));
    }

    @Test
    void fmtWritesFilesThatAreNotInStyle() throws IOException {
        Path wild = file("wild.nnd", "fn f( x:f32 )->f32=x // kept\r\n");
        Path tame = file("tame.nnd", LINEAR);
        assertEquals(1, nnd("fmt", "--check", folder.toString()));
        assertTrue(err.toString().contains("error[NND0011]"), err::toString);
        assertEquals("fn f( x:f32 )->f32=x // kept\r\n", Files.readString(wild));
        assertEquals(0, nnd("fmt", folder.toString()));
        assertEquals("formatted 1 of 2 files\n", out.toString());
        assertEquals("fn f(x: f32) -> f32 = x // kept\r\n", Files.readString(wild));
        assertEquals(LINEAR, Files.readString(tame));
        assertEquals(0, nnd("fmt", "--check", folder.toString()), err::toString);
    }

    @Test
    void fmtLeavesBrokenFilesAlone() throws IOException {
        Path file = file("broken.nnd", BROKEN);
        assertEquals(1, nnd("fmt", file.toString()));
        assertTrue(err.toString().contains("error[NND0001]"), err::toString);
        assertEquals(BROKEN, Files.readString(file));
    }

    @Test
    void fmtReadsStandardInput() {
        var input = new ByteArrayInputStream("fn f(x:f32)=x".getBytes(StandardCharsets.UTF_8));
        InputStream before = System.in;
        try {
            System.setIn(input);
            assertEquals(0, nnd("fmt", "-"), err::toString);
        } finally {
            System.setIn(before);
        }
        assertEquals("fn f(x: f32) = x\n", out.toString());
    }

    @Test
    void refusesWhatIsNoText() throws IOException {
        Path file = folder.resolve("latin1.nnd");
        Files.write(file, "// ok\n// caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
        assertEquals(1, nnd("check", file.toString()));
        assertTrue(err.toString().contains("is not UTF-8 text: line 2 has the byte 0xE9"), err::toString);
        Path large = folder.resolve("large.nnd");
        try (var channel = new RandomAccessFile(large.toFile(), "rw")) {
            channel.setLength(50_000_000);
        }
        assertEquals(1, nnd("check", large.toString()));
        assertTrue(err.toString().contains("has 50000000 bytes; a .nnd file has at most"), err::toString);
    }

    @Test
    void checkSpeaksJson() throws IOException {
        assertEquals(1, nnd("check", "--json", file("broken.nnd", BROKEN).toString()));
        String[] lines = out.toString().split("\n");
        assertEquals(3, lines.length);
        assertTrue(
                lines[0].startsWith("{\"kind\":\"diagnostic\",\"code\":\"NND0001\",\"severity\":\"error\","), lines[0]);
        assertEquals(
                "{\"kind\":\"summary\",\"errors\":2,\"warnings\":0,\"written\":0,\"unchanged\":0,\"deleted\":0}",
                lines[2]);
        assertEquals("", err.toString());
    }

    @Test
    void checkTakesFolders() throws IOException {
        file("a/linear.nnd", LINEAR);
        file("b/broken.nnd", BROKEN);
        assertEquals(1, nnd("check", folder.toString()));
        assertTrue(err.toString().contains("b/broken.nnd:2:11"), err::toString);
    }

    @Test
    void namesAMissingFileAndItsNeighbour() throws IOException {
        file("linear.nnd", LINEAR);
        assertEquals(1, nnd("check", folder.resolve("liner.nnd").toString()));
        assertEquals(
                "error: There is no file " + folder.resolve("liner.nnd") + ".\nhelp: did you mean "
                        + folder.resolve("linear.nnd") + "?\n",
                err.toString());
        assertEquals(1, nnd("check", folder.resolve("nowhere/x.nnd").toString()));
        assertEquals(1, nnd("train", folder.resolve("x.nnd").toString()));
    }

    @Test
    void refusesFilesThatAreNoText() throws IOException {
        Path file = Files.write(folder.resolve("x.nnd"), new byte[] {(byte) 0xFF, (byte) 0xFE, 0x00});
        assertEquals(1, nnd("check", file.toString()));
        assertEquals(
                "error: " + file
                        + " is not UTF-8 text: line 1 has the byte 0xFF.\nhelp: save it in the encoding UTF-8\n",
                err.toString());
    }

    @Test
    void wrongUsageIsTwo() {
        assertEquals(2, nnd());
        assertEquals(2, nnd("chek"));
        assertTrue(
                err.toString().contains("error: `nnd` has no command `chek`\nhelp: did you mean `check`?\n"),
                err::toString);
        assertEquals(2, nnd("check"));
        assertEquals(2, nnd("check", "--jsn", "x.nnd"));
        assertTrue(err.toString().contains("did you mean `--json`?"), err::toString);
        assertEquals(2, nnd("compile", "x.nnd"));
        assertEquals(2, nnd("train", "x.nnd", "--threads", "many"));
        assertEquals(2, nnd("predict", "x.nnd", "--input", "y", "--rows", "9-3"));
        assertFalse(err.toString().contains("\tat "), err::toString);
    }

    @Test
    void explainsCodes() {
        assertEquals(0, nnd("explain", "NND0001"));
        assertTrue(out.toString().startsWith("# NND0001: unexpected token\n"), out::toString);
        assertEquals(0, nnd("explain", "nnd3"));
        assertTrue(out.toString().contains("# NND0003: "), out::toString);
        assertEquals(1, nnd("explain", "NND9998"));
        assertEquals(1, nnd("explain", "banana"));
        assertTrue(err.toString().contains("There is no code banana."), err::toString);
    }

    @Test
    void helpAndVersionAreFine() {
        assertEquals(0, nnd("--help"));
        assertEquals(0, nnd("train", "--help"));
        assertEquals(0, nnd("--version"));
        assertTrue(out.toString().contains("--resume"), out::toString);
        assertTrue(out.toString().contains("nnd 0."), out::toString);
        assertEquals("", err.toString());
    }

    @Test
    void summarizesModels() throws IOException {
        assertEquals(0, nnd("summary", file("linear.nnd", LINEAR).toString()), err::toString);
        assertEquals("""
                Linear  x: f32[N, 1] -> y: f32[N, 1]
                  stage     weights  output     parameters  FLOPs
                  -----------------------------------------------
                  Dense(1)  dense    f32[N, 1]           2  3 * N
                  -----------------------------------------------
                  total                                  2  3 * N
                weights: 8 bytes
                """, out.toString().lines().limit(7).map(l -> l + "\n").reduce("", String::concat));
        assertTrue(out.toString().contains(" * N bytes"), out::toString);
    }

    @Test
    void summaryAsJsonHasTheNumbers() throws IOException {
        assertEquals(0, nnd("summary", "--json", file("linear.nnd", LINEAR).toString()), err::toString);
        assertTrue(out.toString().contains("\"parameters\":2,\"parameterBytes\":8,\"flops\":\"3 * N\""), out::toString);
    }

    @Test
    void numbersReadWell() {
        assertEquals("0.1235", TextProgress.number(0.12345678));
        assertEquals("97.31", TextProgress.number(97.3128));
        assertEquals("1.235e-05", TextProgress.number(0.000012345678));
        assertEquals("NaN", TextProgress.number(Double.NaN));
        assertEquals("0", TextProgress.number(0));
        assertEquals("12346", TextProgress.number(12345.6));
        assertEquals("3.2 s", TextProgress.clock(3.2));
        assertEquals("1:05", TextProgress.clock(65));
        assertEquals("2:03:04", TextProgress.clock(7384));
        assertEquals("1,234,567", TextProgress.grouped(1_234_567));
        assertEquals("1.500 KiB", SummaryText.bytes(1536));
    }

    @Test
    void charactersAreUtf8() throws IOException {
        Path file = file("p.nnd", "fn f(x: f32) = x \u2192 relu\n");
        assertEquals(1, nnd("check", file.toString()));
        assertTrue(err.toString().contains("\u2192"), err::toString);
        assertEquals("fn f(x: f32) = x \u2192 relu\n", new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
    }
}
