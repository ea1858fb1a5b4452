package dev.nnd.compiler;

import dev.nnd.grammar.SourceFile;
import java.util.List;

/**
 * Everything that a run of the compiler depends on: the same run gives the same bytes.
 *
 * @param sources the files to compile, in the order in which problems are reported
 * @param others further files of the source roots, from which the former may import; nothing is generated for them
 */
public record CompilerRun(List<SourceFile> sources, List<SourceFile> others) {

    public CompilerRun {
        sources = List.copyOf(sources);
        others = List.copyOf(others);
    }

    /** A run over these files, which may import from each other only. */
    public static CompilerRun of(SourceFile... sources) {
        return new CompilerRun(List.of(sources), List.of());
    }
}
