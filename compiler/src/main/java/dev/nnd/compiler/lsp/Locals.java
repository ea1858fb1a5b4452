package dev.nnd.compiler.lsp;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.lsp.names.Globals;
import dev.nnd.compiler.lsp.names.Symbol;
import dev.nnd.compiler.lsp.names.Symbols;
import dev.nnd.compiler.parse.Lexeme;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The names that were introduced between the start of a declaration and the cursor, by their keywords. */
final class Locals {

    /** A name and the keyword that introduced it; for {@code layer} and {@code model} also what it is made of. */
    record Local(String name, String word, Optional<String> madeOf) {}

    private final Map<String, Local> names = new LinkedHashMap<>();
    private final Cursor cursor;
    private final Globals globals;

    private Locals(Cursor cursor, Globals globals) {
        this.cursor = cursor;
        this.globals = globals;
    }

    static Locals at(Cursor cursor, Globals globals) {
        var locals = new Locals(cursor, globals);
        if (!cursor.section().equals("file")) {
            locals.scan();
        }
        return locals;
    }

    List<Local> all() {
        return List.copyOf(names.values());
    }

    List<Local> of(String word) {
        return names.values().stream().filter(l -> l.word().equals(word)).toList();
    }

    Optional<Local> named(String name) {
        return Optional.ofNullable(names.get(name));
    }

    private void scan() {
        List<Lexeme> words = cursor.before();
        int depth = 0;
        boolean header = true;
        for (int i = cursor.sectionStart() + 1; i < words.size(); i++) {
            Lexeme word = words.get(i);
            header &= !word.is("{");
            depth += word.is("(") ? 1 : word.is(")") ? -1 : 0;
            boolean named = i + 1 < words.size() && words.get(i + 1).isWord();
            boolean parameter = header
                    && depth == 1
                    && word.isWord()
                    && i + 1 < words.size()
                    && words.get(i + 1).is(":");
            if (parameter) {
                add(word.text(), "parameter", Optional.empty());
            } else if (!header && named && depth == 0) {
                introduced(words, i);
            }
            dims(words, i);
        }
    }

    private void introduced(List<Lexeme> words, int i) {
        String word = words.get(i).text();
        String name = words.get(i + 1).text();
        boolean defines = i + 2 < words.size()
                && (words.get(i + 2).is("=")
                        || words.get(i + 2).is(":")
                        || words.get(i + 2).is("in"));
        switch (word) {
            case "input", "output", "let", "var", "param", "field", "for", "source", "layer", "model" -> {
                if (defines) {
                    Optional<String> of =
                            i + 3 < words.size() && words.get(i + 3).isWord()
                                    ? Optional.of(words.get(i + 3).text())
                                    : Optional.empty();
                    add(name, word, of);
                }
            }
            case "data" -> data(name);
            case "into" -> parts(words, i + 1);
            default -> {}
        }
    }

    private void parts(List<Lexeme> words, int from) {
        for (int i = from; i + 1 < words.size() && words.get(i).isWord(); i += 3) {
            add(words.get(i).text(), "part", Optional.empty());
        }
    }

    private void data(String name) {
        if (cursor.section().equals("train") && globals.find(name).orElse(null) instanceof Decl.Data found) {
            Symbols.fields(found, globals).forEach(f -> add(f.name(), "field", Optional.empty()));
            Symbols.parts(found, globals).forEach(p -> add(p.name(), "part", Optional.empty()));
            names.putIfAbsent("data " + name, new Local(name, "data", Optional.empty()));
        }
    }

    private void dims(List<Lexeme> words, int i) {
        boolean name = words.get(i).kind() == Lexeme.Kind.NAME
                && Character.isUpperCase(words.get(i).text().charAt(0));
        boolean alone = i > 1
                && i + 1 < words.size()
                && (words.get(i - 1).is("[") || words.get(i - 1).is(","))
                && (words.get(i + 1).is("]") || words.get(i + 1).is(","));
        if (name && alone && words.get(i).text().length() < 3) {
            add(words.get(i).text(), "dim", Optional.empty());
        }
    }

    private void add(String name, String word, Optional<String> madeOf) {
        names.putIfAbsent(name, new Local(name, word, madeOf));
    }

    /** What can stand behind the dot of {@code target}, as {@link Cursor#target} gives it. */
    List<Symbol> members(List<String> target) {
        if (target.isEmpty()) {
            return List.of();
        }
        String first = target.getFirst();
        Optional<Decl> declared = named(first)
                .filter(l -> l.word().equals("layer") || l.word().equals("model"))
                .flatMap(Local::madeOf)
                .flatMap(globals::find);
        boolean called = target.contains("(");
        if (declared.orElse(null) instanceof Decl.Block block) {
            return called ? Symbols.outputs(block) : Symbols.weights(block);
        }
        return switch (globals.find(first).orElse(null)) {
            case Decl.Data d when named(first).isEmpty() -> Symbols.fields(d, globals);
            case Decl.Block b when called -> Symbols.outputs(b);
            case null, default -> List.of();
        };
    }
}
