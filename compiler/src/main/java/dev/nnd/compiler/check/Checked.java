package dev.nnd.compiler.check;

import dev.nnd.compiler.typed.TypedProgram;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Severity;
import java.util.List;

/**
 * What checking gave.
 *
 * @param program the declarations that have no error; complete if there is no error at all
 * @param diagnostics all findings in the order of the text
 * @param index what is known about places of the file; nothing unless it was asked for
 */
public record Checked(TypedProgram program, List<Diagnostic> diagnostics, SemanticIndex index) {

    /** A result without an index. */
    public Checked(TypedProgram program, List<Diagnostic> diagnostics) {
        this(program, diagnostics, SemanticIndex.EMPTY);
    }

    public Checked {
        diagnostics = List.copyOf(diagnostics);
    }

    /** True if nothing stands against going on. */
    public boolean ok() {
        return diagnostics.stream().noneMatch(d -> d.severity() == Severity.ERROR);
    }
}
