package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.NndFile;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Finds the file that an import means. */
@FunctionalInterface
public interface Sources {

    /** No file can be imported. */
    Sources NONE = name -> Optional.empty();

    /** The parsed file that declares this qualified name, such as {@code vision.mnist.Mnist}. */
    Optional<NndFile> find(String qualifiedName);

    /** All qualified names that can be found, for suggestions. */
    default Collection<String> names() {
        return List.of();
    }
}
