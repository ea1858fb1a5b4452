package dev.nnd.compiler.lsp;

import dev.nnd.compiler.check.SemanticIndex;
import dev.nnd.compiler.lsp.names.FileNames;
import dev.nnd.grammar.Diagnostic;
import java.util.List;

/**
 * What is known about one state of a text.
 *
 * @param document the text
 * @param project all texts then
 * @param diagnostics what {@code nnd check} says of it
 * @param index what its places mean
 */
record Analysis(Document document, Project project, List<Diagnostic> diagnostics, SemanticIndex index) {

    FileNames names() {
        return project.names(document);
    }
}
