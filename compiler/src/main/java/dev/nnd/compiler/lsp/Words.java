package dev.nnd.compiler.lsp;

import dev.nnd.compiler.check.Vocabulary;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The words that no file declares: built-in functions, optimizers, schedules, kinds of sources. */
final class Words {

    private static final List<Word> ALL = load();

    private Words() {}

    /**
     * A word.
     *
     * @param kind where it means something: {@code function}, {@code optimizer}, ...
     * @param name the word
     * @param written the word with its parameters
     * @param doc what it is
     */
    record Word(String kind, String name, String written, String doc) {

        /** The parameters as written, each perhaps with {@code = default}. */
        List<String> parameters() {
            int open = written.indexOf('(');
            if (open < 0 || written.endsWith("()")) {
                return List.of();
            }
            return List.of(written.substring(open + 1, written.length() - 1).split(", "));
        }
    }

    static List<Word> of(String kind) {
        return ALL.stream().filter(w -> w.kind().equals(kind)).toList();
    }

    static Optional<Word> named(String name) {
        return ALL.stream().filter(w -> w.name().equals(name)).findFirst();
    }

    /** How a built-in word is written. */
    static Optional<String> signature(String name) {
        return named(name).map(w -> w.written() + (w.doc().isEmpty() ? "" : "  // " + w.doc()));
    }

    private static List<Word> load() {
        var all = new ArrayList<Word>();
        try (InputStream in = Words.class.getResourceAsStream("/nnd/words.txt")) {
            if (in == null) {
                throw new IllegalStateException("the compiler's jar lacks nnd/words.txt");
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            text.lines().filter(l -> !l.startsWith("#") && !l.isBlank()).forEach(l -> {
                String[] cells = l.split("\t", -1);
                all.add(new Word(cells[0], cells[1].split("[(\\[]", 2)[0], cells[1], cells[2]));
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (Vocabulary.Function f : Vocabulary.functions()) {
            List<String> parameters = f.parameters().stream()
                    .map(p -> p.required() ? p.name() : p.name() + " = ...")
                    .toList();
            String written = f.brackets() ? f.example() : f.name() + "(" + String.join(", ", parameters) + ")";
            all.add(new Word(f.brackets() ? "bracket" : "function", f.name(), written, ""));
        }
        return List.copyOf(all);
    }
}
