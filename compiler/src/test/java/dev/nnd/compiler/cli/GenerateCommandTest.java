package dev.nnd.compiler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code nnd generate}: a model of characters is trained for a moment and continues texts; wrong input is one error. */
class GenerateCommandTest {

    private static final String TEXT = """
            model Net(vocab: int) {
              input tokens: i32[N, T]
              require T <= 24
              output logits: f32[N, T, vocab] = tokens -> Embedding(vocab, 8) -> PositionalEmbedding(24)
                -> TransformerEncoder(2, 2, ffn: 16, pre_norm: true, causal: true) -> Dense(vocab)
            }
            model Blind {
              input tokens: i32[N, T]
              output logits: f32[N, T, 5] = tokens -> Embedding(5, 8) -> TransformerEncoder(2, 2, ffn: 16) -> Dense(5)
            }
            model Image {
              input x: f32[N, 4]
              output y = x -> Dense(2)
            }
            data Letters {
              source train = text("input.txt")
              split train into train 80%, validation 20% in order
              field tokens: i32[8] = window(characters(), length: 8)
              field target: i32[8] = window(characters(), length: 8, shift: 1)
            }
            train Reader {
              model net = Net(vocab: Letters.tokens.vocab)
              data Letters
              minimize cross_entropy(net(tokens), target) using adam(lr: 1e-2)
              steps 4
              batch 4
            }
            """;

    @TempDir
    private Path folder = Path.of("");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int nnd(String... words) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Nnd.run(Terminal.plain(new PrintWriter(out), new PrintWriter(err)), words);
    }

    private String file() throws Exception {
        return Files.writeString(folder.resolve("net.nnd"), TEXT).toString();
    }

    @Test
    void continuesTextsWithTheVocabularyOfTheRun() throws Exception {
        String file = file();
        Files.writeString(folder.resolve("input.txt"), "so it goes; so it went. ".repeat(30));
        String run = folder.resolve("run").toString();
        int code = nnd("train", file, "--data", folder.toString(), "--out", run, "--threads", "1");
        assertEquals(Nnd.FINE, code, err::toString);
        assertEquals(
                Nnd.FINE, nnd("generate", file, "--run", run, "--prompt", "so it", "--max-tokens", "7"), err::toString);
        String greedy = out.toString().replace(System.lineSeparator(), "\n");
        assertTrue(greedy.startsWith("so it"), greedy);
        assertEquals("so it".length() + 7 + 1, greedy.length(), greedy);
        nnd("generate", file, "--run", run, "--prompt", "so", "--count", "2", "--seed", "4", "--max-tokens", "5");
        String drawn = out.toString();
        assertTrue(drawn.startsWith("[1] so") && drawn.contains("[2] so"), drawn);
        nnd("generate", file, "--run", run, "--prompt", "so", "--count", "2", "--seed", "4", "--max-tokens", "5");
        assertEquals(drawn, out.toString());
        assertEquals(Nnd.USER_ERROR, nnd("generate", file, "--run", run, "--prompt", "Zo"));
        assertEquals(
                "error: The character \"Z\" of the prompt is not in the vocabulary: the training text does not have it.",
                err.toString().strip());
        assertEquals(
                Nnd.FINE, nnd("generate", file, "--run", run, "--prompt", "so it goes; so it went"), err::toString);
        assertEquals("The context of 24 tokens is full.", err.toString().strip());
        assertEquals(Nnd.USER_ERROR, nnd("generate", file, "--run", run, "--prompt", "so it goes; so it went. so"));
        assertTrue(
                err.toString().startsWith("error: Prompt 1 has 26 tokens, and Net has a context of 24."),
                err::toString);
    }

    @Test
    void aModelMadeWithArgumentsTakesTextsOfAnyLength() throws Exception {
        String text = TEXT.replace("model Net(vocab: int)", "model Net(vocab: int = 5)")
                .replace("net = Net(vocab: Letters.tokens.vocab)", "net = Net(vocab: 12)");
        String file = Files.writeString(folder.resolve("net.nnd"), text).toString();
        Files.writeString(folder.resolve("input.txt"), "so it goes; so it went. ".repeat(30));
        String run = folder.resolve("run").toString();
        int code = nnd("train", file, "--data", folder.toString(), "--out", run, "--threads", "1");
        assertEquals(Nnd.FINE, code, err::toString);
        code = nnd("generate", file, "--run", run, "--prompt", "so it goes; so", "--max-tokens", "6");
        assertEquals(Nnd.FINE, code, err::toString);
        String[] lines = out.toString().split("\\R", -1);
        assertEquals("so it goes; so".length() + 6, lines[0].length(), out::toString);
    }

    @Test
    void wrongInputIsOneError() throws Exception {
        String file = file();
        String weights = Files.writeString(folder.resolve("w.safetensors"), "").toString();
        nnd("generate", file, "--weights", weights, "--model", "Blind", "--tokens", "1");
        assertTrue(
                err.toString().startsWith("error: The model Blind can't generate tokens: ")
                        && err.toString().contains("sees later positions: it is not causal (")
                        && err.toString().contains("net.nnd:9:"),
                err::toString);
        nnd("generate", file, "--weights", weights, "--model", "Image", "--tokens", "1");
        assertEquals(
                "error: The model Image can't generate tokens: a decoder has one input, tokens i32[N, T].",
                err.toString().strip());
        nnd("generate", file, "--weights", weights, "--model", "Nett", "--tokens", "1");
        assertTrue(err.toString().contains("did you mean `Net`?"), err::toString);
        nnd("generate", file, "--weights", weights);
        assertTrue(err.toString().startsWith("error: There is nothing to continue."), err::toString);
        nnd("generate", file, "--weights", weights, "--prompt", "a");
        assertTrue(err.toString().startsWith("error: A file of weights has no vocabulary"), err::toString);
        nnd("generate", file, "--weights", folder.resolve("no").toString(), "--tokens", "1");
        assertTrue(err.toString().startsWith("error: There is no file "), err::toString);
        assertEquals(Nnd.WRONG_USAGE, nnd("generate", file, "--tempperature", "1"));
        assertTrue(err.toString().contains("has no option `--tempperature`"), err::toString);
    }
}
