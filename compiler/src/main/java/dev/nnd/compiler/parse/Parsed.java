package dev.nnd.compiler.parse;

import dev.nnd.compiler.ast.NndFile;
import dev.nnd.grammar.Diagnostic;
import java.util.List;

/**
 * A syntax tree and what is wrong with the text.
 *
 * @param file what was understood; broken statements are left out
 * @param problems syntax errors in source order
 */
public record Parsed(NndFile file, List<Diagnostic> problems) {

    public Parsed {
        problems = List.copyOf(problems);
    }
}
