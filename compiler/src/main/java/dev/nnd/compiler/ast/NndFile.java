package dev.nnd.compiler.ast;

import dev.nnd.grammar.SourceFile;
import dev.nnd.grammar.Span;
import java.util.List;
import java.util.Optional;

/**
 * One .nnd file as written.
 *
 * @param source the text
 * @param doc the {@code ///} lines at the head of the file, joined by line breaks; empty if none
 * @param packageName the declared package; empty if none
 * @param imports in the order of the file
 * @param declarations in the order of the file
 */
public record NndFile(
        SourceFile source,
        String doc,
        Optional<QualifiedName> packageName,
        List<QualifiedName> imports,
        List<Decl> declarations) {

    /** A dotted name such as {@code vision.mnist.Mnist}. */
    public record QualifiedName(List<Ident> parts, Span span) {

        /** The parts joined by dots. */
        public String text() {
            return String.join(".", parts.stream().map(Ident::name).toList());
        }
    }
}
