package dev.nnd.compiler.lsp;

import dev.nnd.compiler.ast.NndFile;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.lsp4j.CodeAction;
import org.eclipse.lsp4j.CodeActionKind;
import org.eclipse.lsp4j.Position;
import org.eclipse.lsp4j.Range;
import org.eclipse.lsp4j.TextEdit;
import org.eclipse.lsp4j.WorkspaceEdit;

/** The fixes that diagnostics come with, each as an action, and all at once; imports of what is not known. */
final class Fixes {

    /** The kind of the action that applies all fixes of a file. */
    static final String ALL = CodeActionKind.SourceFixAll + ".nnd";

    private static final List<String> UNKNOWN = List.of("NND0101", "NND0102", "NND0514", "NND0521");
    private static final String UNUSED_IMPORT = "NND0112";

    private final Analysis analysis;

    private Fixes(Analysis analysis) {
        this.analysis = analysis;
    }

    /** The actions for a stretch of text; {@code only} limits them to kinds, if it is not empty. */
    static List<CodeAction> in(Analysis analysis, Range range, List<String> only) {
        var fixes = new Fixes(analysis);
        var found = new ArrayList<CodeAction>();
        if (wanted(CodeActionKind.QuickFix, only)) {
            int start = analysis.document().lines().offset(range.getStart());
            int end = analysis.document().lines().offset(range.getEnd());
            for (Diagnostic finding : analysis.diagnostics()) {
                boolean here = fixes.isHere(finding.span())
                        && finding.span().start() <= end
                        && start <= finding.span().end();
                if (here) {
                    fixes.fix(finding).ifPresent(found::add);
                    found.addAll(fixes.imports(finding));
                }
            }
        }
        if (wanted(ALL, only)) {
            fixes.all().ifPresent(found::add);
        }
        return found;
    }

    /** A client that asks for {@code source} wants {@code source.fixAll.nnd} too. */
    private static boolean wanted(String kind, List<String> only) {
        return only.isEmpty() || only.stream().anyMatch(o -> kind.equals(o) || kind.startsWith(o + "."));
    }

    private boolean isHere(Span span) {
        return span.file().equals(analysis.document().source());
    }

    private Optional<CodeAction> fix(Diagnostic finding) {
        if (finding.code().equals(UNUSED_IMPORT)) {
            TextEdit edit = new TextEdit(wholeLine(finding.span()), "");
            return Optional.of(action("Remove the import", CodeActionKind.QuickFix, List.of(edit), finding));
        }
        return finding.fix().filter(this::isHere).map(f -> {
            CodeAction action = action(title(f), CodeActionKind.QuickFix, edits(f), finding);
            action.setIsPreferred(true);
            return action;
        });
    }

    private Range wholeLine(Span span) {
        int line = analysis.document().lines().position(span.start()).getLine();
        return new Range(new Position(line, 0), new Position(line + 1, 0));
    }

    private boolean isHere(Diagnostic.Fix fix) {
        return fix.file().equals(analysis.document().source());
    }

    private static String title(Diagnostic.Fix fix) {
        Diagnostic.Edit first = fix.edits().getFirst();
        String before = Shown.shortened(first.span().text(), 40);
        String after = Shown.shortened(first.replacement(), 60);
        String more = fix.edits().size() > 1 ? ", and " + (fix.edits().size() - 1) + " more" : "";
        if (before.isEmpty()) {
            return "Insert `" + after + "`" + more;
        }
        return (after.isEmpty() ? "Remove `" + before + "`" : "Change `" + before + "` to `" + after + "`") + more;
    }

    private List<TextEdit> edits(Diagnostic.Fix fix) {
        return fix.edits().stream()
                .map(e -> new TextEdit(analysis.document().lines().range(e.span()), e.replacement()))
                .toList();
    }

    private CodeAction action(String title, String kind, List<TextEdit> edits, Diagnostic finding) {
        var action = new CodeAction(title);
        action.setKind(kind);
        action.setEdit(new WorkspaceEdit(Map.of(analysis.document().uri(), edits)));
        action.setDiagnostics(List.of(Findings.diagnostic(finding, analysis)));
        return action;
    }

    /** All fixes of errors that do not touch each other. */
    private Optional<CodeAction> all() {
        List<Diagnostic.Fix> fixes = analysis.diagnostics().stream()
                .flatMap(d -> d.fix().stream())
                .filter(this::isHere)
                .sorted(Comparator.comparingInt(Fixes::start))
                .toList();
        var edits = new ArrayList<TextEdit>();
        int count = 0;
        int end = -1;
        for (Diagnostic.Fix fix : fixes) {
            if (start(fix) > end) {
                edits.addAll(edits(fix));
                count++;
                end = fix.edits().getLast().span().end();
            }
        }
        if (edits.isEmpty()) {
            return Optional.empty();
        }
        var action = new CodeAction(count == 1 ? "Apply the fix" : "Apply all " + count + " fixes");
        action.setKind(ALL);
        action.setEdit(new WorkspaceEdit(Map.of(analysis.document().uri(), edits)));
        return Optional.of(action);
    }

    private static int start(Diagnostic.Fix fix) {
        return fix.edits().getFirst().span().start();
    }

    /** Imports of what another file of the workspace declares under an unknown name. */
    private List<CodeAction> imports(Diagnostic finding) {
        boolean imports = finding.fix().stream()
                .flatMap(f -> f.edits().stream())
                .anyMatch(e -> e.replacement().contains("import "));
        if (imports || !UNKNOWN.contains(finding.code())) {
            return List.of();
        }
        String name = finding.span().text();
        return analysis.project().qualifiedNames().stream()
                .filter(q -> q.endsWith("." + name))
                .filter(q -> analysis.project().find(analysis.document(), q).isPresent())
                .map(q -> action("Import `" + q + "`", CodeActionKind.QuickFix, List.of(importOf(q)), finding))
                .toList();
    }

    private TextEdit importOf(String qualified) {
        NndFile file = analysis.document().parsed().file();
        TextLines lines = analysis.document().lines();
        if (!file.imports().isEmpty()) {
            int end = file.imports().getLast().span().end();
            return new TextEdit(lines.range(end, end), "\nimport " + qualified);
        }
        if (file.packageName().isPresent()) {
            int end = file.packageName().get().span().end();
            return new TextEdit(lines.range(end, end), "\n\nimport " + qualified);
        }
        return new TextEdit(lines.range(0, 0), "import " + qualified + "\n\n");
    }
}
