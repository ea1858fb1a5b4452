package dev.nnd.compiler.lsp;

import dev.nnd.compiler.lsp.names.FileNames;
import dev.nnd.compiler.lsp.names.Occurrence;
import dev.nnd.compiler.lsp.names.Symbol;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.lsp4j.DocumentHighlight;
import org.eclipse.lsp4j.DocumentHighlightKind;
import org.eclipse.lsp4j.Location;

/** From a name to its declaration, and to all places that name it. */
final class Navigation {

    private Navigation() {}

    static List<Location> definition(Analysis analysis, int offset) {
        return analysis.names()
                .at(offset)
                .flatMap(o -> Places.of(o.symbol().span(), analysis))
                .map(List::of)
                .orElse(List.of());
    }

    /** The places in all texts of the workspace; of names inside of a declaration that no other file can use, one file. */
    static List<Location> references(Analysis analysis, int offset, boolean declaration) {
        Optional<Occurrence> here = analysis.names().at(offset);
        if (here.isEmpty()) {
            return List.of();
        }
        Symbol symbol = here.get().symbol();
        var found = new ArrayList<Location>();
        for (Document document : analysis.project().documents()) {
            FileNames names = analysis.project().names(document);
            for (Occurrence o : names.of(symbol)) {
                if (declaration || o.role() != Occurrence.Role.DEFINITION) {
                    found.add(new Location(document.uri(), document.lines().range(o.span())));
                }
            }
        }
        boolean open = analysis.project().document(symbol.span().file()).isPresent();
        if (declaration && !open) {
            Places.of(symbol.span(), analysis).ifPresent(l -> found.addFirst(l));
        }
        return found;
    }

    static List<DocumentHighlight> highlights(Analysis analysis, int offset) {
        Optional<Occurrence> here = analysis.names().at(offset);
        return here.stream()
                .flatMap(h -> analysis.names().of(h.symbol()).stream())
                .map(o -> new DocumentHighlight(
                        analysis.document().lines().range(o.span()),
                        o.role() == Occurrence.Role.READ ? DocumentHighlightKind.Read : DocumentHighlightKind.Write))
                .toList();
    }
}
