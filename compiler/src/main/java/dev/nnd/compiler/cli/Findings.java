package dev.nnd.compiler.cli;

import dev.nnd.compiler.cli.output.SourceWriter;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.DiagnosticRenderer;
import dev.nnd.grammar.Severity;
import java.util.List;

/**
 * Prints what a compilation found.
 *
 * @param terminal where
 * @param json as JSON lines on standard output instead of text on standard error
 */
record Findings(Terminal terminal, boolean json) {

    /** Prints findings; returns the exit code. */
    int print(List<Diagnostic> found) {
        if (json) {
            terminal.out().print(DiagnosticRenderer.json().render(found));
        } else {
            terminal.err().print(DiagnosticRenderer.text(terminal.colour()).render(found));
            if (!found.isEmpty()) {
                terminal.err().println(counts(found));
            }
        }
        return errors(found) > 0 ? Nnd.USER_ERROR : Nnd.FINE;
    }

    /** The last line for tools. */
    void summary(List<Diagnostic> found, SourceWriter.Summary written) {
        if (json) {
            long errors = errors(found);
            terminal.out()
                    .println("{\"kind\":\"summary\",\"errors\":" + errors + ",\"warnings\":"
                            + (found.size() - errors) + ",\"written\":" + written.written() + ",\"unchanged\":"
                            + written.unchanged() + ",\"deleted\":" + written.deleted() + "}");
        }
    }

    private static long errors(List<Diagnostic> found) {
        return found.stream().filter(d -> d.severity() == Severity.ERROR).count();
    }

    private static String counts(List<Diagnostic> found) {
        long errors = errors(found);
        long warnings = found.size() - errors;
        String both = errors > 0 && warnings > 0 ? " and " : "";
        String text =
                (errors > 0 ? count(errors, "error") : "") + both + (warnings > 0 ? count(warnings, "warning") : "");
        boolean pages = found.stream().anyMatch(d -> d.severity() == Severity.ERROR);
        return text + (pages ? "; `nnd explain " + firstError(found) + "` says more" : "");
    }

    private static String firstError(List<Diagnostic> found) {
        return DiagnosticRenderer.sorted(found).stream()
                .filter(d -> d.severity() == Severity.ERROR)
                .map(Diagnostic::code)
                .findFirst()
                .orElse("CODE");
    }

    private static String count(long number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }
}
