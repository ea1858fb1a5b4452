package dev.nnd.compiler.lsp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Answers in a text of ten thousand lines; how long they take is printed. */
@Timeout(1800)
class LatencyTest {

    private static final int BLOCKS = 1250;

    @TempDir
    Path folder;

    private static String text() {
        var text = new StringBuilder();
        for (int i = 0; i < BLOCKS; i++) {
            text.append("block Part").append(i).append("(width: int = 8) {\n");
            text.append("  input x: f32[N, D]\n");
            text.append("  layer scale = Dense(width)\n");
            text.append("  let a = scale(x) -> relu\n");
            text.append("  let b = a + a\n");
            text.append("  output y = b -> Dense(D) -> tanh\n");
            text.append("}\n\n");
        }
        return text.toString();
    }

    private static long millis(long since) {
        return (System.nanoTime() - since) / 1_000_000;
    }

    @Test
    void tenThousandLinesAreAnswered() throws Exception {
        try (var editor = new Editor(folder.resolve("cache"), folder)) {
            long start = System.nanoTime();
            String uri = editor.open(folder.resolve("long.nnd"), text());
            assertEquals(java.util.List.of(), editor.codes(uri));
            long opened = millis(start);
            start = System.nanoTime();
            editor.replace(
                    uri,
                    "let b = a + a\n  output y = b -> Dense(D) -> tanh",
                    "let b = a + c\n  output y = b -> Dense(D) -> tanh");
            assertTrue(editor.labels(uri, "let a = scale(x) -> rel|u").contains("relu"));
            long completed = millis(start);
            assertEquals(java.util.List.of("NND0101"), editor.codes(uri));
            long changed = millis(start);
            start = System.nanoTime();
            assertTrue(editor.hover(uri, "let |a = scale").contains("f32"));
            long hovered = millis(start);
            System.out.printf(
                    "10,000 lines: findings after opening %d ms, completion after an edit %d ms, findings after an"
                            + " edit %d ms, hover %d ms%n",
                    opened, completed, changed, hovered);
        }
    }
}
