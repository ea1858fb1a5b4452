package dev.nnd.compiler.lsp.names;

import dev.nnd.grammar.Span;

/** A place where a symbol is named. */
public record Occurrence(Span span, Symbol symbol, Role role) {

    /** What the place does with it. */
    public enum Role {
        DEFINITION,
        READ,
        WRITE
    }

    /** True if the place holds an offset; a cursor right behind a word is still at the word. */
    boolean holds(int offset) {
        return span.start() <= offset && offset <= span.end();
    }
}
