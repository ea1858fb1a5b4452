package dev.nnd.compiler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

class GraphCommandTest {

    private static final String NET = """
            block Residual() {
              input x: f32[N, D]
              output x + (x -> Dense(D) -> gelu -> Dense(D))
            }

            model Net {
              input  x: f32[N, 4]
              output y: f32[N, 3] = x -> Residual() * 2 -> Dense(3) -> relu
            }
            """;

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int graph(String... words) throws IOException {
        Path file = Files.writeString(folder.resolve("net.nnd"), NET);
        String[] all = new String[words.length + 2];
        all[0] = "graph";
        all[1] = file.toString();
        System.arraycopy(words, 0, all, 2, words.length);
        return Nnd.run(Terminal.plain(new PrintWriter(out), new PrintWriter(err)), all);
    }

    @Test
    void printsTheLastGraphWithItsFunctions() throws IOException {
        assertEquals(0, graph(), err::toString);
        assertTrue(out.toString().startsWith("function Residual\n"), out::toString);
        assertTrue(out.toString().contains("graph Net\n"), out::toString);
        assertTrue(out.toString().contains("= inner product +bias +relu("), out::toString);
    }

    @Test
    void printsBeforeAndAfterAPass() throws IOException {
        assertEquals(0, graph("--pass", "recognize"), err::toString);
        String[] halves = out.toString().split("// after recognize\n", -1);
        assertEquals(2, halves.length);
        assertTrue(halves[0].startsWith("// before recognize\n") && halves[0].contains("= matmul("), halves[0]);
        assertTrue(halves[1].contains("= inner product +bias("), halves[1]);
    }

    @Test
    void namesTheRulesThatFired() throws IOException {
        assertEquals(0, graph("--trace"), err::toString);
        assertTrue(out.toString().contains("recognize: MatMulToInnerProduct\n"), out::toString);
        assertTrue(out.toString().contains("fuse: ReluIntoInnerProduct\n"), out::toString);
    }

    @Test
    void drawsForGraphviz() throws IOException {
        assertEquals(0, graph("--format", "dot"), err::toString);
        assertTrue(out.toString().startsWith("digraph nnd {\n"), out::toString);
        assertTrue(out.toString().contains("label=\"Residual\""), out::toString);
    }

    @Test
    void drawsAnSvgThatIsWellFormed() throws Exception {
        Path picture = folder.resolve("net.svg");
        assertEquals(0, graph("--format", "svg", "--pass", "fuse", "-o", picture.toString()), err::toString);
        Document svg = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(Files.readString(picture).getBytes(StandardCharsets.UTF_8)));
        assertEquals("svg", svg.getDocumentElement().getTagName());
        assertTrue(svg.getElementsByTagName("rect").getLength() > 10);
        assertTrue(svg.getElementsByTagName("path").getLength() > 10);
    }

    @Test
    void namesThePassesThatThereAre() throws IOException {
        assertEquals(1, graph("--pass", "polish"));
        assertTrue(
                err.toString()
                        .contains("There is no pass polish; the passes are clean, recognize, tables, places, fuse."),
                err::toString);
    }

    @Test
    void namesTheGraphsThatThereAre() throws IOException {
        assertEquals(1, graph("--of", "Nett"));
        assertTrue(err.toString().contains("has no Nett; it has Net."), err::toString);
    }
}
