package dev.nnd.compiler;

import dev.nnd.compiler.emit.GeneratedFile;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Severity;
import java.util.List;

/**
 * What a run gave.
 *
 * @param files generated Java in the order of the sources; empty if there is an error
 * @param diagnostics all findings, file by file in the order of the text
 * @param programs what was compiled of each source; empty if there is an error
 */
public record CompileResult(List<GeneratedFile> files, List<Diagnostic> diagnostics, List<CompiledFile> programs) {

    public CompileResult {
        files = List.copyOf(files);
        diagnostics = List.copyOf(diagnostics);
        programs = List.copyOf(programs);
    }

    /** True if there is no error. */
    public boolean ok() {
        return diagnostics.stream().noneMatch(d -> d.severity() == Severity.ERROR);
    }
}
