package dev.nnd.compiler.emit.program;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.nnd.runtime.generate.Completion;
import dev.nnd.runtime.generate.Generation;
import dev.nnd.runtime.generate.Generator;
import dev.nnd.runtime.generate.TokenListener;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * GPT-2 with weights under the names of Hugging Face: greedy sequences are those that ONNX Runtime's generate library
 * publishes, and the logits those of ONNX Runtime. Without the shared data there is nothing to compare with.
 */
class TinyGpt2Test {

    private static final Path SHARED = Stream.of("../../shared/data", "../../../shared/data")
            .map(p -> Path.of(p, "models", "gpt2-tiny-random"))
            .filter(Files::isDirectory)
            .findFirst()
            .orElse(Path.of("no-shared-data"));

    /** golden_greedy.json */
    private static final int[][] SEQUENCES = {
        {0, 0, 0, 52, 204, 204, 204, 204, 204, 204}, {0, 0, 195, 731, 731, 114, 114, 114, 114, 114}
    };

    /** logits_input_ids.json */
    private static final int[] TOKENS = {0, 0, 195, 731, 17, 998, 45, 600, 3, 3, 72, 511};

    @Test
    @SuppressWarnings("unchecked")
    void sequencesAndLogitsAreThePublishedOnes() throws Exception {
        assumeTrue(Files.isDirectory(SHARED), "there is no shared/data/models/gpt2-tiny-random");
        var project = new GeneratedProject(
                "gpt2_hf.nnd",
                Files.readString(Path.of("../examples/zoo/gpt2_hf.nnd")).replaceAll("(?s)/// openai.*", ""));
        Class<?> type = project.load("zoo.gpt2_hf.Gpt2Tiny");
        try (var model =
                (AutoCloseable) type.getMethod("load", Path.class).invoke(null, SHARED.resolve("model.safetensors"))) {
            int[][] prompts = {{0, 0, 0, 52}, {0, 0, 195, 731}};
            var completions =
                    (List<Completion>) type.getMethod("generate", int[][].class, Generation.class, TokenListener.class)
                            .invoke(model, prompts, Generation.greedy().withMaxTokens(6), (TokenListener) (_, _) -> {});
            List<int[]> whole = Generator.whole(prompts, completions);
            for (int row = 0; row < SEQUENCES.length; row++) {
                assertArrayEquals(SEQUENCES[row], whole.get(row));
            }
            assertEquals(512, type.getMethod("context").invoke(model));
            float[] logits = (float[]) type.getMethod("predict", int[].class).invoke(model, TOKENS);
            assertArrayEquals(published(), logits, 1e-4f);
        }
    }

    /** The tensor's raw data, 12 x 1000 floats, are the last field of the message. */
    private static float[] published() throws Exception {
        byte[] message = Files.readAllBytes(SHARED.resolve("logits.pb"));
        var floats = new float[TOKENS.length * 1000];
        ByteBuffer.wrap(message, message.length - floats.length * Float.BYTES, floats.length * Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(floats);
        return floats;
    }
}
