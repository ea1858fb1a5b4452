package dev.nnd.grammar;

import org.antlr.v4.runtime.CharStream;
import org.antlr.v4.runtime.IntStream;
import org.antlr.v4.runtime.misc.Interval;

/** A text, or a stretch of one, as ANTLR reads it, by UTF-16 units, so that token positions are offsets of {@link Span}. */
final class Utf16Stream implements CharStream {

    private final SourceFile file;
    private final String text;
    private final int end;
    private int at;

    Utf16Stream(SourceFile file) {
        this(file, 0, file.text().length());
    }

    /** The stretch from {@code start} to before {@code end}. */
    Utf16Stream(SourceFile file, int start, int end) {
        this.file = file;
        this.text = file.text();
        this.at = start;
        this.end = end;
    }

    @Override
    public String getText(Interval interval) {
        int from = Math.clamp(interval.a, 0, text.length());
        int to = Math.clamp(interval.b + 1L, from, text.length());
        return text.substring(from, to);
    }

    @Override
    public void consume() {
        if (at >= end) {
            throw new IllegalStateException("cannot consume the end of the text");
        }
        at++;
    }

    @Override
    public int LA(int i) {
        int wanted = i > 0 ? at + i - 1 : at + i;
        if (i == 0) {
            return 0;
        }
        return wanted < 0 || wanted >= end ? IntStream.EOF : text.charAt(wanted);
    }

    @Override
    public int mark() {
        return -1;
    }

    @Override
    public void release(int marker) {
        // The whole text stays in memory: marks hold nothing.
    }

    @Override
    public int index() {
        return at;
    }

    @Override
    public void seek(int index) {
        at = Math.clamp(index, 0, end);
    }

    @Override
    public int size() {
        return end;
    }

    @Override
    public String getSourceName() {
        return file.name();
    }
}
