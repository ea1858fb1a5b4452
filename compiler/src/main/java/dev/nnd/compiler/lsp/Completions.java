package dev.nnd.compiler.lsp;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.check.Vocabulary;
import dev.nnd.compiler.lsp.names.Globals;
import dev.nnd.compiler.lsp.names.Symbol;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.lsp4j.CompletionItem;
import org.eclipse.lsp4j.CompletionItemKind;

/** What can be written at a place. */
final class Completions {

    private static final Map<String, List<String>> STATEMENTS = Map.of(
            "file",
            List.of("model ", "block ", "checkpoint block ", "fn ", "data ", "train ", "tune ", "import ", "package "),
            "block",
            List.of("input ", "output ", "let ", "var ", "layer ", "param ", "for ", "if ", "require "),
            "data",
            List.of("source ", "split ", "field ", "augment ", "on_error "),
            "train",
            List.of(
                    "model ",
                    "data ",
                    "let ",
                    "minimize ",
                    "metric ",
                    "epochs ",
                    "steps ",
                    "batch ",
                    "seed ",
                    "precision ",
                    "accumulate ",
                    "clip_norm ",
                    "ema ",
                    "freeze ",
                    "keep best by ",
                    "stop early on ",
                    "checkpoint every ",
                    "validate every "),
            "tune",
            List.of("train ", "search ", "maximize ", "minimize ", "trials ", "strategy ", "seed "));
    private static final Map<String, List<String>> CONTINUATIONS = Map.of(
            "file", List.of(),
            "block", List.of("as ", "and ", "or ", "then ", "else "),
            "data", List.of("into ", "stratified by ", "grouped by ", "in order"),
            "train", List.of("using ", "over ", "from ", "frozen", "mapping ", "patience ", "keep "),
            "tune", List.of("in "));
    private static final Set<String> NAMING =
            Set.of("input", "output", "let", "var", "layer", "param", "for", "source", "field", "block", "fn", "tune");

    private final Cursor cursor;
    private final Globals globals;
    private final Project project;
    private final Document document;
    private final Locals locals;
    private final Offers offers;

    private Completions(Document document, Project project, int offset, Optional<Analysis> known) {
        this.document = document;
        this.project = project;
        this.cursor = Cursor.at(document, offset);
        this.globals = project.globals(document);
        this.locals = Locals.at(cursor, globals);
        this.offers = new Offers(cursor.prefix(), known);
    }

    /** {@code known} is the last analysis, of this or an earlier state: it has the types of names. */
    static List<CompletionItem> at(Document document, Project project, int offset, Optional<Analysis> known) {
        var completions = new Completions(document, project, offset, known);
        completions.offer();
        return completions.offers.items();
    }

    private String section() {
        return switch (cursor.section()) {
            case "model", "fn" -> "block";
            case String other -> other;
        };
    }

    private void offer() {
        if (cursor.quiet()) {
            return;
        }
        if (cursor.inString()) {
            texts();
        } else if (cursor.back(1).equals(".")) {
            members();
        } else if (cursor.inType()) {
            types();
        } else if (cursor.inDims()) {
            dims();
        } else if (cursor.back(1).equals("->")) {
            stages();
        } else if (!byKeyword() && !named()) {
            general();
        }
    }

    /** Strings that a parameter takes. */
    private void texts() {
        cursor.call()
                .filter(c -> c.name().equals("impute"))
                .ifPresent(c -> List.of("mean", "median", "most_frequent").forEach(t -> offers.text(t)));
    }

    private void members() {
        List<String> target = cursor.target();
        String before = cursor.before().size() > 2 + target.size() ? cursor.back(target.size() + 2) : "";
        boolean objective = Set.of("by", "on", "maximize").contains(before)
                || before.equals("minimize") && section().equals("tune");
        if (objective) {
            metrics();
            return;
        }
        if (cursor.before().stream().anyMatch(l -> l.is("import")) && section().equals("file")) {
            imports(String.join(".", target) + ".");
            return;
        }
        for (Symbol symbol : locals.members(target)) {
            offers.symbol(symbol);
        }
    }

    private void metrics() {
        offers.word("loss", "the loss of the section");
        declarations(d -> d instanceof Decl.Function);
    }

    private void types() {
        boolean header = cursor.header();
        Vocabulary.dtypes().forEach(t -> offers.type(t, header));
        if (header) {
            Vocabulary.parameterTypes().forEach(t -> offers.type(t, true));
        }
        if (section().equals("data")) {
            offers.snippet("class", "class[${1:10}]", "a label with so many classes, or with names");
        }
    }

    private void dims() {
        for (Locals.Local local : locals.all()) {
            if (Set.of("dim", "parameter", "for", "let").contains(local.word())) {
                offers.local(local);
            }
        }
        offers.snippet("...", "...", "any leading dims");
    }

    private void stages() {
        if (section().equals("data")) {
            offers.words(Words.of("field"), false);
            offers.words(Words.of("augment"), false);
            offers.words(Words.of("function"), true);
            return;
        }
        offers.words(Words.of("bracket"), true);
        offers.words(Words.of("function"), true);
        declarations(d -> d instanceof Decl.Block || d instanceof Decl.Function);
        locals.all().stream()
                .filter(l -> l.word().equals("layer") || l.word().equals("model"))
                .forEach(offers::local);
    }

