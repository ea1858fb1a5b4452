package dev.nnd.compiler.fuzz;

import dev.nnd.compiler.Compiler;
import dev.nnd.compiler.CompilerRun;
import dev.nnd.compiler.parse.Parsed;
import dev.nnd.compiler.parse.Parser;
import dev.nnd.compiler.parse.SpanFree;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.DiagnosticRenderer;
import dev.nnd.grammar.SourceFile;
import dev.nnd.grammar.Span;
import dev.nnd.grammar.format.Formatter;
import java.util.List;
import java.util.Locale;

/** What holds for every text whatever. */
final class Promises {

    private static final List<DiagnosticRenderer> RENDERERS = List.of(
            DiagnosticRenderer.text(true),
            DiagnosticRenderer.json(),
            DiagnosticRenderer.maven(),
            DiagnosticRenderer.plain());

    private final Compiler compiler = new Compiler();

    /** Throws an AssertionError that says which promise a text breaks. */
    void keep(String text) {
        var source = new SourceFile("fuzz.nnd", text);
        List<Diagnostic> found = compiler.check(CompilerRun.of(source));
        places(source, found);
        RENDERERS.forEach(r -> r.render(found));
        Parsed parsed = Parser.parse(source);
        if (!parsed.problems().isEmpty()) {
            require(!found.isEmpty(), "a syntax error is not shown");
        } else {
            formatted(source, parsed);
        }
        found.stream().flatMap(d -> d.fix().stream()).limit(3).forEach(this::applied);
    }

    private static void places(SourceFile source, List<Diagnostic> found) {
        int before = 0;
        for (Diagnostic d : found) {
            require(d.span().file().equals(source), "a finding is in another file: " + d);
            require(d.span().start() >= before, "the findings are not sorted: " + brief(d));
            before = d.span().start();
            inside(d.span(), d);
            d.labels().forEach(l -> inside(l.span(), d));
            d.fix().ifPresent(f -> f.edits().forEach(e -> inside(e.span(), d)));
            require(!d.message().isBlank(), "a finding says nothing");
            require(!d.message().contains("Optional[") && !d.message().contains("Span["), "inner words: " + brief(d));
            require(
                    d.message().length() < 2000,
                    "a finding says too much: " + d.message().length());
        }
    }

    private static void inside(Span span, Diagnostic d) {
        boolean ok = 0 <= span.start()
                && span.start() <= span.end()
                && span.end() <= span.file().text().length();
        require(ok, String.format(Locale.ROOT, "span %d-%d of %s", span.start(), span.end(), brief(d)));
    }

    private static void formatted(SourceFile source, Parsed parsed) {
        var once = new SourceFile(source.name(), Formatter.format(source).text());
        Parsed again = Parser.parse(once);
        require(again.problems().isEmpty(), "formatting breaks the text");
        require(SpanFree.of(again.file()).equals(SpanFree.of(parsed.file())), "formatting changes the program");
        require(Formatter.format(once).text().equals(once.text()), "formatting twice gives\n" + once.text());
    }

    private void applied(Diagnostic.Fix fix) {
        String text = fix.applied();
        require(!text.equals(fix.file().text()), "a fix changes nothing");
        compiler.check(CompilerRun.of(new SourceFile("fixed.nnd", text)));
    }

    private static String brief(Diagnostic d) {
        return d.code() + " " + d.message();
    }

    private static void require(boolean holds, String sentence) {
        if (!holds) {
            throw new AssertionError(sentence);
        }
    }
}
