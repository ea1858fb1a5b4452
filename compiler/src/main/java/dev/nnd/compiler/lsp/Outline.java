package dev.nnd.compiler.lsp;

import dev.nnd.compiler.ast.DataItem;
import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Ident;
import dev.nnd.compiler.ast.Stmt;
import dev.nnd.compiler.ast.TrainItem;
import dev.nnd.compiler.ast.TuneItem;
import dev.nnd.compiler.parse.Lexeme;
import dev.nnd.grammar.Span;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.eclipse.lsp4j.DocumentSymbol;
import org.eclipse.lsp4j.FoldingRange;
import org.eclipse.lsp4j.FoldingRangeKind;
import org.eclipse.lsp4j.Location;
import org.eclipse.lsp4j.SymbolKind;
import org.eclipse.lsp4j.WorkspaceSymbol;
import org.eclipse.lsp4j.jsonrpc.messages.Either;

/** What a text declares, as a tree; what can be folded. */
final class Outline {

    private static final int MOST = 500;

    private final TextLines lines;

    private Outline(TextLines lines) {
        this.lines = lines;
    }

    static List<DocumentSymbol> of(Document document) {
        var outline = new Outline(document.lines());
        return document.parsed().file().declarations().stream()
                .map(outline::declaration)
                .toList();
    }

    /** The declarations of a workspace whose names hold the letters of the query in order. */
    static List<WorkspaceSymbol> search(Project project, String query) {
        String letters = query.toLowerCase(Locale.ROOT);
        var found = new ArrayList<WorkspaceSymbol>();
        for (Document document : project.documents()) {
            String packageName =
                    document.parsed().file().packageName().map(p -> p.text()).orElse("");
            for (Decl decl : document.parsed().file().declarations()) {
                if (found.size() < MOST && holds(decl.name().name().toLowerCase(Locale.ROOT), letters)) {
                    var place = new Location(
                            document.uri(), document.lines().range(decl.name().span()));
                    found.add(new WorkspaceSymbol(decl.name().name(), kind(decl), Either.forLeft(place), packageName));
                }
            }
        }
        return found;
    }

    private static boolean holds(String name, String letters) {
        int at = 0;
        for (int i = 0; i < name.length() && at < letters.length(); i++) {
            at += name.charAt(i) == letters.charAt(at) ? 1 : 0;
        }
        return at == letters.length();
    }

    private static SymbolKind kind(Decl decl) {
        return switch (decl) {
            case Decl.Block b -> SymbolKind.Class;
            case Decl.Function f -> SymbolKind.Function;
            case Decl.Data d -> SymbolKind.Struct;
            case Decl.Train t -> SymbolKind.Event;
            case Decl.Tune t -> SymbolKind.Event;
        };
    }

    private static String word(Decl decl) {
        return switch (decl) {
            case Decl.Block b -> b.model() ? "model" : "block";
            case Decl.Function f -> "fn";
            case Decl.Data d -> "data";
            case Decl.Train t -> "train";
            case Decl.Tune t -> "tune";
        };
    }

    private DocumentSymbol declaration(Decl decl) {
        var children = new ArrayList<DocumentSymbol>();
        switch (decl) {
            case Decl.Block b -> {
                b.parameters().forEach(p -> children.add(parameter(p)));
                statements(b.body(), children);
            }
            case Decl.Function f -> {
                f.parameters().forEach(p -> children.add(parameter(p)));
                statements(f.body(), children);
            }
            case Decl.Data d -> d.items().forEach(i -> data(i, children));
            case Decl.Train t -> {
                t.parameters().forEach(p -> children.add(parameter(p)));
                t.items().forEach(i -> train(i, children));
            }
            case Decl.Tune t -> t.items().forEach(i -> tune(i, children));
        }
        DocumentSymbol symbol = symbol(decl.name(), kind(decl), word(decl), decl.span());
        symbol.setChildren(children);
        return symbol;
    }

    private DocumentSymbol symbol(Ident name, SymbolKind kind, String detail, Span span) {
        return new DocumentSymbol(name.name(), kind, lines.range(span), lines.range(name.span()), detail);
    }

    private DocumentSymbol parameter(Decl.Parameter p) {
        return symbol(p.name(), SymbolKind.TypeParameter, p.type().span().text(), p.span());
    }

