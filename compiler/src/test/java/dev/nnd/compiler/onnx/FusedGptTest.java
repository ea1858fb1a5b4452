package dev.nnd.compiler.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import dev.nnd.compiler.type.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tiny GPT-2 with the fused operators of ONNX Runtime and a cache: its logits, and greedy texts token by token. */
class FusedGptTest {

    private static final Path MODEL = OnnxCase.shared().resolve("models/gpt2-tiny-random");

    private static final int LAYERS = 5;
    private static final int HEADS = 4;
    private static final int WIDTH = 8;
    private static final int WORDS = 1000;

    @TempDir
    private Path folder;

    @BeforeEach
    void needsTheModel() {
        assumeTrue(Files.isDirectory(MODEL), "there is no folder ../shared/data/models/gpt2-tiny-random");
    }

    private static CaseRun.Prepared prepared(int number, Map<String, Long> dims) throws IOException {
        OnnxCase one = new OnnxCase("gpt2", MODEL.resolve("past.com.microsoft.onnx"), List.of(), List.of());
        CaseRun.Prepared made = CaseRun.prepare(one, number, dims);
        made.failure().ifPresent(f -> {
            throw new AssertionError(f.stage() + ": " + f.reason());
        });
        return made;
    }

    private static ClassLoader loader(CaseRun.Prepared prepared) {
        return CaseBatch.loaderOf(
                prepared.files().stream().filter(f -> !f.vector()).toList());
    }

    @Test
    void givesTheLogits() throws Exception {
        List<Long> ids = numbers(JsonParser.parseString(Files.readString(MODEL.resolve("logits_input_ids.json"))));
        CaseRun.Prepared prefill = prepared(1, Map.of("past_seq_len", 0L));
        List<TensorData> made =
                CaseRun.outputs(prefill.with(inputs(List.of(ids), List.of(), 0)), loader(prefill), folder);
        TensorData wanted = OnnxImport.tensor(Files.readAllBytes(MODEL.resolve("logits.pb")));
        assertEquals(wanted.size(), made.getFirst().size());
        for (int i = 0; i < wanted.size(); i++) {
            assertEquals(wanted.number(i), made.getFirst().number(i), 1e-4, "at " + i);
        }
    }

    @Test
    void writesTheGreedyTextsTokenByToken() throws Exception {
        var golden = JsonParser.parseString(Files.readString(MODEL.resolve("golden_greedy.json")))
                .getAsJsonObject();
        var texts = new ArrayList<List<Long>>();
        golden.getAsJsonArray("input_ids").forEach(t -> texts.add(new ArrayList<>(numbers(t))));
        int length = golden.get("max_length").getAsInt();
        CaseRun.Prepared prefill = prepared(2, Map.of("past_seq_len", 0L));
        CaseRun.Prepared step = prepared(3, Map.of("seq_len", 1L));
        ClassLoader first = loader(prefill);
        ClassLoader next = loader(step);
        List<TensorData> made = CaseRun.outputs(prefill.with(inputs(texts, List.of(), 0)), first, folder);
        while (true) {
            int seen = texts.getFirst().size();
            int shown = made.getFirst().size() / WORDS / texts.size();
            for (int n = 0; n < texts.size(); n++) {
                texts.get(n).add(best(made.getFirst(), (n * shown + shown - 1) * WORDS));
            }
            if (texts.getFirst().size() == length) {
                break;
            }
            List<List<Long>> last =
                    texts.stream().map(t -> List.of(t.getLast())).toList();
            made = CaseRun.outputs(step.with(inputs(last, made.subList(1, 1 + LAYERS), seen)), next, folder);
        }
        JsonArray expected = golden.getAsJsonArray("expected_sequences");
        for (int n = 0; n < texts.size(); n++) {
            assertEquals(numbers(expected.get(n)), texts.get(n));
        }
        assertTrue(length > 4, "nothing was generated");
    }

    /** Tokens, their positions, a mask of ones, and a cache of {@code seen} entries for each layer. */
    private static List<TensorData> inputs(List<List<Long>> tokens, List<TensorData> cache, int seen) {
        long batch = tokens.size();
        int now = tokens.getFirst().size();
        var all = new ArrayList<TensorData>();
        all.add(TensorData.integers(
                DType.I32, List.of(batch, (long) now), i -> tokens.get(i / now).get(i % now)));
        all.add(TensorData.integers(DType.I32, List.of(batch, (long) now), i -> seen + i % now));
        all.add(TensorData.integers(DType.I32, List.of(batch, (long) seen + now), i -> 1));
        for (int layer = 0; layer < LAYERS; layer++) {
            List<Long> dims = List.of(2L, batch, (long) HEADS, (long) seen, (long) WIDTH);
            all.add(
                    seen == 0
                            ? TensorData.empty(DType.F32, dims)
                            : cache.get(layer).reshaped(dims));
        }
        return all;
    }

    private static long best(TensorData logits, int from) {
        return IntStream.range(0, WORDS)
                .reduce((a, b) -> logits.number(from + b) > logits.number(from + a) ? b : a)
                .orElseThrow();
    }

    private static List<Long> numbers(JsonElement array) {
        return array.getAsJsonArray().asList().stream()
                .map(JsonElement::getAsLong)
                .toList();
    }
}
