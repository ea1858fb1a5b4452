package dev.nnd.compiler.emit.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.nnd.runtime.data.BytePairs;
import dev.nnd.runtime.data.WordPieces;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** The tokenizers against ids that others have published; without the shared data there is nothing to compare with. */
class TokenizerVectorsTest {

    private static final Path SHARED = Stream.of("../../shared/data/tokenizers", "../../../shared/data/tokenizers")
            .map(Path::of)
            .filter(Files::isDirectory)
            .findFirst()
            .orElse(Path.of("no-shared-data"));

    @Test
    void wordPiecesOfBert() throws Exception {
        Path folder = SHARED.resolve("bert-base-uncased");
        assumeTrue(Files.isDirectory(folder), "there is no shared/data/tokenizers");
        var pieces = new WordPieces("tokens", "vocab.txt", 30_522);
        pieces.open(folder);
        compare(folder.resolve("wordpiece_vectors.jsonl"), pieces::ids);
        compare(folder.resolve("edge_vectors_generated.jsonl"), text -> {
            int[] inner = pieces.ids(text);
            return pieces.ids(text, inner.length + 2);
        });
    }

    @Test
    void bytePairsOfGpt2() throws Exception {
        Path folder = SHARED.resolve("gpt2");
        assumeTrue(Files.isDirectory(folder), "there is no shared/data/tokenizers");
        var pairs = new BytePairs("tokens", "merges.txt", 50_257);
        pairs.open(folder);
        compare(folder.resolve("bpe_vectors_generated.jsonl"), pairs::ids);
        compare(folder.resolve("sample_french.json"), pairs::ids);
    }

    private interface Ids {
        int[] of(String text);
    }

    private static void compare(Path file, Ids ids) throws Exception {
        List<String> cases =
                file.toString().endsWith("jsonl") ? Files.readAllLines(file) : List.of(Files.readString(file));
        for (String line : cases) {
            String text = "";
            var expected = new ArrayList<Integer>();
            try (var json = new JsonFactory().createParser(ObjectReadContext.empty(), line)) {
                json.nextToken();
                while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                    String name = json.currentName();
                    json.nextToken();
                    if (name.equals("text")) {
                        text = json.getString();
                    } else if (name.equals("ids") || name.equals("token_ids")) {
                        while (json.nextToken() != JsonToken.END_ARRAY) {
                            expected.add(json.getIntValue());
                        }
                    } else {
                        json.skipChildren();
                    }
                }
            }
            assertArrayEquals(expected.stream().mapToInt(i -> i).toArray(), ids.of(text), text);
        }
    }
}