    /** What follows a keyword that takes a name of one kind; false if the place is none of these. */
    private boolean byKeyword() {
        String before = cursor.back(1);
        String section = section();
        switch (section + " " + before) {
            case "train data", "data from" -> declarations(d -> d instanceof Decl.Data);
            case "train using" -> {
                offers.words(Words.of("optimizer"), false);
                offers.words(Words.of("adapter"), false);
            }
            case "train over", "train freeze", "train adapt" ->
                locals.of("model").forEach(offers::local);
            case "train precision" -> offers.words(Words.of("precision"), false);
            case "train by", "train on", "tune maximize", "tune minimize" -> parts();
            case "train keep" -> offers.word("best by ", "");
            case "train stop" -> offers.word("early on ", "");
            case "train checkpoint", "train validate" -> offers.word("every ", "");
            case "tune train" -> declarations(d -> d instanceof Decl.Train);
            case "tune search" -> searched();
            case "tune in" -> offers.words(Words.of("space"), false);
            case "tune strategy" -> offers.words(Words.of("strategy"), false);
            case "data split" -> locals.of("source").forEach(offers::local);
            case "data by" -> locals.of("field").forEach(offers::local);
            case "data on_error" -> offers.words(Words.of("policy"), false);
            case "data augment" -> locals.of("field").forEach(offers::local);
            default -> {
                return special(before, section);
            }
        }
        return true;
    }

    private boolean special(String before, String section) {
        if (section.equals("file") && before.equals("import")) {
            imports("");
            return true;
        }
        boolean assigned = before.equals("=") && cursor.bracket().equals("{");
        if (assigned && section.equals("data") && cursor.back(3).equals("source")) {
            offers.words(Words.of("source"), false);
            return true;
        }
        if (assigned && section.equals("data")) {
            offers.words(Words.of("field"), false);
            values();
            return true;
        }
        if (assigned && section.equals("train") && cursor.back(3).equals("model")) {
            declarations(d -> d instanceof Decl.Block b && b.model());
            return true;
        }
        if (assigned && cursor.back(3).equals("layer")) {
            declarations(d -> d instanceof Decl.Block);
            return true;
        }
        return NAMING.contains(before)
                && !section.equals("train")
                && !cursor.bracket().equals("(");
    }

    private void imports(String start) {
        for (String name : project.qualifiedNames()) {
            boolean own = project.find(document, name).isEmpty();
            if (name.startsWith(start) && !own && name.contains(".")) {
                offers.module(name, start.length());
            }
        }
    }

    private void parts() {
        List<Locals.Local> parts = locals.of("part");
        parts.forEach(offers::local);
        if (parts.isEmpty()) {
            List.of("train", "validation", "test").forEach(p -> offers.word(p, "part of the data"));
        }
    }

    private void searched() {
        for (int i = 1; i < cursor.before().size(); i++) {
            if (cursor.before().get(i - 1).is("train")
                    && globals.find(cursor.before().get(i).text()).orElse(null) instanceof Decl.Train train) {
                train.parameters()
                        .forEach(p ->
                                offers.parameterName(p.name().name(), p.span().text()));
            }
        }
    }

    /** Names of arguments inside of a call, then values; false outside of calls. */
    private boolean named() {
        Optional<Cursor.Call> call = cursor.call();
        if (call.isEmpty()) {
            return false;
        }
        boolean fresh = cursor.back(1).equals("(") || cursor.back(1).equals(",");
        if (fresh && !cursor.bracket().equals("[")) {
            Callee.of(call.get().name(), globals).ifPresent(c -> offers.arguments(c, call.get()));
        }
        if (call.get().named().filter(n -> n.equals("lr")).isPresent()) {
            offers.words(Words.of("schedule"), false);
        }
        values();
        return true;
    }

    private void general() {
        boolean statement = cursor.bracket().equals("{") || cursor.bracket().isEmpty();
        String before = cursor.back(1);
        boolean ended = before.isEmpty()
                || before.matches("[A-Za-z_].*|[0-9].*|\".*|[)\\]{}%]")
                        && !Set.of("minimize", "metric", "require", "in", "if", "then", "else", "and", "or", "not")
                                .contains(before);
        if (statement && ended) {
            STATEMENTS.getOrDefault(section(), List.of()).forEach(offers::keyword);
            if (!before.equals("{") && !before.equals("}")) {
                CONTINUATIONS.getOrDefault(section(), List.of()).forEach(offers::keyword);
            }
            locals.of("var").forEach(offers::local);
            return;
        }
        values();
    }

    private void values() {
        locals.all().stream()
                .filter(l -> !l.word().equals("part") && !l.word().equals("data"))
                .forEach(offers::local);
        offers.words(Words.of("function"), false);
        List.of("true", "false", "if ", "none").forEach(offers::keyword);
        declarations(d -> d instanceof Decl.Block || d instanceof Decl.Function);
    }

    private void declarations(java.util.function.Predicate<Decl> test) {
        boolean stage = cursor.back(1).equals("->");
        visible().filter(test).forEach(d -> offers.declaration(d, stage));
    }

    private java.util.stream.Stream<Decl> visible() {
        var file = document.parsed().file();
        var imported = file.imports().stream().flatMap(i -> globals.imported(i).stream());
        var old = document.lastWhole().stream().flatMap(f -> f.declarations().stream());
        var library = project.library().files().stream().flatMap(f -> f.declarations().stream());
        return java.util.stream.Stream.of(file.declarations().stream(), old, imported, library)
                .flatMap(s -> s);
    }

    /** The kinds of items by the kind of symbol. */
    static CompletionItemKind kind(Symbol.Kind kind) {
        return switch (kind) {
            case BLOCK, MODEL -> CompletionItemKind.Class;
            case FUNCTION -> CompletionItemKind.Function;
            case DATA, TRAIN, TUNE -> CompletionItemKind.Module;
            case PARAMETER, DIM -> CompletionItemKind.TypeParameter;
            case INPUT, OUTPUT, LET, VAR, INDEX -> CompletionItemKind.Variable;
            case LAYER, WEIGHT, NET -> CompletionItemKind.Property;
            case SOURCE, PART, FIELD -> CompletionItemKind.Field;
        };
    }
}
