package dev.nnd.runtime.data;

import java.util.HashMap;
import java.util.Map;

/** The model of a {@code tokenizer.json}: the ids of one piece of text. */
interface TokenModel {

    /** Adds the ids of a piece. */
    void addIds(String piece, IntList into);

    static TokenModel of(JsonTree model) {
        // Old files do not name the kind.
        String type =
                model.get("type").optionalText().orElse(model.get("merges").isNull() ? "WordPiece" : "BPE");
        return switch (type) {
            case "BPE" -> new PairModel(model);
            case "WordPiece" -> new PieceModel(model);
            case "WordLevel" -> wordLevel(model);
            case "Unigram" -> new UnigramModel(model);
            default -> throw TextSteps.notRead("model", type);
        };
    }

    /** The ids of an object's names. */
    static Map<String, Integer> vocab(JsonTree model) {
        var vocab = new HashMap<String, Integer>();
        model.get("vocab").entries().forEach((piece, id) -> vocab.put(piece, id.id()));
        return vocab;
    }

    private static TokenModel wordLevel(JsonTree model) {
        Map<String, Integer> vocab = vocab(model);
        Integer unknown = vocab.get(model.get("unk_token").optionalText().orElse("<unk>"));
        return (piece, into) -> {
            Integer id = vocab.getOrDefault(piece, unknown);
            if (id != null) {
                into.add(id);
            }
        };
    }
}
