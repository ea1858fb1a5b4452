package dev.nnd.compiler.cli;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.data.BytePairs;
import dev.nnd.runtime.data.Dataset;
import dev.nnd.runtime.data.Learned;
import dev.nnd.runtime.data.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Texts as the tokens of the vocabulary that a model was trained with, and back. */
sealed interface PromptText {

    /** The tokens of a text. */
    int[] tokens(String text);

    /** The bytes, in UTF-8, that a token stands for. */
    byte[] bytes(int token);

    /** The vocabulary of a data section; refuses one of which no text can be made. */
    static PromptText of(Dataset data) {
        List<Learned> learned = data.learned();
        for (Learned one : learned) {
            if (one instanceof Vocabulary vocabulary && !vocabulary.kind().equals("categories")) {
                return new Entries(vocabulary);
            }
            if (one instanceof BytePairs pairs) {
                return new Pairs(pairs);
            }
        }
        throw new NndException(
                "The data section " + data.name() + " has no vocabulary that texts can be made of.",
                "give the prompt as numbers, such as --tokens 1,2,3",
                null);
    }

    /** Characters or words. */
    record Entries(Vocabulary vocabulary) implements PromptText {

        private boolean words() {
            return vocabulary.kind().equals("words");
        }

        @Override
        public int[] tokens(String text) {
            if (!words()) {
                text.codePoints().mapToObj(Character::toString).forEach(this::requireKnown);
            }
            return vocabulary.ids(text);
        }

        private void requireKnown(String character) {
            int id = vocabulary.id(character);
            if (!vocabulary.entry(id).equals(character)) {
                throw new NndException("The character \"" + character.replace("\n", "\\n")
                        + "\" of the prompt is not in the vocabulary: the training text does not have it.");
            }
        }

        @Override
        public byte[] bytes(int token) {
            String entry = vocabulary.entry(token);
            return (words() ? " " + entry : entry).getBytes(StandardCharsets.UTF_8);
        }
    }

    /** Byte pairs of GPT-2. */
    record Pairs(BytePairs pairs) implements PromptText {

        @Override
        public int[] tokens(String text) {
            return pairs.ids(text);
        }

        @Override
        public byte[] bytes(int token) {
            return pairs.bytes(token);
        }
    }
}
