package dev.nnd.grammar;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;

/** Makes words on a screen, or fields for a tool, of findings. */
public sealed interface DiagnosticRenderer permits TextRenderer, JsonRenderer, LineRenderer {

    /** All findings in source order: files in the order in which they first come, places from the top. */
    String render(List<Diagnostic> diagnostics);

    /** For people: the source with its places underlined, in the manner of rustc. */
    static DiagnosticRenderer text(boolean colour) {
        return new TextRenderer(colour);
    }

    /** For tools: one JSON object a line, described at {@link JsonRenderer}. */
    static DiagnosticRenderer json() {
        return new JsonRenderer();
    }

    /** A text as a JSON string, quotes included. */
    static String jsonString(String text) {
        return JsonRenderer.quote(text);
    }

    /** An edit that was made for a finding of that code, as one line: {@code {"kind": "edit", "code": ...}}. */
    static String jsonEdit(String code, Diagnostic.Edit edit) {
        return JsonRenderer.made(code, edit);
    }

    /** One line each, {@code file:[line,column] message}, as Maven prints errors and IDEs link them. */
    static DiagnosticRenderer maven() {
        return new LineRenderer(LineRenderer.Form.MAVEN);
    }

    /** One line each, {@code file:line:column: error[NND0001]: message}. */
    static DiagnosticRenderer plain() {
        return new LineRenderer(LineRenderer.Form.PLAIN);
    }

    /** Findings in source order, files in the order in which they first come. */
    static List<Diagnostic> sorted(List<Diagnostic> diagnostics) {
        var files = new LinkedHashMap<String, Integer>();
        diagnostics.forEach(d -> files.putIfAbsent(d.span().file().name(), files.size()));
        var sorted = new ArrayList<>(diagnostics);
        sorted.sort(Comparator.<Diagnostic>comparingInt(
                        d -> files.getOrDefault(d.span().file().name(), 0))
                .thenComparingInt(d -> d.span().start())
                .thenComparing(Diagnostic::code));
        return sorted;
    }
}
