package dev.nnd.compiler.fuzz;

import dev.nnd.grammar.SourceFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Texts of the project with random changes. */
final class Mutations {

    private static final Pattern TOKEN =
            Pattern.compile("//[^\\n]*|\"[^\"\\n]*\"|\\w+|\\s+|->|\\*\\*|\\.\\.\\.|[<>=!]=|.", Pattern.DOTALL);
    private static final List<String> ODD = List.of(
            "\u0000",
            "\u00a0",
            "\u200d",
            "\u202e",
            "\ufeff",
            "\u0430",
            "\uff11",
            "\u201c",
            "\u2192",
            "\ud83d",
            "\r",
            "\t",
            ";",
            "'",
            "\"",
            "/*",
            "#",
            "&&",
            "0",
            "-1",
            "99999999999999999999",
            "1e999",
            "0.0",
            "100%",
            "()",
            "[]",
            "{}",
            "none",
            "...",
            "2 ** 9999",
            "\n",
            "// c\n",
            "/// d\n",
            "{N}",
            "1_0",
            "if a then ");

    private final List<List<String>> texts;
    private final Random random;

    Mutations(List<SourceFile> corpus, Random random) {
        this.random = random;
        this.texts = corpus.stream()
                .map(f -> TOKEN.matcher(f.text())
                        .results()
                        .map(MatchResult::group)
                        .toList())
                .filter(t -> !t.isEmpty() && t.size() < 3000)
                .toList();
    }

    String next() {
        var tokens = new ArrayList<>(any(texts));
        for (int changes = 1 + random.nextInt(random.nextInt(8) + 1); changes > 0 && !tokens.isEmpty(); changes--) {
            change(tokens);
        }
        return String.join("", tokens);
    }

    private void change(List<String> tokens) {
        int at = random.nextInt(tokens.size());
        switch (random.nextInt(9)) {
            case 0 -> tokens.remove(at);
            case 1 -> tokens.set(at, any(any(texts)));
            case 2 -> tokens.add(at, any(any(texts)));
            case 3 -> tokens.set(at, any(tokens));
            case 4 -> tokens.add(at, any(ODD));
            case 5 -> tokens.set(at, any(ODD));
            case 6 -> {
                int to = random.nextInt(tokens.size());
                String moved = tokens.get(at);
                tokens.set(at, tokens.get(to));
                tokens.set(to, moved);
            }
            case 7 -> {
                int end = Math.min(tokens.size(), at + 1 + random.nextInt(30));
                tokens.addAll(random.nextInt(tokens.size()), List.copyOf(tokens.subList(at, end)));
            }
            default -> {
                int end = Math.min(tokens.size(), at + 1 + random.nextInt(30));
                tokens.subList(at, end).clear();
            }
        }
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
