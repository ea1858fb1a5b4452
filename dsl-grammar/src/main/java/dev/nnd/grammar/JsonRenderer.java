package dev.nnd.grammar;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One JSON object on a line for each finding:
 *
 * <pre>
 * {"kind": "diagnostic", "code": "NND0001", "severity": "error" or "warning", "message": text, PLACE,
 *  "labels": [{PLACE, "remark": text}], "notes": [text], "help": text or null,
 *  "fix": {"edits": [{PLACE, "replacement": text}]} or null}
 * </pre>
 *
 * <p>PLACE is {@code "file": path, "line": n, "column": n, "endLine": n, "endColumn": n, "start": n, "end": n}. Lines
 * and columns count from 1, offsets from 0, both in UTF-16 units; ends are exclusive. The edits of a fix belong together.
 */
record JsonRenderer() implements DiagnosticRenderer {

    @Override
    public String render(List<Diagnostic> diagnostics) {
        var places = new Places();
        return DiagnosticRenderer.sorted(diagnostics).stream()
                .map(d -> diagnostic(d, places) + "\n")
                .collect(Collectors.joining());
    }

    private static String diagnostic(Diagnostic d, Places places) {
        String labels = d.labels().stream()
                .map(l -> "{" + place(l.span(), places) + ",\"remark\":" + quote(l.remark()) + "}")
                .collect(Collectors.joining(","));
        String notes = d.notes().stream().map(JsonRenderer::quote).collect(Collectors.joining(","));
        Optional<String> fix = d.fix()
                .map(f -> f.edits().stream()
                        .map(e -> edit(e, places))
                        .collect(Collectors.joining(",", "{\"edits\":[", "]}")));
        return "{\"kind\":\"diagnostic\",\"code\":" + quote(d.code())
                + ",\"severity\":" + quote(d.severity().name().toLowerCase(Locale.ROOT))
                + ",\"message\":" + quote(d.message())
                + "," + place(d.span(), places)
                + ",\"labels\":[" + labels + "]"
                + ",\"notes\":[" + notes + "]"
                + ",\"help\":" + d.help().map(JsonRenderer::quote).orElse("null")
                + ",\"fix\":" + fix.orElse("null") + "}";
    }

    /** {@code {"kind": "edit", "code": code, PLACE, "replacement": text}}. */
    static String made(String code, Diagnostic.Edit edit) {
        return "{\"kind\":\"edit\",\"code\":" + quote(code) + ","
                + edit(edit, new Places()).substring(1) + "\n";
    }

    private static String edit(Diagnostic.Edit edit, Places places) {
        return "{" + place(edit.span(), places) + ",\"replacement\":" + quote(edit.replacement()) + "}";
    }

    private static String place(Span span, Places places) {
        Places.Lines lines = places.of(span.file());
        return "\"file\":" + quote(span.file().name())
                + ",\"line\":" + lines.line(span.start())
                + ",\"column\":" + lines.column(span.start())
                + ",\"endLine\":" + lines.line(span.end())
                + ",\"endColumn\":" + lines.column(span.end())
                + ",\"start\":" + span.start()
                + ",\"end\":" + span.end();
    }

    /** A JSON string. Surrogates are escaped too, so that the text is valid in UTF-8. */
    static String quote(String text) {
        var result = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> result.append("\\\"");
                case '\\' -> result.append("\\\\");
                case '\n' -> result.append("\\n");
                case '\r' -> result.append("\\r");
                case '\t' -> result.append("\\t");
                default -> {
                    if (c < ' ' || c == 0x2028 || c == 0x2029 || Character.isSurrogate(c)) {
                        result.append(String.format("\\u%04x", (int) c));
                    } else {
                        result.append(c);
                    }
                }
            }
        }
        return result.append('"').toString();
    }
}
