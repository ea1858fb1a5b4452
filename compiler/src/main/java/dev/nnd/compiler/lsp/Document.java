package dev.nnd.compiler.lsp;

import dev.nnd.compiler.ast.NndFile;
import dev.nnd.compiler.parse.Parsed;
import dev.nnd.compiler.parse.Parser;
import dev.nnd.grammar.SourceFile;
import java.util.List;
import java.util.Optional;
import org.eclipse.lsp4j.TextDocumentContentChangeEvent;
import org.jspecify.annotations.Nullable;

/** One state of a text: of an open editor, or of a file. Parsed when first asked for. */
final class Document {

    private final String uri;
    private final int version;
    private final SourceFile source;
    private final TextLines lines;
    private final Optional<NndFile> before;
    private @Nullable Parsed parsed;

    private Document(String uri, int version, SourceFile source, Optional<NndFile> before) {
        this.uri = uri;
        this.version = version;
        this.source = source;
        this.lines = new TextLines(source.text());
        this.before = before;
    }

    static Document of(String uri, int version, String text) {
        return of(uri, version, new SourceFile(Uris.name(uri), text));
    }

    static Document of(String uri, int version, SourceFile source) {
        return new Document(uri, version, source, Optional.empty());
    }

    /** The next state, after changes in order; a change without a range is the whole text. */
    Document changed(int to, List<TextDocumentContentChangeEvent> changes) {
        String text = source.text();
        for (TextDocumentContentChangeEvent change : changes) {
            if (change.getRange() == null) {
                text = change.getText();
                continue;
            }
            var at = new TextLines(text);
            int start = at.offset(change.getRange().getStart());
            int end = Math.max(start, at.offset(change.getRange().getEnd()));
            text = text.substring(0, start) + change.getText() + text.substring(end);
        }
        return new Document(uri, to, new SourceFile(source.name(), text), lastWhole());
    }

    /** The last state without syntax errors, if it was parsed: it has what is broken now. */
    synchronized Optional<NndFile> lastWhole() {
        return parsed != null && parsed.problems().isEmpty() ? Optional.of(parsed.file()) : before;
    }

    synchronized Parsed parsed() {
        if (parsed == null) {
            parsed = Parser.parse(source);
        }
        return parsed;
    }

    String uri() {
        return uri;
    }

    int version() {
        return version;
    }

    SourceFile source() {
        return source;
    }

    String text() {
        return source.text();
    }

    TextLines lines() {
        return lines;
    }
}
