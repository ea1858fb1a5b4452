package dev.nnd.compiler.lsp;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Stmt;
import dev.nnd.compiler.check.SemanticIndex;
import dev.nnd.compiler.lsp.names.Occurrence;
import dev.nnd.compiler.lsp.names.Symbol;
import dev.nnd.compiler.lsp.names.Symbols;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.eclipse.lsp4j.CompletionItem;
import org.eclipse.lsp4j.CompletionItemKind;
import org.eclipse.lsp4j.InsertTextFormat;
import org.eclipse.lsp4j.MarkupContent;
import org.eclipse.lsp4j.MarkupKind;
import org.jspecify.annotations.Nullable;

/** Gathers completion items, each label once: names of the place first, then arguments, keywords, the library. */
final class Offers {

    private final String prefix;
    private final Optional<Analysis> known;
    private final Map<String, CompletionItem> items = new LinkedHashMap<>();
    private @Nullable Map<String, String> types;

    Offers(String prefix, Optional<Analysis> known) {
        this.prefix = prefix.toLowerCase(Locale.ROOT);
        this.known = known;
    }

    List<CompletionItem> items() {
        return List.copyOf(items.values());
    }

    private Optional<CompletionItem> add(String label, CompletionItemKind kind, String detail, char rank) {
        if (items.containsKey(label) || !matches(label)) {
            return Optional.empty();
        }
        var item = new CompletionItem(label);
        item.setKind(kind);
        item.setSortText(rank + label);
        if (!detail.isEmpty()) {
            item.setDetail(detail);
        }
        items.put(label, item);
        return Optional.of(item);
    }

    /** True if the letters typed so far are in the label in their order. */
    private boolean matches(String label) {
        int at = 0;
        String lower = label.toLowerCase(Locale.ROOT);
        for (int i = 0; i < lower.length() && at < prefix.length(); i++) {
            at += lower.charAt(i) == prefix.charAt(at) ? 1 : 0;
        }
        return at == prefix.length();
    }

    private static void snippet(CompletionItem item, String text) {
        item.setInsertText(text);
        item.setInsertTextFormat(InsertTextFormat.Snippet);
    }

    private static void doc(CompletionItem item, String doc) {
        if (!doc.isEmpty()) {
            item.setDocumentation(new MarkupContent(MarkupKind.MARKDOWN, doc));
        }
    }

    void keyword(String text) {
        add(text.strip(), CompletionItemKind.Keyword, "", 'k').ifPresent(i -> i.setInsertText(text));
    }

    void word(String text, String detail) {
        add(text.strip(), CompletionItemKind.Value, detail, 'c').ifPresent(i -> i.setInsertText(text));
    }

    void text(String text) {
        add(text, CompletionItemKind.EnumMember, "", 'a');
    }

    void type(String name, boolean alone) {
        add(name, CompletionItemKind.TypeParameter, alone ? "" : name + "[...]", 'a');
    }

    void snippet(String label, String text, String detail) {
        add(label, CompletionItemKind.Snippet, detail, 'd').ifPresent(i -> snippet(i, text));
    }

    void local(Locals.Local local) {
        String detail = local.word() + type(local.name()).map(t -> ": " + t).orElse("");
        CompletionItemKind kind = switch (local.word()) {
            case "field", "source", "part" -> CompletionItemKind.Field;
            case "layer", "model" -> CompletionItemKind.Property;
            case "dim", "parameter" -> CompletionItemKind.TypeParameter;
            default -> CompletionItemKind.Variable;
        };
        add(local.name(), kind, detail, 'b');
    }

    /** The type of a name in the last state that was checked. */
    private Optional<String> type(String name) {
        if (types == null) {
            types = new HashMap<>();
            known.ifPresent(this::read);
        }
        return Optional.ofNullable(types.get(name));
    }

    private void read(Analysis analysis) {
        SemanticIndex index = analysis.index();
        for (Occurrence o : analysis.names().occurrences()) {
            Symbol symbol = o.symbol();
            if (o.role() == Occurrence.Role.DEFINITION) {
                index.value(symbol.span())
                        .or(() -> symbol.value().flatMap(index::value))
                        .ifPresent(f -> Objects.requireNonNull(types).putIfAbsent(symbol.name(), f.type()));
            }
        }
    }

    void symbol(Symbol symbol) {
        add(symbol.name(), Completions.kind(symbol.kind()), symbol.text(), 'a').ifPresent(i -> doc(i, symbol.doc()));
    }

    void parameterName(String name, String detail) {
        add(name, CompletionItemKind.Property, detail, 'a');
    }

    /** A qualified name, of which {@code typed} letters are there already. */
    void module(String name, int typed) {
        add(name.substring(typed), CompletionItemKind.Module, name, 'a');
    }

    /** Arguments by name that are not given yet. */
    void arguments(Callee callee, Cursor.Call call) {
        List<String> own = callee.own(call.piped());
        for (int i = 0; i < own.size(); i++) {
            String name = Callee.name(own.get(i));
            boolean past = i < call.index() - call.given().size();
            if (!call.given().contains(name) && !past) {
                String text = name + ": ";
                add(name + ":", CompletionItemKind.Property, own.get(i), 'a')
                        .ifPresent(item -> item.setInsertText(text));
            }
        }
    }

    void words(List<Words.Word> words, boolean piped) {
        for (Words.Word word : words) {
            boolean function = word.kind().equals("function");
            add(word.name(), CompletionItemKind.Function, word.written(), function ? 'e' : 'c')
                    .ifPresent(i -> {
                        doc(i, word.doc());
                        insert(i, word, piped && function);
                    });
        }
    }

    private static void insert(CompletionItem item, Words.Word word, boolean piped) {
        if (word.kind().equals("bracket")) {
            snippet(item, word.name() + "[$1]");
            return;
        }
        if (!word.written().contains("(")) {
            return;
        }
        var callee = new Callee(
                word.written(), word.parameters(), word.doc(), word.kind().equals("function"));
        String arguments = callee.snippet(piped);
        boolean bare = piped && callee.own(true).stream().noneMatch(Callee::required);
        if (!bare) {
            snippet(item, word.name() + arguments);
        }
    }

    /** A layer or function; behind an arrow its first value is there already. */
    void declaration(Decl decl, boolean stage) {
        Symbol symbol = Symbols.of(decl);
        add(symbol.name(), Completions.kind(symbol.kind()), symbol.text(), rank(decl))
                .ifPresent(i -> {
                    doc(i, decl.doc() + (decl instanceof Decl.Block b ? outputs(b) : ""));
                    if (decl instanceof Decl.Block || decl instanceof Decl.Function) {
                        Callee callee = Callee.of(decl);
                        boolean bare = stage
                                && decl instanceof Decl.Function
                                && callee.own(true).stream().noneMatch(Callee::required);
                        if (!bare) {
                            snippet(i, symbol.name() + callee.snippet(stage));
                        }
                    }
                });
    }

    private static char rank(Decl decl) {
        boolean library = decl.span().file().name().startsWith("nnd/std/");
        return library ? 'd' : 'c';
    }

    private static String outputs(Decl.Block block) {
        List<String> named = block.body().stream()
                .filter(s -> s instanceof Stmt.Output o && o.name().isPresent())
                .map(s -> ((Stmt.Output) s).name().orElseThrow().name())
                .toList();
        return named.size() < 2 ? "" : "\n\noutputs: " + String.join(", ", named);
    }
}