    private void statements(List<Stmt> statements, List<DocumentSymbol> into) {
        for (Stmt statement : statements) {
            Span span = statement.span();
            switch (statement) {
                case Stmt.Input i ->
                    into.add(symbol(
                            i.name(),
                            SymbolKind.Variable,
                            "input " + i.type().span().text(),
                            span));
                case Stmt.Output o -> o.name().ifPresent(n -> into.add(symbol(n, SymbolKind.Variable, "output", span)));
                case Stmt.Let l -> into.add(symbol(l.name(), SymbolKind.Variable, "let", span));
                case Stmt.Unpack u -> unpacked(u.names(), span, into);
                case Stmt.Var v -> into.add(symbol(v.name(), SymbolKind.Variable, "var", span));
                case Stmt.Layer l ->
                    into.add(symbol(
                            l.name(),
                            SymbolKind.Property,
                            Shown.shortened(l.value().span().text(), 60),
                            span));
                case Stmt.Param p ->
                    into.add(symbol(
                            p.name(),
                            SymbolKind.Property,
                            "param " + p.type().span().text(),
                            span));
                case Stmt.For f -> statements(f.body(), into);
                case Stmt.If i -> {
                    statements(i.then(), into);
                    statements(i.otherwise(), into);
                }
                case Stmt.Assign a -> {}
                case Stmt.Require r -> {}
            }
        }
    }

    private void unpacked(List<Ident> names, Span span, List<DocumentSymbol> into) {
        names.forEach(n -> into.add(symbol(n, SymbolKind.Variable, "let", span)));
    }

    private void data(DataItem item, List<DocumentSymbol> into) {
        switch (item) {
            case DataItem.Source s -> into.add(symbol(s.name(), SymbolKind.File, "source", s.span()));
            case DataItem.Field f ->
                into.add(symbol(f.name(), SymbolKind.Field, f.type().span().text(), f.span()));
            case DataItem.Split s ->
                s.parts().forEach(p -> into.add(symbol(p.name(), SymbolKind.File, "part", p.span())));
            case DataItem.Augment a -> {}
            case DataItem.OnError o -> {}
        }
    }

    private void train(TrainItem item, List<DocumentSymbol> into) {
        switch (item) {
            case TrainItem.Model m ->
                into.add(symbol(m.name(), SymbolKind.Property, m.value().span().text(), m.span()));
            case TrainItem.Data d -> into.add(symbol(d.name(), SymbolKind.Struct, "data", d.span()));
            case TrainItem.Let l -> into.add(symbol(l.name(), SymbolKind.Variable, "let", l.span()));
            case TrainItem.Unpack u -> unpacked(u.names(), u.span(), into);
            case TrainItem other -> {}
        }
    }

    private void tune(TuneItem item, List<DocumentSymbol> into) {
        if (item instanceof TuneItem.Search s) {
            into.add(symbol(s.name(), SymbolKind.TypeParameter, s.space().span().text(), s.span()));
        }
    }

    /** Braces and brackets over several lines, runs of comments, imports. */
    static List<FoldingRange> folds(Document document) {
        var found = new ArrayList<FoldingRange>();
        var open = new ArrayDeque<Lexeme>();
        TextLines lines = document.lines();
        int comment = -1;
        int last = -2;
        for (Lexeme l : Lexeme.of(document.source())) {
            int line = lines.position(l.span().start()).getLine();
            boolean text = l.kind() == Lexeme.Kind.COMMENT || l.kind() == Lexeme.Kind.DOC;
            if (text) {
                comment = line == last + 1 && comment >= 0 ? comment : line;
                last = line;
                continue;
            }
            fold(found, comment, last, FoldingRangeKind.Comment);
            comment = -1;
            last = -2;
            if (l.is("{") || l.is("(") || l.is("[")) {
                open.push(l);
            } else if ((l.is("}") || l.is(")") || l.is("]")) && !open.isEmpty()) {
                fold(found, lines.position(open.pop().span().start()).getLine(), line - 1, null);
            }
        }
        fold(found, comment, last, FoldingRangeKind.Comment);
        imports(document, found);
        return found;
    }

    private static void imports(Document document, List<FoldingRange> found) {
        var imports = document.parsed().file().imports();
        if (imports.size() > 1) {
            TextLines lines = document.lines();
            fold(
                    found,
                    lines.position(imports.getFirst().span().start()).getLine(),
                    lines.position(imports.getLast().span().start()).getLine(),
                    FoldingRangeKind.Imports);
        }
    }

    private static void fold(
            List<FoldingRange> into, int from, int to, @org.jspecify.annotations.Nullable String kind) {
        if (from >= 0 && to > from) {
            var range = new FoldingRange(from, to);
            if (kind != null) {
                range.setKind(kind);
            }
            into.add(range);
        }
    }
}
