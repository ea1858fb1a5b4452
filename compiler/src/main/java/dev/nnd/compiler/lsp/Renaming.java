package dev.nnd.compiler.lsp;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.lsp.names.Globals;
import dev.nnd.compiler.lsp.names.Occurrence;
import dev.nnd.compiler.lsp.names.Symbol;
import dev.nnd.compiler.parse.Lexeme;
import dev.nnd.grammar.SourceFile;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.lsp4j.Range;
import org.eclipse.lsp4j.TextEdit;
import org.eclipse.lsp4j.WorkspaceEdit;
import org.eclipse.lsp4j.jsonrpc.ResponseErrorException;
import org.eclipse.lsp4j.jsonrpc.messages.ResponseError;

/** A new name for a symbol, everywhere. What would not be the same program afterwards is refused with the reason. */
final class Renaming {

    /** The protocol's code for a request that was understood and can't be done. */
    private static final int REQUEST_FAILED = -32803;

    private static final Set<String> HARD =
            Set.of("true", "false", "none", "and", "or", "not", "if", "then", "else", "rearrange", "einsum");

    private final Analysis analysis;
    private final Symbol symbol;

    private Renaming(Analysis analysis, Symbol symbol) {
        this.analysis = analysis;
        this.symbol = symbol;
    }

    /** The word that would be renamed; fails with the reason if it can't be. */
    static Range prepare(Analysis analysis, int offset) {
        Occurrence here = here(analysis, offset);
        new Renaming(analysis, here.symbol()).possible();
        return analysis.document().lines().range(here.span());
    }

    static WorkspaceEdit rename(Analysis analysis, int offset, String to) {
        Occurrence here = here(analysis, offset);
        var renaming = new Renaming(analysis, here.symbol());
        renaming.possible();
        renaming.valid(to);
        return renaming.edit(to);
    }

    private static Occurrence here(Analysis analysis, int offset) {
        return analysis.names().at(offset).orElseThrow(() -> failure("there is no name here that can be changed"));
    }

    private static ResponseErrorException failure(String message) {
        return new ResponseErrorException(new ResponseError(REQUEST_FAILED, message, null));
    }

    private void possible() {
        SourceFile file = symbol.span().file();
        if (analysis.project().library().holds(file)) {
            throw failure("`" + symbol.name() + "` is of the standard library");
        }
        for (Document document : concerned()) {
            if (!document.parsed().problems().isEmpty()) {
                throw failure(
                        "`" + document.source().name() + "` has syntax errors, so uses of the name could be missed");
            }
        }
    }

    private List<Document> concerned() {
        return analysis.project().documents().stream()
                .filter(d -> d.source().equals(symbol.span().file())
                        || !analysis.project().names(d).of(symbol).isEmpty())
                .toList();
    }

    private void valid(String to) {
        List<Lexeme> words = Lexeme.of(new SourceFile("name", to));
        boolean word = words.size() == 1 && words.getFirst().isWord() && to.matches("[A-Za-z_][A-Za-z0-9_]*");
        if (!word) {
            throw failure("`" + to + "` is not a name: letters, digits and `_`, not a digit first");
        }
        if (HARD.contains(to)) {
            throw failure("`" + to + "` is a keyword");
        }
        boolean capital = Character.isUpperCase(to.charAt(0));
        if (symbol.isDeclaration() && capital == (symbol.kind() == Symbol.Kind.FUNCTION)) {
            throw failure("the name of a " + symbol.kind().word() + " starts with a "
                    + (capital ? "small letter" : "capital"));
        }
        for (Document document : concerned()) {
            clash(document, to);
        }
    }

    /** Refuses a name that means something else where the symbol is named. */
    private void clash(Document document, String to) {
        Globals globals = analysis.project().globals(document);
        Optional<Decl> declared = globals.find(to);
        boolean inFile = declared.filter(
                        d -> !analysis.project().library().holds(d.span().file()) || symbol.isDeclaration())
                .isPresent();
        if (inFile && !to.equals(symbol.name())) {
            throw failure("`" + to + "` is declared already in line "
                    + declared.orElseThrow().name().span().line() + " of "
                    + declared.orElseThrow().span().file().name());
        }
        if (symbol.isDeclaration() || to.equals(symbol.name())) {
            return;
        }
        Decl container = symbol.container().orElseThrow();
        for (Occurrence o : analysis.project().names(document).occurrences()) {
            boolean same = o.symbol().name().equals(to) && !o.symbol().isSame(symbol);
            boolean near = o.symbol()
                            .container()
                            .filter(c -> c.span().equals(container.span()))
                            .isPresent()
                    || within(o.span(), container.span());
            if (same && near) {
                throw failure("`" + to + "` is a " + o.symbol().kind().word() + " there already, in line "
                        + o.symbol().span().line());
            }
        }
    }

    private static boolean within(Span inner, Span outer) {
        return inner.file().equals(outer.file()) && outer.start() <= inner.start() && inner.end() <= outer.end();
    }

    private WorkspaceEdit edit(String to) {
        Map<String, List<TextEdit>> changes = new LinkedHashMap<>();
        for (Document document : concerned()) {
            var edits = new ArrayList<TextEdit>();
            for (Occurrence o : analysis.project().names(document).of(symbol)) {
                edits.add(new TextEdit(document.lines().range(o.span()), to));
            }
            changes.put(document.uri(), edits);
        }
        return new WorkspaceEdit(changes);
    }
}
