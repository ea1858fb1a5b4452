package dev.nnd.compiler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code nnd check --fix}. */
class CheckFixTest {

    private static final String BROKEN = """
            model Net {
              input x: f32[N, 4]
              output y: f32[N, 2] = x -> dense(8) -> Relu -> Dens(2)  # hi
            }
            """;

    private static final String FIXED = """
            model Net {
              input x: f32[N, 4]
              output y: f32[N, 2] = x -> Dense(8) -> relu -> Dense(2)  // hi
            }
            """;

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int nnd(String... words) {
        return Nnd.run(Terminal.plain(new PrintWriter(out), new PrintWriter(err)), words);
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static String name(Path file) {
        return file.toString().replace('\\', '/');
    }

    @Test
    void fixesUntilNothingIsLeft() throws IOException {
        Path file = file("net.nnd", BROKEN);
        assertEquals(0, nnd("check", "--fix", file.toString()), err::toString);
        assertEquals(FIXED, Files.readString(file));
        assertTrue(
                out.toString()
                        .startsWith(name(file) + ":3: changed `#` to `//` (NND0002: `#` does not begin a comment)\n"),
                out::toString);
        assertTrue(out.toString().endsWith("\nno problems\n"), out::toString);
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(1, files.count(), "no temporary file is left");
        }
    }

    @Test
    void keepsByteOrderMarkAndLineEnds() throws IOException {
        Path file = file("net.nnd", "\uFEFF" + BROKEN.replace("\n", "\r\n"));
        assertEquals(0, nnd("check", "--fix", file.toString()), err::toString);
        assertEquals("\uFEFF" + FIXED.replace("\n", "\r\n"), Files.readString(file));
    }

    @Test
    void dryRunShowsTheDifference() throws IOException {
        Path file = file("net.nnd", BROKEN);
        assertEquals(0, nnd("check", "--fix", "--dry-run", file.toString()), err::toString);
        assertEquals(BROKEN, Files.readString(file));
        String diff = """
                --- FILE
                +++ FILE
                @@ -1,4 +1,4 @@
                 model Net {
                   input x: f32[N, 4]
                -  output y: f32[N, 2] = x -> dense(8) -> Relu -> Dens(2)  # hi
                +  output y: f32[N, 2] = x -> Dense(8) -> relu -> Dense(2)  // hi
                 }
                """.replace("FILE", name(file));
        assertTrue(out.toString().contains(diff), out::toString);
        assertTrue(out.toString().contains(":3: would change `Relu` to `relu`"), out::toString);
    }

    @Test
    void jsonTellsEdits() throws IOException {
        Path file = file("net.nnd", BROKEN);
        assertEquals(0, nnd("check", "--fix", "--json", file.toString()), err::toString);
        String[] lines = out.toString().split("\n");
        assertTrue(lines[0].startsWith("{\"kind\":\"edit\",\"code\":\"NND0002\",\"file\":"), lines[0]);
        assertTrue(lines[0].endsWith("\"replacement\":\"//\"}"), lines[0]);
        assertTrue(lines[lines.length - 1].contains("\"errors\":0,\"warnings\":0,\"written\":1"), out::toString);
    }

    @Test
    void tellsWhatRemainsAndChangesNothingElse() throws IOException {
        Path good = file("good.nnd", FIXED.replace("Net", "Other"));
        Path file = file("net.nnd", BROKEN.replace("(2)", "(2) -> cat -> dog -> nothing"));
        assertEquals(1, nnd("check", "--fix", folder.toString()));
        assertTrue(Files.readString(file).contains("x -> Dense(8) -> relu"), () -> out + "\n" + err);
        assertEquals(FIXED.replace("Net", "Other"), Files.readString(good));
        assertTrue(err.toString().contains("NND0101"), err::toString);
    }

    @Test
    void refusesWhatItCannotWrite() throws IOException {
        Path file = file("net.nnd", BROKEN);
        if (file.toFile().setWritable(false) && !Files.isWritable(file)) {
            assertEquals(1, nnd("check", "--fix", file.toString()));
            assertEquals("error: " + file + " can't be written, so nothing was fixed.\n", err.toString());
        }
        assertEquals(2, nnd("check", "--dry-run", file.toString()));
        assertTrue(err.toString().contains("`--dry-run` goes with `--fix`"), err::toString);
    }

    @Test
    void explainWithoutACodeListsAll() {
        assertEquals(0, nnd("explain"));
        assertTrue(out.toString().startsWith("NND0001: unexpected token\nNND0002: "), out::toString);
        assertTrue(out.toString().lines().count() >= 80);
        assertFalse(out.toString().contains("# "));
    }

    @Test
    void differencesHaveHunks() {
        String before = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl";
        String after = "a\nB\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\nm\n";
        assertEquals("""
                --- x
                +++ x
                @@ -1,5 +1,5 @@
                 a
                -b
                +B
                 c
                 d
                 e
                @@ -9,4 +9,5 @@
                 i
                 j
                 k
                -l
                \\ No newline at end of file
                +l
                +m
                """, UnifiedDiff.of("x", before, after));
        assertEquals("", UnifiedDiff.of("x", before, before));
    }
}
