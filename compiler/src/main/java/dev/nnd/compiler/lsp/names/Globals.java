package dev.nnd.compiler.lsp.names;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.NndFile;
import java.util.Optional;

/** What the names outside of a declaration mean in one file. */
public interface Globals {

    /** A declaration of the file itself, of an import or of the library. */
    Optional<Decl> find(String name);

    /** The declaration that an import names. */
    Optional<Decl> imported(NndFile.QualifiedName name);

    /** What names mean in the file of a declaration. */
    Globals of(Decl declaration);
}
