package dev.nnd.compiler.lsp;

import dev.nnd.grammar.SourceFile;
import dev.nnd.grammar.Span;
import java.io.IOException;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.lsp4j.Location;

/** Where spans are, in texts that a client can open. */
final class Places {

    private static final Logger LOG = Logger.getLogger(Places.class.getName());

    private Places() {}

    static Optional<Document> document(SourceFile source, Analysis analysis) {
        if (source.equals(analysis.document().source())) {
            return Optional.of(analysis.document());
        }
        Library library = analysis.project().library();
        if (!library.holds(source)) {
            return analysis.project().document(source);
        }
        try {
            return Optional.of(library.document(source));
        } catch (IOException e) {
            LOG.log(Level.WARNING, "the library can't be written to the cache folder", e);
            return Optional.empty();
        }
    }

    static Optional<Location> of(Span span, Analysis analysis) {
        return document(span.file(), analysis)
                .map(d -> new Location(d.uri(), d.lines().range(span)));
    }
}
