package dev.nnd.compiler.lsp.names;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.grammar.Span;
import java.util.Optional;

/**
 * Something that has a name. Two symbols are the same thing if they are declared at the same place.
 *
 * @param kind what it is
 * @param name its name
 * @param span where the name is declared
 * @param text the declaration as written, without what is in its braces
 * @param doc its documentation; empty if none
 * @param value the expression that it stands for, if there is one
 * @param container the declaration that it is a part of, if there is one
 */
public record Symbol(
        Kind kind, String name, Span span, String text, String doc, Optional<Span> value, Optional<Decl> container) {

    /** What can have a name. */
    public enum Kind {
        BLOCK("block"),
        MODEL("model"),
        FUNCTION("function"),
        DATA("data section"),
        TRAIN("train section"),
        TUNE("tune section"),
        PARAMETER("parameter"),
        DIM("dim"),
        INPUT("input"),
        OUTPUT("output"),
        LET("let"),
        VAR("var"),
        LAYER("layer"),
        WEIGHT("param"),
        INDEX("loop index"),
        SOURCE("source"),
        PART("part of a split"),
        FIELD("field"),
        NET("model");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /** The word for it in messages. */
        public String word() {
            return word;
        }
    }

    /** True if both are declared at the same place. */
    public boolean isSame(Symbol other) {
        return span.start() == other.span.start()
                && name.equals(other.name)
                && span.file().name().equals(other.span.file().name());
    }

    /** True for the declarations at the top of a file. */
    public boolean isDeclaration() {
        return container.isEmpty();
    }
}
