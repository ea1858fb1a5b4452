package dev.nnd.compiler.lsp;

import dev.nnd.grammar.Severity;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.lsp4j.Diagnostic;
import org.eclipse.lsp4j.DiagnosticRelatedInformation;
import org.eclipse.lsp4j.DiagnosticSeverity;
import org.eclipse.lsp4j.DiagnosticTag;
import org.eclipse.lsp4j.PublishDiagnosticsParams;
import org.eclipse.lsp4j.Range;

/** Findings as the protocol has them. */
final class Findings {

    private static final List<String> UNUSED = List.of("NND0110", "NND0112");

    private Findings() {}

    static PublishDiagnosticsParams of(Analysis analysis) {
        var found = new ArrayList<Diagnostic>();
        for (dev.nnd.grammar.Diagnostic finding : analysis.diagnostics()) {
            if (finding.span().file().equals(analysis.document().source())) {
                found.add(diagnostic(finding, analysis));
            }
        }
        var params = new PublishDiagnosticsParams(analysis.document().uri(), found);
        params.setVersion(analysis.document().version());
        return params;
    }

    static Diagnostic diagnostic(dev.nnd.grammar.Diagnostic finding, Analysis analysis) {
        Range range = analysis.document().lines().range(finding.span());
        var made = new Diagnostic(
                range,
                message(finding),
                finding.severity() == Severity.ERROR ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
                "nnd",
                finding.code());
        if (UNUSED.contains(finding.code())) {
            made.setTags(List.of(DiagnosticTag.Unnecessary));
        }
        var related = new ArrayList<DiagnosticRelatedInformation>();
        for (var label : finding.labels()) {
            Places.of(label.span(), analysis)
                    .ifPresent(l -> related.add(
                            new DiagnosticRelatedInformation(l, label.remark().isEmpty() ? "here" : label.remark())));
        }
        if (!related.isEmpty()) {
            made.setRelatedInformation(related);
        }
        return made;
    }

    private static String message(dev.nnd.grammar.Diagnostic finding) {
        var text = new StringBuilder(finding.message());
        finding.notes().forEach(n -> text.append("\nnote: ").append(n));
        finding.help().ifPresent(h -> text.append("\nhelp: ").append(h));
        return text.toString();
    }
}
