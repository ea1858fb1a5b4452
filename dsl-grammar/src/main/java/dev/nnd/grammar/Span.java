package dev.nnd.grammar;

/**
 * A stretch of a source file in UTF-16 offsets, {@code start} inclusive and {@code end} exclusive.
 *
 * @param file the file
 * @param start first offset, at least 0
 * @param end one past the last offset, at least {@code start}
 */
public record Span(SourceFile file, int start, int end) {

    /** The span from the start of this one to the end of {@code last}, in the same file. */
    public Span to(Span last) {
        return new Span(file, start, Math.max(end, last.end));
    }

    /** The 1-based line of the start. */
    public int line() {
        int line = 1;
        String text = file.text();
        for (int i = 0, limit = Math.min(start, text.length()); i < limit; i++) {
            if (text.charAt(i) == '\n') {
                line++;
            }
        }
        return line;
    }

    /** The 1-based column of the start, in UTF-16 units. */
    public int column() {
        int from = Math.min(start, file.text().length());
        return from - file.text().lastIndexOf('\n', from - 1);
    }

    /** The text that the span covers. */
    public String text() {
        return file.text().substring(start, end);
    }
}
