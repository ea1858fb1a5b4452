package dev.nnd.compiler.cli;

import dev.nnd.compiler.Compiler;
import dev.nnd.compiler.CompilerRun;
import dev.nnd.compiler.Fixer;
import dev.nnd.compiler.cli.output.SourceEdit;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.DiagnosticRenderer;
import dev.nnd.grammar.SourceFile;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code nnd check --fix}: applies what a machine can apply, and tells it.
 *
 * @param terminal where
 * @param json tells every edit as a JSON object on a line
 * @param dryRun shows the difference and writes nothing
 */
record Fixing(Terminal terminal, boolean json, boolean dryRun) {

    /** Fixes the sources of a run; the result holds what is left to find. */
    Fixer.Result fix(CompilerRun run) {
        Fixer.Result result = new Fixer(new Compiler()).fix(run);
        if (!dryRun) {
            write(run.sources(), result.sources());
        }
        result.applied().forEach(a -> terminal.out().print(json ? edits(a) : line(a)));
        if (dryRun && !json) {
            for (int i = 0; i < run.sources().size(); i++) {
                SourceFile before = run.sources().get(i);
                terminal.out()
                        .print(UnifiedDiff.of(
                                before.name(),
                                before.text(),
                                result.sources().get(i).text()));
            }
        }
        return result;
    }

    /** All files can be written, or none is. */
    private static void write(List<SourceFile> before, List<SourceFile> after) {
        List<SourceFile> changed =
                after.stream().filter(a -> !before.contains(a)).toList();
        changed.forEach(a -> SourceEdit.requireWritable(Path.of(a.name())));
        changed.forEach(a -> SourceEdit.replace(Path.of(a.name()), a.text()));
    }

    private String line(Fixer.Applied applied) {
        Diagnostic found = applied.found();
        var out = new StringBuilder();
        for (Diagnostic.Edit edit : applied.fix().edits()) {
            out.append(edit.span().file().name())
                    .append(':')
                    .append(edit.span().line())
                    .append(": ")
                    .append(dryRun ? "would " : "")
                    .append(change(edit))
                    .append(" (")
                    .append(found.code())
                    .append(": ")
                    .append(found.message())
                    .append(")\n");
        }
        return out.toString();
    }

    private String change(Diagnostic.Edit edit) {
        String old = edit.span().text().strip();
        String made = edit.replacement().strip();
        if (old.isEmpty()) {
            return (dryRun ? "insert `" : "inserted `") + made + "`";
        }
        return made.isEmpty()
                ? (dryRun ? "delete `" : "deleted `") + old + "`"
                : (dryRun ? "change `" : "changed `") + old + "` to `" + made + "`";
    }

    private static String edits(Fixer.Applied applied) {
        var out = new StringBuilder();
        for (Diagnostic.Edit edit : applied.fix().edits()) {
            out.append(DiagnosticRenderer.jsonEdit(applied.found().code(), edit));
        }
        return out.toString();
    }
}
