package dev.nnd.runtime.data;

import dev.nnd.runtime.NndException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads the lines of a tokenizer's file, found in the data folder. */
final class VocabularyFile {
    private static final long MOST_BYTES = 256L << 20;

    private VocabularyFile() {}

    static List<String> lines(Path folder, String name) {
        Path file = new DataFiles(folder, "a tokenizer").resolve(name).getFirst();
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new NndException(
                        name + " is too large for the file of a tokenizer: " + Files.size(file) + " bytes.");
            }
            return Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new NndException(
                    name + " can't be read as UTF-8 text: " + e.getMessage() + ".", "save it in the encoding UTF-8", e);
        }
    }

    /** An error if a file has more ids than the data section says by {@code vocab}. */
    static void requireAtMost(int limit, int ids, String file) {
        if (ids > limit) {
            throw new NndException(
                    file + " has " + ids + " ids, and the data section says `vocab: " + limit + "`.",
                    "write `vocab: " + ids + "`, or leave it out",
                    null);
        }
    }
}
