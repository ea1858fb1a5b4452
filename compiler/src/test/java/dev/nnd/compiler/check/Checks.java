package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.NndFile;
import dev.nnd.compiler.parse.Parsed;
import dev.nnd.compiler.parse.Parser;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Severity;
import dev.nnd.grammar.SourceFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Parses and checks texts for tests. */
final class Checks {

    /** The library, which has no problems. */
    static final StandardLibrary LIBRARY = StandardLibrary.load((source, start, end) -> {
        Parsed parsed = Parser.parse(source, start, end);
        if (!parsed.problems().isEmpty()) {
            throw new AssertionError(render(parsed.problems()));
        }
        return parsed.file();
    });

    private Checks() {}

    /** Checks a text alone. */
    static Checked check(String text) {
        return check(new SourceFile("case.nnd", text), Map.of());
    }

    /** Checks a text; the others, by the names of their files, can be imported. */
    static Checked check(SourceFile source, Map<String, String> others) {
        Map<String, NndFile> byName = new TreeMap<>();
        others.forEach((name, text) -> {
            NndFile file = Parser.parse(new SourceFile(name, text)).file();
            declare(file, byName);
        });
        Parsed parsed = Parser.parse(source);
        declare(parsed.file(), byName);
        Checked checked = new Checker(LIBRARY).check(parsed.file(), name -> Optional.ofNullable(byName.get(name)));
        var all = new ArrayList<>(parsed.problems());
        all.addAll(checked.diagnostics());
        return new Checked(checked.program(), all);
    }

    private static void declare(NndFile file, Map<String, NndFile> byName) {
        String prefix = file.packageName().map(p -> p.text() + ".").orElse("");
        file.declarations().forEach(d -> byName.put(prefix + d.name().name(), file));
    }

    static List<String> codes(String text) {
        return check(text).diagnostics().stream().map(Diagnostic::code).toList();
    }

    /** The findings as lines of text: everything that a person is told. */
    static String render(List<Diagnostic> diagnostics) {
        var out = new StringBuilder();
        for (Diagnostic d : diagnostics) {
            String severity = d.severity() == Severity.ERROR ? "error" : "warning";
            out.append(severity)
                    .append('[')
                    .append(d.code())
                    .append("] ")
                    .append(d.message())
                    .append('\n');
            out.append("  at ").append(place(d.span())).append('\n');
            d.labels()
                    .forEach(l -> out.append("  - ")
                            .append(place(l.span()))
                            .append(' ')
                            .append(l.remark())
                            .append('\n'));
            d.notes().forEach(n -> out.append("  = ").append(n).append('\n'));
            d.help().ifPresent(h -> out.append("  help: ").append(h).append('\n'));
            d.fix().stream()
                    .flatMap(f -> f.edits().stream())
                    .forEach(f -> out.append("  fix: ")
                            .append(f.span().line())
                            .append(':')
                            .append(f.span().column())
                            .append(' ')
                            .append(f.replacement())
                            .append('\n'));
        }
        return out.toString();
    }

    private static String place(dev.nnd.grammar.Span span) {
        return span.line() + ":" + span.column() + " `" + span.text().replaceAll("\\s+", " ") + "`";
    }
}
