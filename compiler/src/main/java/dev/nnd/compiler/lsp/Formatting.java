package dev.nnd.compiler.lsp;

import dev.nnd.grammar.format.Formatter;
import java.util.List;
import org.eclipse.lsp4j.Range;
import org.eclipse.lsp4j.TextEdit;

/** The formatter's text as edits of whole lines. */
final class Formatting {

    private Formatting() {}

    /** Nothing for a text with syntax errors, which the formatter would not understand. */
    static List<TextEdit> of(Document document) {
        return document.parsed().problems().isEmpty()
                ? LineEdits.of(
                        document.text(), Formatter.format(document.source()).text())
                : List.of();
    }

    /** The edits that touch a range. */
    static List<TextEdit> of(Document document, Range range) {
        return of(document).stream()
                .filter(e -> e.getRange().getStart().getLine() <= range.getEnd().getLine()
                        && e.getRange().getEnd().getLine() >= range.getStart().getLine())
                .toList();
    }
}
