package dev.nnd.compiler.lsp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command as an editor starts it: a process of its own, raw frames on its standard streams. */
@Timeout(1800)
class ProcessTest {

    @TempDir
    Path folder;

    private @Nullable Process process;

    private Process start() throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var builder = new ProcessBuilder(
                java,
                "-XX:TieredStopAtLevel=1",
                "-Dnnd.cache=" + folder.resolve("cache"),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.nnd.compiler.cli.Nnd",
                "lsp");
        builder.redirectError(folder.resolve("stderr.txt").toFile());
        process = builder.start();
        return process;
    }

    @AfterEach
    void stop() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    private static void send(OutputStream to, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        to.write(("Content-Length: " + body.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        to.write(body);
        to.flush();
    }

    private static String receive(InputStream from) throws IOException {
        var header = new ByteArrayOutputStream();
        while (!header.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
            int next = from.read();
            assertTrue(next >= 0, "the stream ended after " + header);
            header.write(next);
        }
        String text = header.toString(StandardCharsets.US_ASCII);
        assertTrue(text.startsWith("Content-Length: "), text);
        int length = Integer.parseInt(text.replaceAll("(?s).*Content-Length: (\\d+).*", "$1"));
        return new String(from.readNBytes(length), StandardCharsets.UTF_8);
    }

    /** Skips notifications until the answer with an id. */
    private static String answer(InputStream from, String id) throws IOException {
        String json = receive(from);
        while (!json.contains("\"id\":" + id)) {
            json = receive(from);
        }
        return json;
    }

    private static final String INITIALIZE =
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"capabilities\":{}}}";

    @Test
    void framesGoBothWaysAndNothingElseIsPrinted() throws Exception {
        Process server = start();
        OutputStream to = server.getOutputStream();
        InputStream from = server.getInputStream();
        send(to, INITIALIZE);
        assertTrue(answer(from, "1").contains("\"hoverProvider\":true"));
        String uri = folder.resolve("wrong.nnd").toUri().toString();
        send(
                to,
                "{\"jsonrpc\":\"2.0\",\"method\":\"textDocument/didOpen\",\"params\":{\"textDocument\":{\"uri\":\""
                        + uri
                        + "\",\"languageId\":\"nnd\",\"version\":1,\"text\":\"model Net {\\n  input x: f32[N, 4]\\n"
                        + "  output y = x -> Dens(10)\\n}\\n\"}}}");
        String findings = receive(from);
        assertTrue(findings.contains("publishDiagnostics") && findings.contains("NND0102"), findings);
        send(to, "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"nnd/nonsense\",\"params\":{}}");
        assertTrue(answer(from, "2").contains("-32601"));
        send(to, "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"textDocument/hover\",\"params\":{\"textDocument\":");
        String broken = receive(from);
        assertTrue(broken.contains("\"error\""), broken);
        send(to, "{\"jsonrpc\":\"2.0\",\"id\":4,\"method\":\"textDocument/hover\",\"params\":{}}");
        assertTrue(answer(from, "4").contains("\"error\""));
        send(to, "{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"shutdown\"}");
        answer(from, "5");
        send(to, "{\"jsonrpc\":\"2.0\",\"method\":\"exit\"}");
        assertTrue(server.waitFor(600, TimeUnit.SECONDS));
        assertEquals(0, server.exitValue());
        assertEquals(-1, from.read());
    }

    @Test
    void aClosedStreamEndsTheServer() throws Exception {
        Process server = start();
        send(server.getOutputStream(), INITIALIZE);
        answer(server.getInputStream(), "1");
        server.getOutputStream().close();
        assertTrue(server.waitFor(600, TimeUnit.SECONDS));
        assertEquals(1, server.exitValue());
    }

    @Test
    void theEndOfTheEditorsProcessEndsTheServer() throws Exception {
        Process editor = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Sleeper.class.getName())
                .start();
        Process server = start();
        send(
                server.getOutputStream(),
                INITIALIZE.replace("{\"capabilities", "{\"processId\":" + editor.pid() + ",\"capabilities"));
        answer(server.getInputStream(), "1");
        assertFalse(server.waitFor(200, TimeUnit.MILLISECONDS));
        editor.destroyForcibly();
        assertTrue(server.waitFor(600, TimeUnit.SECONDS));
    }

    /** A process that does nothing. */
    static final class Sleeper {
        private Sleeper() {}

        public static void main(String[] words) throws InterruptedException {
            Thread.sleep(3_600_000);
        }
    }
}
