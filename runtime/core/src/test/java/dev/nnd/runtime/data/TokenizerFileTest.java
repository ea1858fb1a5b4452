package dev.nnd.runtime.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.runtime.NndException;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Against Hugging Face's tokenizers 0.23.2: the files of {@code tokenizers/} hold small tokenizers that it has trained, and
 * what it makes of texts with each.
 */
class TokenizerFileTest {
    private static final Path SHARED = Path.of("../../../shared/data/tokenizers");

    @TempDir
    private Path folder;

    private TokenizerFile open(String json) throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"), json);
        var tokenizer = new TokenizerFile("tokens", "tokenizer.json", Integer.MAX_VALUE);
        tokenizer.open(folder);
        return tokenizer;
    }

    private static String json(JsonTree tree) {
        var out = new StringWriter();
        try (var json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), out)) {
            write(json, tree.value());
        }
        return out.toString();
    }

    private static void write(JsonGenerator json, @org.jspecify.annotations.Nullable Object value) {
        switch (value) {
            case null -> json.writeNull();
            case String text -> json.writeString(text);
            case Boolean flag -> json.writeBoolean(flag);
            case Double number -> json.writeNumber(number);
            case List<?> list -> {
                json.writeStartArray();
                list.forEach(one -> write(json, one));
                json.writeEndArray();
            }
            case Map<?, ?> map -> {
                json.writeStartObject();
                map.forEach((name, of) -> {
                    json.writeName(String.valueOf(name));
                    write(json, of);
                });
                json.writeEndObject();
            }
            default -> throw new AssertionError(value);
        }
    }

    private static int[] ids(JsonTree list) {
        return list.items().stream().mapToInt(JsonTree::id).toArray();
    }

    private static JsonTree resource(String name) throws IOException {
        try (var in = TokenizerFileTest.class.getResourceAsStream("/tokenizers/" + name + ".json")) {
            return JsonTree.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "split-bytes",
                "byte-fallback",
                "unknown-fused",
                "unigram",
                "wordpiece-cased",
                "wordpiece-lower",
                "words",
                "suffix-added",
                "roberta"
            })
    void givesTheIdsOfHuggingFace(String name) throws IOException {
        JsonTree file = resource(name);
        TokenizerFile tokenizer = open(json(file.get("tokenizer")));
        var again = new TokenizerFile("tokens", "tokenizer.json", Integer.MAX_VALUE);
        again.restore(tokenizer.saved());
        var wrong = new ArrayList<String>();
        for (JsonTree vector : file.get("vectors").items()) {
            String text = vector.get("text").text();
            int[] expected = ids(vector.get("ids"));
            int[] actual = tokenizer.ids(text);
            if (!java.util.Arrays.equals(expected, actual)) {
                wrong.add(text + ": " + java.util.Arrays.toString(expected) + ", got "
                        + java.util.Arrays.toString(actual));
            }
            int[] special = ids(vector.get("special"));
            if (special.length > 0) {
                assertArrayEquals(special, again.ids(text, special.length), text);
            }
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void isGpt2() throws IOException {
        Assumptions.assumeTrue(Files.isDirectory(SHARED));
        String vocab = Files.readString(SHARED.resolve("gpt2/vocab.json"));
        var merges = new StringBuilder();
        for (String line : Files.readAllLines(SHARED.resolve("gpt2/merges.txt"))) {
            if (!line.startsWith("#version") && !line.isBlank()) {
                merges.append(merges.isEmpty() ? "" : ",")
                        .append('"')
                        .append(line.replace("\\", "\\\\").replace("\"", "\\\""))
                        .append('"');
            }
        }
        TokenizerFile tokenizer =
                open("{\"pre_tokenizer\": {\"type\": \"ByteLevel\", \"add_prefix_space\": false}, \"model\":"
                        + " {\"type\": \"BPE\", \"vocab\": " + vocab + ", \"merges\": [" + merges + "]}}");
        assertEquals(50257, tokenizer.size());
        int checked = 0;
        for (String line : Files.readAllLines(SHARED.resolve("gpt2/bpe_vectors_generated.jsonl"))) {
            JsonTree vector = JsonTree.parse(line);
            assertArrayEquals(
                    ids(vector.get("ids")), tokenizer.ids(vector.get("text").text()), line);
            checked++;
        }
        assertTrue(checked > 300);
        JsonTree french = JsonTree.parse(Files.readString(SHARED.resolve("gpt2/sample_french.json")));
        assertArrayEquals(
                ids(french.get("token_ids")), tokenizer.ids(french.get("text").text()));
    }

    @Test
    void isBert() throws IOException {
        Assumptions.assumeTrue(Files.isDirectory(SHARED));
        var vocab = new StringBuilder();
        int id = 0;
        for (String piece : Files.readAllLines(SHARED.resolve("bert-base-uncased/vocab.txt"))) {
            vocab.append(id == 0 ? "" : ",")
                    .append('"')
                    .append(piece.replace("\\", "\\\\").replace("\"", "\\\""))
                    .append("\":")
                    .append(id++);
        }
        TokenizerFile tokenizer = open("{\"normalizer\": {\"type\": \"BertNormalizer\"}, \"pre_tokenizer\": {\"type\":"
                + " \"BertPreTokenizer\"}, \"post_processor\": {\"type\": \"BertProcessing\", \"sep\": [\"[SEP]\", 102],"
                + " \"cls\": [\"[CLS]\", 101]}, \"added_tokens\": [{\"id\": 103, \"content\": \"[MASK]\", \"special\": true}],"
                + " \"model\": {\"type\": \"WordPiece\", \"unk_token\": \"[UNK]\", \"vocab\": {" + vocab + "}}}");
        for (String line : Files.readAllLines(SHARED.resolve("bert-base-uncased/wordpiece_vectors.jsonl"))) {
            JsonTree vector = JsonTree.parse(line);
            assertArrayEquals(
                    ids(vector.get("ids")), tokenizer.ids(vector.get("text").text()), line);
        }
        for (String line : Files.readAllLines(SHARED.resolve("bert-base-uncased/edge_vectors_generated.jsonl"))) {
            JsonTree vector = JsonTree.parse(line);
            int[] expected = ids(vector.get("ids"));
            assertArrayEquals(expected, tokenizer.ids(vector.get("text").text(), expected.length), line);
        }
    }

    @Test
    void cutsAndPadsBetweenTheSpecialTokens() throws IOException {
        TokenizerFile tokenizer = open(json(resource("wordpiece-cased").get("tokenizer")));
        int[] ids = tokenizer.ids("the film the film", 4);
        assertEquals(2, ids[0]);
        assertEquals(3, ids[3]);
        int[] padded = tokenizer.ids("the", 6);
        assertArrayEquals(new int[] {3, 0, 0, 0}, java.util.Arrays.copyOfRange(padded, 2, 6));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{;tokenizer.json can't be used as a tokenizer.json: it is no JSON: ",
                "{};tokenizer.json can't be used as a tokenizer.json: `model.vocab` is no object.",
                "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0}, \"merges\": [\"a b\"]}};tokenizer.json can't be used as a tokenizer.json: `model.merges[0]` joins what is not in the vocabulary: [a, b].",
                "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": -1}, \"merges\": []}};tokenizer.json can't be used as a tokenizer.json: `model.vocab.a` is no id.",
                "{\"normalizer\": {\"type\": \"Precompiled\"}, \"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 1}, \"merges\": []}};tokenizer.json can't be used as a tokenizer.json: its normalizer `Precompiled` is not read by this version.",
                "{\"pre_tokenizer\": {\"type\": \"Split\", \"pattern\": {\"Regex\": \"(\"}, \"behavior\": \"Isolated\"}, \"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 1}, \"merges\": []}};tokenizer.json can't be used as a tokenizer.json: its pattern is not read: ",
            })
    void saysWhatIsWrongWithAFile(String json, String message) {
        var e = assertThrows(NndException.class, () -> open(json));
        assertTrue(e.getMessage().startsWith(message), e.getMessage());
    }
}
